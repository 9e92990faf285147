"""The money side of a decision, on the request and on the committee's case: what is left, what was granted before."""

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..tools.riyadh import cpa_today, riyadh_date

# Who decides, prepares the decision or answers for it.
BUDGET_READERS = ",".join(
    f"cpa_beneficiary.group_{role}" for role in ("officer", "researcher", "member", "secretary", "manager", "auditor")
)


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    def _households(self):
        """Return ``{beneficiary: the other files of the household}``, as the family registers tell by identity numbers.

        The household: whom one's own register names, who names one in his, and whom those name.
        In as many queries for many as for one; numbers are compared, never shown.
        """
        people = self.sudo()
        own = {person: person.partner_id.cpa_identity_ids.mapped("number_plain") for person in people}
        Member = self.env["cpa.household.member"].sudo()
        numbers = [number for mine in own.values() for number in mine if number]
        naming = Member.search([("identity_plain", "in", numbers)]) if numbers else Member
        heads = {person: person for person in people}
        for line in naming:
            for person, mine in own.items():
                if line.identity_plain in mine:
                    heads[person] |= line.beneficiary_id
        everyone = people.union(*heads.values())
        named = Member.search([("beneficiary_id", "in", everyone.ids), ("identity_plain", "!=", False)])
        identities = (
            self.env["cpa.identity"].sudo().search([("number_plain", "in", named.mapped("identity_plain"))])
            if named
            else self.env["cpa.identity"].sudo()
        )
        files = dict(
            self.sudo()._read_group([("partner_id", "in", identities.partner_id.ids)], ["partner_id"], ["id:recordset"])
        )
        by_number = {identity.number_plain: files.get(identity.partner_id, people.browse()) for identity in identities}
        by_head = {}
        for line in named:
            found = by_number.get(line.identity_plain, people.browse())
            by_head[line.beneficiary_id] = by_head.get(line.beneficiary_id, people.browse()) | found
        return {
            person: heads[person].union(*(by_head.get(head, people.browse()) for head in heads[person])) - person
            for person in people
        }


class CpaRequest(models.Model):
    _name = "cpa.request"
    _inherit = ["cpa.request", "cpa.budget.figures"]

    budget_amount = fields.Monetary(groups=BUDGET_READERS)
    budget_granted = fields.Monetary(groups=BUDGET_READERS)
    budget_left = fields.Monetary(groups=BUDGET_READERS)
    granted_before = fields.Monetary(groups=BUDGET_READERS)
    granted_household = fields.Monetary(groups=BUDGET_READERS)

    def _budget_requests(self):
        today = cpa_today()
        return {request: (request, riyadh_date(request.decided_at) or today) for request in self}

    @api.depends("service_id", "decided_at", "granted_amount", "state")
    def _compute_budget(self):
        super()._compute_budget()

    @api.depends("beneficiary_id", "decided_at", "granted_amount", "state")
    def _compute_granted_before(self):
        super()._compute_granted_before()


class CpaCommitteeCase(models.Model):
    _name = "cpa.committee.case"
    _inherit = ["cpa.committee.case", "cpa.budget.figures"]

    budget_proposed = fields.Monetary(
        "Proposed in this session",
        compute="_compute_budget",
        compute_sudo=True,
        help="Of the same service, put to the vote or carried and not counted yet.",
    )
    budget_left_after = fields.Monetary(
        "Left after this session's proposals", compute="_compute_budget", compute_sudo=True
    )
    budget_warning = fields.Char(compute="_compute_budget_warning")

    def _budget_requests(self):
        today = cpa_today()
        return {case: (case.request_id, riyadh_date(case.session_id.planned_at) or today) for case in self}

    @api.depends("request_id.service_id", "session_id.planned_at", "session_id.state", "proposal_ids.state")
    def _compute_budget(self):
        super()._compute_budget()
        proposed = self._proposed()
        for case in self:
            case.budget_proposed = proposed.get((case.session_id.id, case.request_id.service_id.id), 0.0)
            case.budget_left_after = case.budget_left - case.budget_proposed

    @api.depends("request_id.beneficiary_id", "session_id.planned_at")
    def _compute_granted_before(self):
        super()._compute_granted_before()

    def _proposed(self):
        """Return ``{(session id, service id): what its proposals would grant}``: put or carried, not decided yet."""
        proposals = (
            self.env["cpa.committee.proposal"]
            .sudo()
            .search_fetch(
                [
                    ("case_id.session_id", "in", self.session_id.ids),
                    ("state", "in", ("open", "carried")),
                    ("kind", "in", ("accept", "partial")),
                    ("case_id.state", "=", "pending"),
                ],
                ["case_id", "kind", "amount"],
            )
        )
        totals = {}
        for proposal in proposals:
            request = proposal.case_id.request_id
            amount = proposal.amount or (request.amount_requested if proposal.kind == "accept" else 0.0)
            key = proposal.case_id.session_id.id, request.service_id.id
            totals[key] = totals.get(key, 0.0) + amount
        return totals

    @api.depends_context("lang")
    @api.depends("budget_left_after", "has_budget")
    def _compute_budget_warning(self):
        for case in self:
            over = -case.budget_left_after
            case.budget_warning = (
                self.env._("The budget is exceeded by %s", formatLang(self.env, over, currency_obj=case.currency_id))
                if case.has_budget and over > 0
                else False
            )
