"""Who studies a request: the researcher of its branch with the fewest open studies, or whom the officer chooses."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.text import comma_list
from .roles import MANAGER, OFFICER, RESEARCHER


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    proposed_researcher_id = fields.Many2one(
        "res.users",
        compute="_compute_proposed_researcher",
        help="Of those who serve the branch and have no conflict, the one with the fewest open studies.",
    )
    proposed_researcher_load = fields.Integer("Open studies", compute="_compute_proposed_researcher")
    # given in the write that hands a study over; kept in the journal of assignments
    assignment_reason = fields.Text("Why another researcher", store=False)

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    @api.depends("state", "branch_id", "service_id", "beneficiary_id", "researcher_id", "appeal_of_id")
    def _compute_proposed_researcher(self):
        self.proposed_researcher_id = False
        self.proposed_researcher_load = 0
        waiting = self.filtered(
            lambda request: request.needs_study and not request.researcher_id and request.state == "submitted"
        )
        if not waiting:
            return
        loads = self._research_loads()
        for request in waiting:
            candidates = request._research_candidates(loads)
            if candidates:
                request.proposed_researcher_id = candidates[0]
                request.proposed_researcher_load = loads[candidates[0]]

    @api.model
    def _research_loads(self):
        """Return how many studies each researcher has open: ``{res.users: number}``, in two queries."""
        # how much a colleague has to do, not of what
        users = self.env["res.users"].sudo().search(Domain("all_group_ids", "in", self.env.ref(RESEARCHER).ids))
        counts = dict(
            self.env["cpa.study"]
            .sudo()
            ._read_group(
                [
                    ("state", "!=", "presented"),
                    ("researcher_id", "in", users.ids),
                    ("request_id.state", "in", ("research", "incomplete")),
                ],
                ["researcher_id"],
                ["__count"],
            )
        )
        return {user: counts.get(user, 0) for user in users}

    def _research_candidates(self, loads):
        """Return who may study this request, the fittest first.

        The service's team if it has researchers, else all; of these who serve the branch, else who is bound to none,
        else whoever there is; the fewest open studies first.

        :param loads: as ``_research_loads`` returns it
        :return: ``list`` of ``res.users``
        """
        self.ensure_one()
        request = self.sudo()  # who is who, to keep conflicts apart
        fit = [
            user for user in loads if request.company_id in user.company_ids and not request._research_conflict(user)
        ]
        fit = [user for user in fit if user in request.service_id.user_ids] or fit
        fit = (
            [user for user in fit if request.branch_id and request.branch_id in user.cpa_branch_ids]
            or [user for user in fit if not user.cpa_branch_ids]
            or fit
        )
        return sorted(fit, key=lambda user: (loads[user], user.id))

    def _research_conflict(self, user):
        """Return why ``user`` may not study this request, in the user's language; False if he may."""
        self.ensure_one()
        request = self.sudo()  # who is who, nothing of it is shown
        people = request.beneficiary_id.partner_id | request.representation_id.representative_id
        if user.partner_id in people or user in request.subject_user_ids:
            return self.env._("%(user)s has a conflict of interest in this request.", user=user.name)
        return False

    @api.constrains("researcher_id", "beneficiary_id", "representation_id")
    def _check_researcher(self):
        for request in self:
            conflict = request.researcher_id and request._research_conflict(request.researcher_id)
            if conflict:
                raise UserError(conflict)

    def action_send_to_research(self):
        """Button: send to research, to the researcher chosen or, where none is, to the one proposed."""
        for request in self:
            request.write(
                {"researcher_id": (request.researcher_id or request.proposed_researcher_id).id, "state": "research"}
            )
        return True

    # ------------------------------------------------------------------
    # Handing over
    # ------------------------------------------------------------------

    def write(self, vals):
        vals = dict(vals)
        reason = (vals.pop("assignment_reason", None) or "").strip()
        if "researcher_id" not in vals:
            return super().write(vals)
        # the study follows its request, whoever of its readers hands it over
        studies = self.sudo().study_ids.filtered(lambda study: study.researcher_id.id != vals["researcher_id"])
        former = {study: study.researcher_id for study in studies}
        if studies:
            self._check_reassignment(studies, vals["researcher_id"], reason)
        result = super().write(vals)
        if studies:
            studies._lifecycle_set({"researcher_id": vals["researcher_id"]})
            self.env["cpa.study.assignment"]._append(studies, reason, former)
            studies.visit_ids.filtered(lambda visit: visit.state == "planned").write({"user_id": vals["researcher_id"]})
        return result

    def _check_reassignment(self, studies, researcher, reason):
        """:raise UserError: a study that has begun is handed over by an officer or manager, with a reason"""
        missing = []
        if not self.env.user.has_groups(f"{OFFICER},{MANAGER}"):
            missing.append(
                self.env._(
                    "A study that has begun is handed over by %(roles)s.",
                    roles=comma_list(self._lifecycle_role_names((OFFICER, MANAGER)), self.env.lang),
                )
            )
        if not researcher:
            missing.append(self.env._("Name the researcher who takes it over."))
        if not reason:
            missing.append(self.env._("Say why another researcher takes it over."))
        if any(study.state == "presented" for study in studies):
            missing.append(self.env._("What is presented stays its author's."))
        if missing:
            raise UserError("\n".join(missing))

    def action_reassign(self):
        """Button: hand the study over to another researcher; asks who and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Another researcher"),
            "res_model": "cpa.reassign.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_plan_visit(self):
        """Button: plan a visit of the kind that the button's context names, at the next free working hour."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit"),
            "res_model": "cpa.visit",
            "view_mode": "form",
            "context": {"default_request_id": self.id, "default_kind": self.env.context.get("kind", "home")},
        }
