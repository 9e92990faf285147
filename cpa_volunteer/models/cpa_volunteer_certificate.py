import secrets

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.tools.hijri import format_both
from odoo.addons.cpa_beneficiary.tools.qr import qr_image
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date
from odoo.addons.cpa_beneficiary.tools.text import comma_list, shown_number
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.misc import formatLang

from .roles import COORDINATOR

# Where anybody confirms a certificate, and of which signs its code is made: none that is taken for another.
PAGE = "/verify"
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


class CpaVolunteerCertificate(models.Model):
    """The certificate that the law gives a volunteer: kind, duration, hours and experience, which anybody confirms."""

    _name = "cpa.volunteer.certificate"
    _description = "Volunteer certificate"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "number"
    _lifecycle_initial = "issued"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"issued", "withdrawn"})
    _lifecycle_unfrozen = frozenset({"message_ids", "message_follower_ids"})

    number = fields.Char(kept=True, readonly=True, copy=False)
    code = fields.Char("Code of the check page", kept=True, readonly=True, copy=False)
    volunteer_id = fields.Many2one("cpa.volunteer", required=True, fixed=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="volunteer_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("issued", "Issued"), ("withdrawn", "Withdrawn")],
        default="issued",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    # as it was issued
    participation_ids = fields.Many2many(
        "cpa.participation", string="Shifts", kept=True, readonly=True, copy=False, ondelete="restrict"
    )
    name = fields.Char("Name of the volunteer", kept=True, readonly=True, copy=False)
    kinds = fields.Json("Kinds of work", kept=True, readonly=True, copy=False)
    experience = fields.Json(kept=True, readonly=True, copy=False)
    date_from = fields.Date("From", kept=True, readonly=True, copy=False)
    date_to = fields.Date("Until", kept=True, readonly=True, copy=False)
    hours = fields.Float(kept=True, readonly=True, copy=False)
    issued_on = fields.Date(kept=True, readonly=True, copy=False)
    issued_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    withdrawn_on = fields.Date(kept=True, readonly=True, copy=False)

    _number_uniq = models.Constraint("UNIQUE(number)", "The number of a certificate is never given twice.")
    _code_uniq = models.Constraint("UNIQUE(code)", "The code of a certificate is never given twice.")

    def _lifecycle_moves(self):
        return {("issued", "withdrawn"): Move((COORDINATOR,), effects=("_effect_withdrawn",), reason=True)}

    def _effect_withdrawn(self, at):
        self._lifecycle_set({"withdrawn_on": cpa_today()})

    # ------------------------------------------------------------------
    # Issuing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        certificates = super().create(vals_list)
        for certificate in certificates:
            certificate._issue()
        return certificates

    def _issue(self):
        """Write down what the certificate confirms: the hours approved so far that no valid one confirms already.

        :raise UserError: there are none
        """
        self.volunteer_id._one_at_a_time()  # no hour stands on two certificates
        lines = self.env["cpa.participation"].search(
            [
                ("volunteer_id", "=", self.volunteer_id.id),
                ("state", "=", "closed"),
                "!",
                ("certificate_ids.state", "=", "issued"),
            ],
            order="start",
        )
        if not lines:
            raise UserError(
                self.env._("“%(name)s” has no approved hours that are not certified yet.", name=self.volunteer_id.name)
            )
        sequence = self.env["ir.sequence"].sudo().with_context(tz="Asia/Riyadh")  # numbering is the system's
        self._lifecycle_set(
            {
                "number": sequence.next_by_code("cpa.volunteer.certificate"),
                "code": "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH)),
                "participation_ids": [Command.set(lines.ids)],
                "name": self.volunteer_id.name,
                "kinds": list(dict.fromkeys(lines.mapped("kind"))),
                "experience": self._experience_of(lines.opportunity_id),
                "date_from": riyadh_date(lines[0].start),
                "date_to": riyadh_date(lines[-1].stop),
                "hours": sum(lines.mapped("hours_approved")),
                "issued_on": cpa_today(),
                "issued_by": self.env.uid,
            }
        )

    def _experience_of(self, opportunities):
        """Return what was learned, as it stands now, in every language: ``{code: [text]}``."""
        return {
            code: list(dict.fromkeys(filter(None, opportunities.with_context(lang=code).mapped("experience"))))
            for code, _name in self.env["res.lang"].get_installed()
        }

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    @api.model
    def _of_code(self, typed):
        """Return the certificate with this code, in the way people type it; none for any other.

        :return: superuser's record: the page shows what stands on the paper and no more
        """
        code = "".join(sign for sign in (typed or "").upper() if sign in CODE_SIGNS)
        # whoever holds the paper may confirm it
        return self.sudo().search([("code", "=", code)]) if len(code) == CODE_LENGTH else self.sudo().browse()

    def _public_values(self):
        """Return what anybody who holds the code is told: what stands on the paper (texts only)."""
        self.ensure_one()
        lang = self.env.lang or "en_US"
        told = {
            "withdrawn": self.state == "withdrawn",
            "number": self.number,
            "issued": format_both(self.issued_on, lang),
        }
        if self.state == "withdrawn":
            keys = ("name", "kinds", "first", "last", "hours")
            return told | dict.fromkeys(keys, "") | {"withdrawn_on": format_both(self.withdrawn_on, lang)}
        return told | {
            "name": self._name_hint(),
            "kinds": self._kind_labels(),
            "first": format_both(self.date_from, lang),
            "last": format_both(self.date_to, lang),
            "hours": shown_number(self._hours_shown(), lang),
            "withdrawn_on": "",
        }

    def _name_hint(self):
        """Return what is compared with the name on the paper, and tells the name to nobody: first letters."""
        return " ".join(f"{word[0]}…" for word in (self.name or "").split())

    def _check_page(self):
        """Return the address of the page on which a code is typed, without what a reader need not type."""
        self.ensure_one()
        return f"{self.get_base_url()}{PAGE}".partition("://")[2]

    def _check_image(self):
        """Return the square code that opens the check page, as an image that stands in the paper itself."""
        self.ensure_one()
        return qr_image(f"{self.get_base_url()}{PAGE}/{self.code}")

    def _code_shown(self):
        """Return the code in groups, as a person reads it out."""
        self.ensure_one()
        return "-".join(self.code[at : at + 4] for at in range(0, CODE_LENGTH, 4))

    # ------------------------------------------------------------------
    # On paper, in the language of the environment
    # ------------------------------------------------------------------

    def _paper_lang(self):
        """Return the language of the paper: the one asked for, else that of who prints it."""
        return self.env.context.get("paper_lang") or self.env.lang

    def _kind_labels(self):
        labels = dict(self.env["cpa.opportunity"]._fields["kind"]._description_selection(self.env))
        return comma_list((labels[kind] for kind in self.kinds), self.env.lang)

    def _hours_shown(self):
        return formatLang(self.env, self.hours, digits=0 if self.hours.is_integer() else 2)

    def _experience_lines(self):
        experience = self.experience or {}
        return experience.get(self.env.lang or "en_US") or next(iter(experience.values()), [])

    def action_print(self):
        """Button: print it in the language named by the button's context (``paper_lang``)."""
        report = self.env.ref("cpa_volunteer.cpa_volunteer_certificate_report")
        lang = self.env["cpa.reply.text"]._lang_of(self.env.context.get("paper_lang"))
        return report.with_context(lang=lang, paper_lang=lang).report_action(self)


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    certificate_ids = fields.One2many("cpa.volunteer.certificate", "volunteer_id", "Certificates")
