"""Under eighteen the guardian signs: on his own telephone, by a code to it, or on paper at the office (P-02)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.roles import WEBSITE
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.saudi import is_saudi_mobile, normalise_phone
from odoo.exceptions import AccessError, UserError, ValidationError

from .roles import COORDINATOR

GUARDIAN = "/volunteer/guardian"
VALID_DAYS = 14
# How often within an hour a guardian is written to.
ASKED_TIMES = 3


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    @api.constrains("guardian_phone", "phone")
    def _check_guardian_phone(self):
        for volunteer in self.filtered("guardian_phone"):
            if not is_saudi_mobile(volunteer.guardian_phone):
                raise ValidationError(self.env._("The guardian's mobile is written 05xxxxxxxx."))
            if volunteer.guardian_phone == volunteer.phone:
                raise ValidationError(self.env._("The guardian signs with his own mobile, not with the volunteer's."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalise_guardian(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalise_guardian(vals))

    @api.model
    def _normalise_guardian(self, vals):
        typed = vals.get("guardian_phone")
        return {**vals, "guardian_phone": normalise_phone(typed) or typed} if typed else vals

    # ------------------------------------------------------------------
    # Asking him
    # ------------------------------------------------------------------

    def _effect_vetted(self, at):
        super()._effect_vetted(at)
        for volunteer in self.filtered("is_minor"):
            if volunteer.guardian_phone and volunteer._papers_due():
                volunteer._ask_guardian()

    def action_ask_guardian(self):
        """Button: send the guardian the link by which he reads and signs.

        :raise UserError: why it cannot be sent
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(COORDINATOR):
            raise AccessError(self.env._("The coordinator asks the guardian."))
        if problem := self._guardian_problem():
            raise UserError(problem)
        self._ask_guardian()

    def _portal_ask_guardian(self):
        """Send the link once more, for the minor who is logged in.

        :return: why not, in the language of the page; None if it is on its way
        """
        self.ensure_one()
        if problem := self._guardian_problem():
            return problem
        if not self.env["cpa.rate.limit"]._allows("volunteer/guardian", str(self.id), ASKED_TIMES):
            return self.env._("We have just written to your guardian. Please wait a little, or call us.")
        self._ask_guardian()
        return None

    def _guardian_problem(self):
        if not (self.is_minor and self.state in ("vetted", "active") and self._papers_due()):
            return self.env._("There is nothing for a guardian to sign.")
        if not self.guardian_phone or not self.guardian_name:
            return self.env._("We need your guardian's name and mobile. Please call us.")
        return None

    def _guardian_address(self):
        """Return the address that opens his page; it is told to his own telephone only."""
        self.ensure_one()
        until = fields.Datetime.now() + timedelta(days=VALID_DAYS)
        return self.get_base_url() + links.sign(self.env, GUARDIAN, [self.id], until)

    def _ask_guardian(self):
        self.ensure_one()
        spoken = self.with_context(lang=self.env["cpa.reply.text"]._lang_of(self.lang))
        text = spoken.env._(
            "%(name)s would like to volunteer with us and needs your consent. Read and sign: %(address)s %(company)s",
            name=self.name.split()[0],
            address=self._guardian_address(),
            company=self.company_id.name,
        )
        # a message to the guardian's own number, which the coordinator has checked
        self.env["sms.sms"].sudo().create({"number": self.guardian_phone, "body": text})
        self.env.ref("sms.ir_cron_sms_scheduler_action").sudo()._trigger()
        self.sudo()._message_log(body=self.env._("The guardian was asked to sign."))

    # ------------------------------------------------------------------
    # His page
    # ------------------------------------------------------------------

    @api.model
    def _of_guardian(self, token):
        """Return the volunteer whose guardian was given this address, as superuser; none for any other.

        :raise LinkExpired: it was genuine, and its time is over
        """
        ids = links.read(self.env, GUARDIAN, token)
        # the signature holds: we gave it to this guardian
        found = self.sudo().browse(ids or ()).exists()
        return found.filtered(lambda volunteer: volunteer.is_minor and volunteer.guardian_phone)

    def _guardian_values(self):
        """Return what his page shows: texts, of the minor the name only."""
        self.ensure_one()
        return {
            "name": self.name,
            "guardian": self.guardian_name,
            "mobile": f"•••{self.guardian_phone[-3:]}",
            "papers": [{"name": template.name, "sections": template._sections()} for template in self._papers_due()]
            + [{"name": charter.name, "sections": [("", charter.body)]} for charter in self._charter_due()],
            "charter": self._charter_due().id,
        }

    def _guardian_sign(self, name, signature, code, charter=""):
        """Sign all that is due, for the guardian who knows the code that went to his mobile.

        :param str charter: id of the charter that stood on the page

        :return: dict of field and message, in the language of the page; empty if it is signed
        """
        self.ensure_one()
        values, errors = self.env["cpa.agreement"]._read_signer(name, signature)
        if errors:
            return errors
        if not self.env["cpa.proof.code"]._redeem(self._guardian_purpose(), self.guardian_phone, code):
            return {"code": self.env._("This code is wrong or too old. Look again, or let us send another one.")}
        # who signs has no login; that he is the guardian has just been proven
        volunteer = self.with_user(self.env.ref("cpa_beneficiary.user_website")).sudo()
        signed = {"guardian_name": name, "guardian_phone": self.guardian_phone, "method": "guardian"}
        read = {"charter_read": self._charter_shown(charter)}
        volunteer._sign_due({**values, **signed, **read})
        return {}

    def _guardian_purpose(self):
        self.ensure_one()
        return f"guardian-{self.id}"

    def _lifecycle_moves(self):
        moves = super()._lifecycle_moves()
        # what is complete with the guardian's signature is in order: nobody has to press a button for it
        activate = moves["vetted", "active"]
        return moves | {("vetted", "active"): activate._replace(roles=(*activate.roles, WEBSITE))}
