"""Logins of our people: whose contact a login has, and for whom it acts (P-09, P-34)."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .roles import APPLICANT

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

    @api.private
    def cpa_acts_for_rule(self, path="id"):
        """Return ``cpa_acts_for`` as a domain fit for a record rule: rules are cached, so it asks anew at each search.

        :param str path: of the field with the file, in the rule's model (a column of it)
        """
        self.ensure_one()
        uid = self.id  # a rule outlives the transaction in which it was made: it keeps no record

        def to_sql(model, alias, query):
            ids = model.env["res.users"].browse(uid).cpa_acts_for()
            return SQL("%s IN %s", SQL.identifier(alias, path), tuple(ids) or (None,))

        return Domain.custom(to_sql=to_sql)

    def write(self, vals):
        # core lets everybody write his own name and e-mail, which of our people are the file's: he proposes them
        if self == self.env.user and not self.env.su and vals.keys() & {"name", "email", "phone"}:
            self._cpa_check_own_contact()
        return super().write(vals)

    def _cpa_check_own_contact(self):
        """:raise AccessError: this login's contact has a file of ours, which staff corrects"""
        self.ensure_one()
        if self.share and self.sudo().partner_id.cpa_person:
            raise AccessError(self.env._("Propose the correction in your file; we look at it and tell you."))


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
