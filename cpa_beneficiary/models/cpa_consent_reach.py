"""Who may be written to: what a consent means for any list of addresses (Personal Data Protection Law, P-07)."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.saudi import normalise_phone
from .cpa_consent_purpose import MESSAGE


class CpaConsent(models.Model):
    _inherit = "cpa.consent"

    # ------------------------------------------------------------------
    # Who may be reached
    # ------------------------------------------------------------------

    @api.model
    def _reached(self, records, purpose_code=MESSAGE):
        """Return those of these records, of any model, to whose people a message of this purpose may go now."""
        rows = self.env.execute_query(self._reached_query(records, purpose_code, records.ids)) if records else ()
        found = {record_id for (record_id,) in rows}
        return records.filtered(lambda record: record.id in found)

    @api.model
    def _reached_query(self, model, purpose_code=MESSAGE, ids=None):
        """Return the query of the records of a model to whose people a message of this purpose may go now.

        A record is reached when everybody of ours behind it consents, and somebody does: the contact that it names,
        and whoever has its e-mail address or telephone number. An address that a family shares follows the contact
        that is named. A stranger is reached as a subscriber who asked for it himself, or not at all.

        :param model: any model that is mailed
        :param purpose_code: of ``cpa.consent.purpose``
        :param ids: of the records to look at; None for all
        :return: ``SQL``, one column of ids
        """
        self._reached_flush(model)
        partners, keys = self._reached_columns(model)
        some = SQL("t.id IN %s", tuple(ids) or (0,)) if ids is not None else SQL("TRUE")
        return SQL(
            """
            WITH held AS (%(held)s),
            person_key AS (
                SELECT p.id AS person_id, k.key, held.person_id IS NOT NULL AS is_held
                  FROM res_partner p
                  LEFT JOIN held ON held.person_id = p.id
                 CROSS JOIN LATERAL (VALUES %(partner_keys)s) k(key)
                 WHERE p.cpa_person AND k.key <> ''
            ),
            target AS (
                SELECT t.id, l.partner_id FROM %(table)s t CROSS JOIN LATERAL (VALUES %(partners)s) l(partner_id)
                 WHERE %(some)s
            ),
            target_key AS (
                SELECT t.id, k.key FROM %(table)s t CROSS JOIN LATERAL (VALUES %(keys)s) k(key) WHERE %(some)s
                 UNION
                SELECT target.id, k.key
                  FROM target JOIN res_partner p ON p.id = target.partner_id
                 CROSS JOIN LATERAL (VALUES %(partner_keys)s) k(key)
            ),
            verdict AS (
                SELECT target.id, held.person_id IS NOT NULL AS is_held
                  FROM target
                  JOIN res_partner p ON p.id = target.partner_id AND p.cpa_person
                  LEFT JOIN held ON held.person_id = p.id
                 UNION ALL
                SELECT k.id, person_key.is_held
                  FROM target_key k JOIN person_key ON person_key.key = k.key
                 WHERE NOT EXISTS (
                    SELECT FROM target JOIN person_key own ON own.person_id = target.partner_id
                     WHERE target.id = k.id AND own.key = k.key
                 )
                 UNION ALL
                %(subscribers)s
            )
            SELECT id FROM verdict GROUP BY id HAVING bool_and(is_held)
            """,
            held=self._held_query(purpose_code),
            table=SQL.identifier(model._table),
            partners=partners,
            keys=keys,
            partner_keys=self._reached_keys("p", ("email_normalized",), ("phone",)),
            subscribers=self._reached_subscribers(model),
            some=some,
        )

    @api.model
    def _held_query(self, purpose_code):
        """Return the query of who consents to a purpose now, by the latest event of all his files: ids of contacts."""
        self.flush_model()
        self.env["cpa.beneficiary"].flush_model(["merged_into_id", "partner_id"])
        return SQL(
            """
            SELECT person_id FROM (
                SELECT DISTINCT ON (person_id) COALESCE(kept.partner_id, said.partner_id) AS person_id, said.event
                  FROM cpa_consent said
                  JOIN cpa_consent_purpose purpose ON purpose.id = said.purpose_id AND purpose.code = %s
                  LEFT JOIN cpa_beneficiary merged ON merged.partner_id = said.partner_id
                  LEFT JOIN cpa_beneficiary kept ON kept.id = merged.merged_into_id
                 ORDER BY person_id, said.happened_at DESC, said.id DESC
            ) latest WHERE event = 'given'
            """,
            purpose_code,
        )

    @api.model
    def _reached_flush(self, model):
        self.env["res.partner"].flush_model(["cpa_person", "email_normalized", "phone"])
        self.env["mailing.subscription"].flush_model()
        model.flush_model()

    @api.model
    def _reached_columns(self, model):
        """Return where a record of a model says whom it means: ``(contacts, addresses)``, as rows of VALUES."""

        def is_column(name, kind):
            field = model._fields.get(name)
            return bool(field and field.store and field.column_type and field.type == kind and not field.related)

        links = {
            *model._inherits.values(),
            *(name for name in model._mail_get_partner_fields() if is_column(name, "many2one")),
        }
        links = {name for name in links if model._fields[name].comodel_name == "res.partner"}
        partners = [SQL("(t.id)")] if model._name == "res.partner" else []
        partners += [SQL("(%s)", SQL.identifier("t", name)) for name in sorted(links)]
        mails = [name for name in ("email_normalized", "email", "email_from") if is_column(name, "char")]
        phones = [
            name
            for name in ("phone_sanitized", *model._phone_get_number_fields(), "phone", "mobile")
            if is_column(name, "char")
        ]
        keys = self._reached_keys("t", mails, dict.fromkeys(phones))
        return SQL(", ").join(partners or [SQL("(NULL::int)")]), keys

    @api.model
    def _reached_keys(self, alias, mails, phones):
        """Return the addresses in these columns in one spelling: a phone by its last nine digits, however written."""
        columns = [SQL("(lower(%s))", SQL.identifier(alias, name)) for name in mails]
        columns += [
            SQL("(right(regexp_replace(%s, '[^0-9]', '', 'g'), 9))", SQL.identifier(alias, name)) for name in phones
        ]
        return SQL(", ").join(columns or [SQL("(NULL)")])

    @api.model
    def _reached_subscribers(self, model):
        """Return the query of who asked for it himself: a subscription of a mailing list, with how it was asked for."""
        if model._name != "mailing.contact":
            return SQL("SELECT NULL::int, FALSE WHERE FALSE")
        return SQL(
            "SELECT contact_id, TRUE FROM mailing_subscription WHERE cpa_method IS NOT NULL AND opt_out IS NOT TRUE"
        )

    # ------------------------------------------------------------------
    # Who does not want it any more
    # ------------------------------------------------------------------

    @api.model
    def _withdraw_addresses(self, emails=(), phones=()):
        """Withdraw the consent to messages of everybody who has one of these addresses, on each of his contacts.

        :param emails: normalised e-mail addresses
        :param phones: telephone numbers, in any spelling
        :return: the rows
        """
        emails = [email for email in emails if email]
        phones = [number for number in map(normalise_phone, phones) if number]
        if not emails and not phones:
            return self.browse()
        # whoever has the address is found, whatever the user may see: nothing of him is shown
        everybody = self.env["res.partner"].sudo().with_context(active_test=False)
        has_address = Domain("email_normalized", "in", emails) | Domain("phone", "in", phones)
        people = everybody.search(has_address & Domain("cpa_person", "=", True))
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        addresses = Domain("email_normalized", "in", emails) | Domain("phone_sanitized", "in", phones)
        people |= leads.search(addresses & Domain("partner_id.cpa_person", "=", True)).partner_id
        return self._withdraw(people)

    @api.model
    def _withdraw(self, partners, purpose_code=MESSAGE):
        """Withdraw the consent of these contacts; of a file that was merged, that of the file into which it was."""
        files = partners.with_context(active_test=False).cpa_beneficiary_ids
        people = self._in_force(purpose_code, partners | files.merged_into_id.partner_id)
        purpose = self.env["cpa.consent.purpose"].sudo().search([("code", "=", purpose_code)])  # its wording
        if not people or not purpose:
            return self.browse()
        # who follows a link is nobody of ours; staff keep the lists of excluded addresses
        method = "exclusion" if self.env.user._is_internal() else "link"
        return self._append_events(people, purpose, "withdrawn", method)

    def _append_events(self, partners, purpose, event, method, **values):
        rows = super()._append_events(partners, purpose, event, method, **values)
        if event == "given" and purpose.code == MESSAGE:
            self._readmit(partners)
        return rows

    @api.model
    def _readmit(self, partners):
        """Take who consents anew off the lists of excluded addresses: his latest word counts."""
        # the addresses of who consents, which the caller has checked
        people = partners.sudo()
        self.env["mail.blacklist"].sudo().search([("email", "in", people.mapped("email_normalized"))]).action_archive()
        self.env["phone.blacklist"].sudo().search([("number", "in", people.mapped("phone"))]).action_archive()
