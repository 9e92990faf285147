"""Consents, given and withdrawn one by one (Personal Data Protection Law, P-07): who said what, when, how, to whom."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from .roles import DELEGATE, MANAGER, OFFICER

RECORDERS = (OFFICER, DELEGATE, MANAGER)


class CpaConsent(models.Model):
    """A consent that was given or withdrawn. What holds is the latest event of a person and a purpose."""

    _name = "cpa.consent"
    _description = "Consent"
    _inherit = ["cpa.append.only.mixin"]
    _order = "happened_at desc, id desc"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Person", required=True, readonly=True, index=True, ondelete="restrict")
    purpose_id = fields.Many2one("cpa.consent.purpose", required=True, readonly=True, ondelete="restrict")
    wording_id = fields.Many2one("cpa.consent.wording", "Version", required=True, readonly=True, ondelete="restrict")
    event = fields.Selection(
        [("given", "Consent given"), ("withdrawn", "Consent withdrawn")], "What was said", required=True, readonly=True
    )
    method = fields.Selection(
        [
            ("website", "On the website"),
            ("counter", "At the counter"),
            ("paper", "On paper"),
            ("phone", "By telephone"),
            ("link", "By the link in a message"),
            ("exclusion", "By the list of excluded addresses"),
        ],
        "How it was given",
        required=True,
        readonly=True,
    )
    happened_at = fields.Datetime("Said on", required=True, readonly=True)
    entered_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Recorded by", required=True, readonly=True, index=True, ondelete="restrict")
    representation_id = fields.Many2one(
        "cpa.representation", "Given by", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    representative = fields.Char("By", readonly=True, help="Who acted for the person, as recorded then.")

    _latest_idx = models.Index("(purpose_id, partner_id, happened_at DESC, id DESC)")

    @api.depends("purpose_id", "event")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for consent in self:
            consent.display_name = f"{consent.purpose_id.name}: {events.get(consent.event, '')}"

    # ------------------------------------------------------------------
    # What holds
    # ------------------------------------------------------------------

    @api.model
    def _in_force(self, purpose_code, partners):
        """Return those of these contacts who consent to a purpose now: one query, however many they are.

        What was said in a file that was merged counts for the person, by its own time.

        :param str purpose_code: of ``cpa.consent.purpose``
        :param partners: ``res.partner``
        :return: ``res.partner``, with the rights of ``partners``
        """
        partners = partners._origin  # in a form that is being filled in, as they are stored
        if not partners:
            return partners
        self.flush_model()
        self.env["cpa.beneficiary"].flush_model(["merged_into_id", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH said AS (
                    SELECT id AS contact_id, id AS person_id FROM res_partner WHERE id IN %(ids)s
                     UNION ALL
                    SELECT merged.partner_id, kept.partner_id
                      FROM cpa_beneficiary kept JOIN cpa_beneficiary merged ON merged.merged_into_id = kept.id
                     WHERE kept.partner_id IN %(ids)s
                )
                SELECT person_id FROM (
                    SELECT DISTINCT ON (said.person_id) said.person_id, consent.event
                      FROM said
                      JOIN cpa_consent consent ON consent.partner_id = said.contact_id
                      JOIN cpa_consent_purpose purpose ON purpose.id = consent.purpose_id
                     WHERE purpose.code = %(code)s
                     ORDER BY said.person_id, consent.happened_at DESC, consent.id DESC
                ) latest WHERE event = 'given'
                """,
                ids=tuple(partners.ids),
                code=purpose_code,
            )
        )
        found = {person for (person,) in rows}
        return partners.filtered(lambda partner: partner.id in found)

    # ------------------------------------------------------------------
    # Saying yes and no
    # ------------------------------------------------------------------

    def _record(self, beneficiary, purpose, event, method, happened_at=None, representation=None):
        """Append what a person, or who acts for him, said about one purpose. The caller has checked who says it.

        :param beneficiary: the file
        :param purpose: ``cpa.consent.purpose``
        :param event: ``given`` or ``withdrawn``
        :param method: key of the selection ``method``
        :param happened_at: naive UTC; now by default
        :param representation: by whom it was said for the person; empty for himself
        :return: the row; empty where nothing changes, since a tap twice says nothing new
        """
        beneficiary.ensure_one()
        now = fields.Datetime.now()
        # the purpose's texts, and whether the person consents already: the caller has checked whose file it is
        partner, purpose = beneficiary.sudo().partner_id, purpose.sudo()
        if happened_at and happened_at > now:
            raise ValidationError(self.env._("It cannot happen in the future."))
        self._check_sayer(beneficiary, event, representation)
        if not happened_at and bool(self._in_force(purpose.code, partner)) == (event == "given"):
            return self.browse()
        return self._append_events(
            partner,
            purpose,
            event,
            method,
            happened_at=happened_at or now,
            representation_id=representation.id if representation else False,
            representative=representation.sudo().display_name if representation else False,
        )

    def _append_events(self, partners, purpose, event, method, **values):
        """Append one event of each of these contacts. The caller has checked who says it.

        :param partners: ``res.partner``
        :param purpose: ``cpa.consent.purpose``, as superuser
        :param values: of the rows, beside what is the same for every event
        :return: the rows
        """
        if not purpose.wording_id:
            raise UserError(self.env._("“%(purpose)s” has no wording yet.", purpose=purpose.name))
        now = fields.Datetime.now()
        return self._append_rows(
            [
                {
                    "partner_id": partner.id,
                    "purpose_id": purpose.id,
                    "wording_id": purpose.wording_id.id,
                    "event": event,
                    "method": method,
                    "happened_at": now,
                    "entered_at": now,
                    "user_id": self.env.uid,
                    **values,
                }
                for partner in partners
            ]
        )

    def _check_sayer(self, beneficiary, event, representation):
        """:raise ValidationError: who says it does not act for the person, or a minor would consent by himself"""
        file, line = beneficiary.sudo(), representation and representation.sudo()  # whether he acts, nothing else
        if line and (line.beneficiary_id != file or line.kind == "carer" or line._problems()):
            raise ValidationError(self.env._("%(name)s does not act for this person.", name=line.display_name))
        if event == "given" and "is_minor" in file._fields and file.is_minor and not line:
            raise ValidationError(self.env._("For a minor the guardian consents: choose who says it."))

    def _portal_text(self):
        """Return this event in one line, for the person."""
        self.ensure_one()
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in ("event", "method")}
        parts = [
            labels["event"][self.event],
            format_both(riyadh_date(self.happened_at), self.env.lang),
            labels["method"][self.method],
            self.representative,
        ]
        return " · ".join(part for part in parts if part)


class ResPartner(models.Model):
    _inherit = "res.partner"

    cpa_consent_ids = fields.One2many("cpa.consent", "partner_id", "Consents", readonly=True)
