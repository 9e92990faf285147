"""A case on the screens: the file in brief for who decides, the votes in the room for who records them."""

from odoo import api, fields, models

from ..tools.riyadh import cpa_today
from .cpa_committee_case import STUDY_READERS
from .roles import SECRETARY


class CpaCommitteeCase(models.Model):
    _inherit = "cpa.committee.case"

    # where the case stands
    request_state = fields.Selection(related="request_id.state", string="State of the request")
    submitted_at = fields.Datetime(related="request_id.submitted_at", string="Waiting since")
    is_gone = fields.Boolean("Waits no more", compute="_compute_standing", compute_sudo=True)
    is_settled = fields.Boolean("All have voted", compute="_compute_standing", compute_sudo=True)
    takes_votes = fields.Boolean(compute="_compute_standing", compute_sudo=True)
    ballots = fields.Json(compute="_compute_ballots", compute_sudo=True)

    # the file in brief
    household_brief = fields.Text(
        "Household", compute="_compute_household_brief", compute_sudo=True, groups=STUDY_READERS
    )
    document_ids = fields.Many2many("ir.attachment", string="Documents", compute="_compute_document_ids")

    @api.depends("state", "session_id.state", "request_id.state", "voter_ids", "proposal_ids.vote_ids")
    def _compute_standing(self):
        votes = self.proposal_id._all_votes().grouped("proposal_id")
        nobody = self.env["cpa.committee.vote"]
        for case in self:
            case.takes_votes = case.session_id._takes_votes()
            case.is_gone = (
                case.state == "pending"
                and not case.ratifies_id
                and case.request_id.state not in ("committee", "decided")
            )
            case.is_settled = case.state in ("decided", "deferred") or (
                case.state == "pending"
                and bool(case.proposal_id and case.voter_ids)
                and not case.voter_ids - votes.get(case.proposal_id, nobody).member_id
            )

    @api.depends("voter_ids", "excluded_ids", "proposal_ids.state", "proposal_ids.vote_ids.choice", "session_id.state")
    @api.depends_context("uid", "lang")
    def _compute_ballots(self):
        is_secretary = self.env.user._has_group(SECRETARY)
        votes = self.proposal_id._all_votes().grouped("proposal_id")
        nobody = self.env["cpa.committee.vote"]
        for case in self:
            is_secret = case.session_id.has_secret_vote
            records = is_secretary and case.session_id._takes_votes()
            # of a secret vote only that it was cast
            choices = {
                vote.member_id: "cast" if is_secret else vote.choice for vote in votes.get(case.proposal_id, nobody)
            }
            case.ballots = {
                "recuses": records,
                "votes": records and case.proposal_id.state == "open" and not is_secret,
                "members": [
                    {"id": member.id, "name": member.user_id.name, "choice": choices.get(member)}
                    for member in case.voter_ids | nobody.member_id.concat(*choices)
                ],
                "excluded": [
                    {"id": member.id, "name": member.user_id.name, "reason": reason}
                    for member, reason in case._exclusions().items()
                ],
            }

    @api.depends("beneficiary_id")
    @api.depends_context("lang")
    def _compute_household_brief(self):
        """Who lives on it, without names: relation and age."""
        relations = dict(self.env["cpa.household.member"]._fields["relation"]._description_selection(self.env))
        today = cpa_today()
        for case in self:
            lines = []
            for person in case.beneficiary_id.household_member_ids:
                born = person.birth_date
                age = born and today.year - born.year - ((today.month, today.day) < (born.month, born.day))
                words = [relations[person.relation]]
                if born:
                    words.append(self.env._("%(age)s years", age=age))
                if person.is_dependent:
                    words.append(self.env._("dependent"))
                lines.append(" · ".join(words))
            case.household_brief = "\n".join(lines)

    def _compute_document_ids(self):
        """The files of the request, of its checks and of its study, as far as the reader may open them."""
        for case in self:
            request = case.request_id
            found = self.env["ir.attachment"]
            for records in (request, request.check_ids, request.study_ids, request.visit_ids):
                if records and records.has_access("read"):
                    place = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
                    found |= found.search([*place, ("res_field", "=", False)])
            case.document_ids = found | request.check_ids.attachment_ids._filtered_access("read")

    @api.model
    def _awaiting_my_vote(self):
        """Return the cases on which the user may vote now and has not: not where he is excluded or has no place."""
        cases = self.search(
            [
                ("state", "=", "pending"),
                ("session_id.state", "in", ("convened", "open")),
                ("session_id.committee_id.member_ids.user_id", "=", self.env.uid),
                ("proposal_ids.state", "=", "open"),
            ]
        )
        return cases.filtered(lambda case: case.can_vote and not case.my_vote)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_record_vote(self, member_id, choice):
        """Record what a member said in the room: one tap of the secretary.

        :param int member_id: of ``cpa.committee.member``
        :param choice: for, against or abstain
        """
        self.ensure_one()
        self.proposal_id._cast(self.env["cpa.committee.member"].browse(member_id), choice)
        return True

    def action_recuse_member(self, member_id):
        """Return the dialog in which the secretary records that a member steps aside."""
        return self.action_recuse() | {"context": {"default_case_id": self.id, "default_member_id": member_id}}

    def action_next(self):
        """Button: the next case of the session on which the member who is logged in has not voted; then the list."""
        self.ensure_one()
        cases = self.session_id.case_ids
        place = cases.ids.index(self.id)
        ahead = cases[place + 1 :] + cases[:place]
        waiting = ahead.filtered(lambda case: case.can_vote and not case.my_vote)
        following = waiting[:1] or (cases[place + 1 : place + 2] if not self.can_vote else waiting)
        if not following:
            return self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_committee_case_action_my_votes")
        return {"type": "ir.actions.client", "tag": "cpa_next_case", "params": {"case_id": following.id}}
