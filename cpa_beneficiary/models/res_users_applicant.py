"""Logins of our people: whose contact a login has, and for whom it acts (P-09, P-34)."""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL

from .roles import APPLICANT, MANAGER, PRIVACY

# Files that are shown to the person, and in which nothing is done until the manager opens them again.
READ_ONLY_STATES = ("suspended", "closed")


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def cpa_acts_for(self, writing=False):
        """Return for whom this login acts today in Riyadh.

        The own file, and those of whom the person is guardian or agent, as long as that holds: a power of attorney
        that expired yesterday and a child that came of age today end it without anybody's doing. A carer helps, he
        does not act.

        A minor reads his own file and does nothing in it: under eighteen a guardian acts and signs, also where none has
        been recorded yet. A suspended or closed file is read, too, by whoever acts in it otherwise.

        :param writing: only the files in which he may do something (what he may show leaves none of them out)
        :return: list of ids of ``cpa.beneficiary``
        """
        self.ensure_one()
        # by the person's own contact, whatever a login may read otherwise
        partner = self.sudo().partner_id
        files = partner.cpa_beneficiary_ids
        if not self._has_group(APPLICANT) or not partner.cpa_person:
            return []
        represented = partner.cpa_representation_ids.filtered(
            lambda r: r.kind != "carer" and r.beneficiary_id.active and not r._problems()
        ).beneficiary_id
        if writing:
            files = files.filtered(lambda file: not file.is_minor)
            return [file.id for file in files | represented if file.state not in READ_ONLY_STATES]
        return (files | represented).ids

    def write(self, vals):
        # core lets everybody write his own name, e-mail and picture, which of our people are the file's
        if self == self.env.user and not self.env.su and any(self._cpa_is_contact(name) for name in vals):
            self._cpa_check_own_contact()
        return super().write(vals)

    @api.model
    def _cpa_is_contact(self, name):
        """Return whether a field of a login is its contact's; language and time zone are how one sees the website."""
        field = self._fields.get(name)
        return bool(field and field.inherited and name not in ("lang", "tz"))

    def _cpa_check_own_contact(self):
        """:raise AccessError: this login's contact has a file of ours, which staff corrects"""
        self.ensure_one()
        if self.share and self.sudo().partner_id.cpa_person:
            raise AccessError(self.env._("Propose the correction in your file; we look at it and tell you."))

    def _deactivate_portal_user(self, **post):
        """Core deletes login and contact. A person of ours loses the login only: the file is evidence, and whether
        its data is to be destroyed is a privacy request, which staff answers.
        """
        ours = self.filtered(lambda user: user.share and user.partner_id.cpa_person)
        for user in ours:
            user._cpa_ask_for_destruction()
            user.write({"login": f"__closed_{user.id}_{fields.Datetime.now()}", "password": ""})
            user.api_key_ids._remove()
            user.with_user(SUPERUSER_ID).action_archive()  # nobody archives himself
        return super(ResUsers, self - ours)._deactivate_portal_user(**post)

    def _cpa_ask_for_destruction(self):
        """Open the privacy request of a person who closes his login, or say it on a file that takes no request."""
        # his own file, which he may not read by himself
        for file in self.sudo().partner_id.cpa_beneficiary_ids:
            about = self.env._(
                "The person closed his login on the website. Ask whether the data is to be destroyed too."
            )
            record = file
            if file.state not in READ_ONLY_STATES:
                record = (
                    self.env["cpa.request"]
                    .sudo()
                    .create(
                        {
                            "subject": self.env._("Login on the website closed"),
                            "description": about,
                            "service_id": self.env.ref("cpa_beneficiary.service_privacy").id,
                            "beneficiary_id": file.id,
                            "privacy_right": "destruction",
                            "channel_id": self.env.ref("cpa_beneficiary.channel_website").id,
                            "branch_id": file.branch_id.id,
                            "officer_id": file.officer_id.id,
                        }
                    )
                )
            record._cpa_tell_privacy_officer(about)


class CpaLifecycleMixin(models.AbstractModel):
    _inherit = "cpa.lifecycle.mixin"

    def _cpa_tell_privacy_officer(self, about):
        """Give a record to the privacy officer, else to a manager, and log why."""
        self.ensure_one()
        for role in (PRIVACY, MANAGER):
            if user := self.company_id._cpa_users(role)[:1]:
                self.activity_schedule("mail.mail_activity_data_todo", user_id=user.id, summary=about)
                break
        self._message_log(body=about)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _cpa_tie_user(self, user):
        """Make this person's contact that of a login, once it is proven that both are one person.

        The proof is the caller's: a code sent to the telephone in the file, the PIN of a slip, or staff. The contact
        that the login had until now is empty and is archived.

        :param user: ``res.users`` of the website
        :raise UserError: the login is not one of the website or is somebody else already, or this person has another
        """
        self.ensure_one()
        # proven by the caller; a login reads neither another contact nor its files
        partner, user = self.sudo(), user.sudo()
        former = user.partner_id
        if not user.share or not user.active or not user._is_portal():
            raise UserError(self.env._("Only a login of the website becomes a person's own."))
        if partner.user_ids - user or (
            former != partner
            and (
                former.cpa_person or user.search_count([("partner_id", "=", former.id), ("id", "!=", user.id)], limit=1)
            )
        ):
            raise UserError(self.env._("This login, or this file, belongs to somebody already. Please call us."))
        if former != partner:
            # two logins at once: the second one finds the row changed, and is told so when it tries again
            ids = tuple((partner | former).ids)
            partner.env.cr.execute(SQL("UPDATE res_partner SET write_uid = write_uid WHERE id IN %s", ids))
            user.write({"partner_id": partner.id})
            former.write({"active": False})
        user.write({"group_ids": [Command.link(self.env.ref(APPLICANT).id)]})
        self.env.registry.clear_cache()  # rules remember whose contact a login has


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    def _tie_user(self, user):
        """Tie a login of the website to this file, after proof only (see ``res.partner._cpa_tie_user``).

        :param user: ``res.users``
        :raise UserError: the file or the login is taken
        """
        self.ensure_one()
        file = self.sudo()  # proven by the caller
        if file.merged_into_id or not file.active:
            raise UserError(self.env._("This file was merged into another one."))
        file.partner_id._cpa_tie_user(user)
        file._message_log(body=self.env._("The person uses the website with a login of his own from now on."))
