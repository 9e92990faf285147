"""Logging in on the website by a code, and whose login it is (P-09).

A code proves that somebody holds a telephone or reads a mail. It opens the file of a person only where that contact
stands in the file of one person and no other; else the login has no file until the PIN of a slip, or staff, proves one.
A login remembers the contact by which it was opened: a second file with the same number takes it from nobody.
"""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, consteq, escape_psql, hmac

from ..tools.text import comma_list
from .roles import DELEGATE, MANAGER, OFFICER

CODE = "cpa_code"
# How the login begins of who closed it himself (core's own word for it).
CLOSED = "__closed_"
PURPOSE = "login"
# More people than share a telephone.
HOLDERS = 20


def contact_field(contact):
    """Return in which field of a person a contact stands: a telephone number or an e-mail address as stored."""
    return "email_normalized" if "@" in contact else "phone"


def proven_field(contact):
    """Return in which field of a login it is kept that the contact was proven."""
    return "cpa_proven_email" if "@" in contact else "cpa_proven_phone"


class ResUsers(models.Model):
    _inherit = "res.users"

    cpa_proven_phone = fields.Char(
        "Telephone that opened this login", groups=fields.NO_ACCESS, copy=False, index="btree_not_null"
    )
    cpa_proven_email = fields.Char(
        "E-mail that opened this login", groups=fields.NO_ACCESS, copy=False, index="btree_not_null"
    )

    # ------------------------------------------------------------------
    # By a code
    # ------------------------------------------------------------------

    @api.model
    def _website_credential(self, contact, code, lang):
        """Return what a session is opened with, for who knows the code that was sent to ``contact``; else None.

        :param str contact: a telephone number or an e-mail address as stored
        :param str lang: the language of a login that is new
        :raise AccessDenied: the contact is that of staff, who log in with their password, or of somebody whose login
            the manager ended
        """
        if not self.env["cpa.proof.code"]._redeem(PURPOSE, contact, code):
            return None
        user = self._website_user(contact, lang)
        if not user._is_portal():
            raise AccessDenied
        return {"type": CODE, "login": user.login, "proof": self._website_proof(user)}

    @api.model
    def _website_proof(self, user):
        # good for this very login, at this moment; the secret signs, it is not shown
        return hmac(self.env(su=True), "cpa.login", (user.id, user.login, fields.Datetime.now().isoformat()[:15]))

    def _login(self, credential, user_agent_env):
        if credential.get("type") == "password" and not self._has_password(credential["login"]):
            # as long as a wrong password takes: who logs in here is told to nobody (P-08)
            self._crypt_context().dummy_verify()
        return super()._login(credential, user_agent_env)

    @api.model
    def _has_password(self, login):
        """Return whether there is such a login with a password; those opened by a code have none."""
        # core's own look-up, of which nothing is shown
        user = self.sudo().search(self._get_login_domain(login), order=self._get_login_order(), limit=1)
        self.env.cr.execute(SQL("SELECT COALESCE(password, '') != '' FROM res_users WHERE id = %s", user.id or None))
        return bool((self.env.cr.fetchone() or [False])[0])

    def _check_credentials(self, credential, env):
        if credential.get("type") != CODE:
            return super()._check_credentials(credential, env)
        if not self._is_portal() or not consteq(credential.get("proof", ""), self._website_proof(self)):
            raise AccessDenied
        # who has switched a second factor on is asked for it, as after a password
        return {"uid": self.id, "auth_method": CODE, "mfa": "default"}

    @api.model
    def _website_user(self, contact, lang):
        """Return the login of who holds ``contact``, made where there is none."""
        # the holder has been proven; he reads nothing by this
        users = self.sudo().with_context(no_reset_password=True, lang=lang)
        holders = users.env["res.partner"].search(
            Domain(contact_field(contact), "=", contact) & Domain("cpa_person", "=", True), limit=HOLDERS, order="id"
        )
        people = users._website_people(contact, holders)
        user = users._website_proven(contact, holders)
        if not user and len(people) == 1:
            user = users.search(Domain("partner_id", "=", people.id), limit=1)
            if not user and users._website_ended(people):
                raise AccessDenied
        if not user:
            # a login of before that has no file; one that is tied to a file whose contact changed is somebody else's
            given = Domain("login", "=", contact) | Domain("login", "=like", f"{escape_psql(contact)}-{'_' * 8}")
            user = users.search(given & Domain("partner_id.cpa_person", "=", False), limit=1)
            user = user or users._website_create(contact, people if len(people) == 1 else None, lang)
            if len(people) == 1 and user._is_portal():
                people._cpa_tie_files(user)
        if user._is_portal() and user[proven_field(contact)] != contact:
            user[proven_field(contact)] = contact
        return user

    @api.model
    def _website_people(self, contact, holders):
        """Return whose own this contact may be, of our people with it (``holders``): one is who holds it."""
        return holders.filtered(lambda person: person._cpa_is_own_contact(contact))

    @api.model
    def _website_proven(self, contact, holders):
        """Return the login of a person of ours that this contact has opened before, as long as it is still his.

        It is where it stands in his file; and where it was never entered there, as long as it is in nobody else's.

        :param holders: ``res.partner``, our people with this contact
        """
        logins = self.search(
            Domain(proven_field(contact), "=", contact) & Domain("partner_id.cpa_person", "=", True), order="id"
        )
        own = logins.filtered(lambda user: user.partner_id[contact_field(contact)] == contact)
        return own[:1] if own or holders else logins[:1]

    @api.model
    def _website_ended(self, person):
        """Return whether the manager ended this person's login: a code does not open another one, staff does.

        Who closed his login himself (see ``_deactivate_portal_user``) may come back.
        """
        closed = self.with_context(active_test=False).search(
            Domain("partner_id", "=", person.id) & Domain("active", "=", False)
        )
        return any(not user.login.startswith(CLOSED) for user in closed)

    def _website_create(self, contact, person, lang):
        """Make a login of the website: of ``person`` (``res.partner``), or of a contact that is nobody's yet."""
        taken = self.with_context(active_test=False).search_count([("login", "=", contact)], limit=1)
        values = {
            "login": f"{contact}-{secrets.token_hex(4)}" if taken else contact,
            "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            "lang": lang,
        }
        if person:
            values["partner_id"] = person.id
        else:
            values |= {"name": contact, "email" if "@" in contact else "phone": contact}
        return self.create(values)

    # ------------------------------------------------------------------
    # By the PIN of a slip
    # ------------------------------------------------------------------

    def _website_prove(self, number, pin):
        """Tie this login to the person to whom the slip with ``number`` and ``pin`` was given.

        :return: what is wrong, in the language of the page; None if it is tied
        """
        self.ensure_one()
        found = self.env["cpa.request"]._track_by_pin(number, pin)
        person = found._applicant() if found and found._name == "cpa.request" else None
        if not person:
            return self.env._("These do not belong together. Please compare both with your slip, or call us.")
        if self.sudo()._website_ended(person):  # whether there was one, nothing else
            return self.env._("This login, or this file, belongs to somebody already. Please call us.")
        try:
            with self.env.cr.savepoint():
                person._cpa_tie_files(self)
        except UserError as error:
            return str(error)
        return None


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"phone", "email"}:
            # the number may have changed hands: what it proved holds no longer than it stands in the file
            for user in self.sudo().user_ids:
                for name, proven in (("phone", user.cpa_proven_phone), ("email", user.cpa_proven_email)):
                    if name in vals and proven and user.partner_id[contact_field(proven)] != proven:
                        user[proven_field(proven)] = False
        return result

    def _cpa_is_own_contact(self, contact):
        """Return whether a contact in this person's file is taken for the person's own.

        A minor's, or former minor's, is the guardian's; it may be that of an agent or a carer, too. Those people prove
        themselves by a slip or to staff.
        """
        self.ensure_one()
        lines = self.cpa_beneficiary_ids.representation_ids
        return not (
            any(self.cpa_beneficiary_ids.mapped("is_minor"))
            or "guardian" in lines.mapped("kind")
            or contact in lines.representative_id.mapped(contact_field(contact))
        )

    def _cpa_tie_files(self, user):
        """Tie a login to this person, after proof only, and note it in his own file, where he has one."""
        self.ensure_one()
        file = self.sudo().cpa_beneficiary_ids  # proven by the caller
        return file._tie_user(user) if file else self._cpa_tie_user(user)


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    website_user_id = fields.Many2one(
        "res.users", "Login on the website", compute="_compute_website_user_id", compute_sudo=True
    )

    @api.depends("partner_id.user_ids")
    def _compute_website_user_id(self):
        for file in self:
            file.website_user_id = file.partner_id.user_ids.filtered("share")[:1]

    def action_website_access(self):
        """Button: let this person log in on the website by a code; he is told how, neutrally.

        :raise UserError: there is no contact to which a code could go, or a login already
        """
        self.ensure_one()
        self._check_website_role(OFFICER, DELEGATE, MANAGER)
        contacts = [contact for contact in (self.phone, self.email_normalized) if contact]
        if not contacts:
            raise UserError(self.env._("A telephone number or an e-mail address, to which the code goes."))
        if self.website_user_id:
            raise UserError(self.env._("This person has a login on the website already."))
        # roles do not write users; whose file it is, and that he may be reached so, has been checked
        users = self.env["res.users"].sudo().with_context(no_reset_password=True)
        partner = self.sudo().partner_id
        contact = next((contact for contact in contacts if not users._website_proven(contact, partner)), None)
        if not contact:
            raise UserError(
                self.env._("Somebody else logs in with this contact already. Enter one that is this person's own.")
            )
        lang = self.env["cpa.reply.text"]._lang_of(self.lang)
        user = users._website_create(contact, partner, lang)
        user[proven_field(contact)] = contact
        self._tie_user(user)
        self._tell_website_access(contact, lang)

    def _tell_website_access(self, contact, lang):
        spoken = self.with_context(lang=lang)
        text = spoken.env._(
            "You can follow your matters with us on %(address)s with this number. %(company)s",
            address=f"{self.get_base_url()}/login",
            company=self.company_id.name,
        )
        # a neutral message to the person's own contact
        if "@" in contact:
            self.env["mail.mail"].sudo().create(
                {"subject": self.company_id.name, "body_html": text, "email_to": contact, "auto_delete": True}
            )
        else:
            self.env["sms.sms"].sudo().create({"number": contact, "body": text})

    def action_website_access_end(self):
        """Button: this person's login opens nothing any more."""
        self.ensure_one()
        self._check_website_role(MANAGER)
        user = self.website_user_id.sudo()  # checked above
        if user:
            user.active = False
            self._message_log(body=self.env._("The login on the website was ended."))

    def _check_website_role(self, *roles):
        self.check_access("write")
        if not self.env.user.has_groups(",".join(roles)):
            raise AccessError(
                self.env._(
                    "Logins on the website belong to %(roles)s.",
                    roles=comma_list(self._lifecycle_role_names(roles), self.env.lang),
                )
            )
