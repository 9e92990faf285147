from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.domains import each_by_index
from .roles import DELEGATE, MANAGER, OFFICER

ROLES = ("auditor", "delegate", "officer", "researcher", "member", "secretary", "manager", "privacy")


class ResUsers(models.Model):
    _inherit = "res.users"

    cpa_branch_ids = fields.Many2many("cpa.branch", "cpa_branch_delegate_rel", "user_id", "branch_id", "Delegate of")

    @api.private
    def cpa_has_role(self):
        """Return whether this user holds a role of the association; being on its staff alone is none."""
        self.ensure_one()
        return self.has_groups(",".join(f"cpa_beneficiary.group_{role}" for role in ROLES))

    @api.private
    def cpa_people_rule(self):
        """Return the domain of the global rules on contacts: ``cpa_people_domain``, fit for many people."""
        return each_by_index(self.cpa_people_domain())

    @api.private
    def cpa_research_rule(self):
        """Return the domain of the files that this user reads as a researcher: of his studies and referrals (P-33)."""
        return each_by_index(
            Domain("request_ids.researcher_id", "=", self.id)
            | Domain("request_ids.referral_ids.officer_id", "=", self.id)
        )

    @api.private
    def cpa_member_rule(self):
        """Return the domain of the requests that this user reads as a member: of his sessions, or contested there."""
        own = "case_ids.session_id.attendance_ids.member_id.user_id"
        return each_by_index(Domain(own, "=", self.id) | Domain(f"appeal_ids.{own}", "=", self.id))

    @api.private
    def cpa_people_domain(self):
        """Return which contacts this user may see at all: the one place behind the global rules on contacts.

        Everybody sees ordinary contacts and himself. Our people are seen by the roles that serve all of them, by the
        others only as far as their own work goes. Add-ons widen it for their roles.

        :return: ``Domain`` on ``res.partner``
        """
        self.ensure_one()
        if self.has_groups(
            "cpa_beneficiary.group_officer,cpa_beneficiary.group_manager,"
            "cpa_beneficiary.group_auditor,cpa_beneficiary.group_privacy"
        ):
            return Domain.TRUE
        seen = Domain("cpa_person", "=", False) | Domain("id", "=", self.partner_id.id)
        if self.has_group("cpa_beneficiary.group_delegate"):
            seen |= Domain("cpa_beneficiary_ids.branch_id", "in", self.cpa_branch_ids.ids)
            seen |= Domain("cpa_representation_ids.beneficiary_id.branch_id", "in", self.cpa_branch_ids.ids)
        if self.has_group("cpa_beneficiary.group_researcher"):
            seen |= Domain("cpa_beneficiary_ids.request_ids.researcher_id", "=", self.id)
            seen |= Domain("cpa_representation_ids.beneficiary_id.request_ids.researcher_id", "=", self.id)
            seen |= Domain("cpa_beneficiary_ids.request_ids.referral_ids.officer_id", "=", self.id)
        return seen

    def _is_only_delegate(self):
        """Return whether this user serves the people of his branches only (P-26)."""
        self.ensure_one()
        return self.has_group(DELEGATE) and not self.has_groups(f"{OFFICER},{MANAGER}")
