"""What the clerk does with an inquiry: take it in at once, link the person, open a file or a request (P-08, P-10)."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.saudi import normalise_phone
from .cpa_channel import CHANNEL_FIELDS


class CrmLead(models.Model):
    _inherit = "crm.lead"

    inquirer_lang = fields.Char("Language of the inquirer", compute="_compute_inquirer_lang")
    likely_beneficiary_id = fields.Many2one(
        "cpa.beneficiary",
        "Perhaps this person",
        compute="_compute_likely_beneficiary_id",
        help="Has the same telephone number or e-mail address; a clerk decides whether it is the same person.",
    )

    @api.depends("partner_id.lang", "lang_id")
    def _compute_inquirer_lang(self):
        for lead in self:
            lead.inquirer_lang = self.env["cpa.reply.text"]._lang_of(lead.partner_id.lang or lead.lang_id.code)

    @api.depends("partner_id", "phone", "email_normalized")
    @api.depends_context("uid")
    def _compute_likely_beneficiary_id(self):
        strangers = self.filtered(lambda lead: lead.is_inquiry and not lead.partner_id)
        phones = [lead.phone for lead in strangers if lead.phone]
        mails = [lead.email_normalized for lead in strangers if lead.email_normalized]
        people = self.env["cpa.beneficiary"]
        if phones or mails:  # those of whom the user may read a file
            people = people.search(
                ["|", ("partner_id.phone", "in", phones), ("partner_id.email_normalized", "in", mails)], order="id"
            )
        by_phone, by_mail = people.grouped("phone"), people.grouped("email_normalized")
        for lead in self:
            known = people.browse()
            if lead in strangers:
                known = (lead.phone and by_phone.get(lead.phone)) or by_mail.get(lead.email_normalized or "", known)
            lead.likely_beneficiary_id = known[:1]

    # ------------------------------------------------------------------
    # Reception
    # ------------------------------------------------------------------

    @api.model
    def _cpa_quick_inquiry(self, vals):
        """Take an inquiry in with its questions, and the answers given at once, in one call (P-31).

        :param dict vals: values of the inquiry as for ``create``, and beside them ``channel`` (code of the channel,
            instead of ``channel_id``), ``beneficiary_id`` (instead of ``partner_id``) and ``questions``: a list of
            values of ``cpa.inquiry.question``, of which ``name`` is what was asked. What is known of the channel's
            details and the inquiry's title need not be given.
        :return: the inquiry, created with the user's rights
        :raise UserError: a detail of the channel or the question is missing
        """
        vals = {"is_inquiry": True, "cpa_branch_id": self.env.user.cpa_branch_ids[:1].id} | vals
        code, beneficiary = vals.pop("channel", None), vals.pop("beneficiary_id", None)
        if code:
            vals["channel_id"] = self.env["cpa.channel"].search([("code", "=", code)]).id
        if beneficiary:
            vals["partner_id"] = self.env["cpa.beneficiary"].browse(beneficiary).partner_id.id
        questions = [fields.Command.create(question) for question in vals.pop("questions", [])]
        draft = self.new(vals)
        draft._onchange_channel_id()
        details = draft._convert_to_write({name: draft[name] for name in CHANNEL_FIELDS if draft[name]})
        return self.create(details | vals | {"question_ids": questions})

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_link_person(self):
        """Button: this is the person whom the number or address belongs to."""
        for lead in self:
            lead.partner_id = lead.likely_beneficiary_id.partner_id
        return True

    def action_open_file(self):
        """Button: a file for who asks, with all that the inquiry knows of him; the inquiry is linked to it (P-08)."""
        self.ensure_one()
        beneficiary = self.env["cpa.beneficiary"].search([("partner_id", "=", self.partner_id.id)], limit=1)
        if not beneficiary:
            beneficiary = self.env["cpa.beneficiary"].create(self._file_values())
            self.partner_id = beneficiary.partner_id
        return beneficiary._get_records_action()

    def _file_values(self):
        """Return the values of a new file of who asks.

        :raise UserError: the name is not known yet
        """
        if not (self.contact_name or "").strip():
            raise UserError(self.env._("Write the person's name first."))
        return {
            "name": self.contact_name,
            "phone": self.phone,
            "email": self.email_from,
            "lang": self.inquirer_lang,
            "branch_id": self.cpa_branch_id.id,
            "governorate_id": self.cpa_governorate_id.id,
        }

    def action_open_request(self):
        """Button: a request from this inquiry, with all that is known already (P-08)."""
        self.ensure_one()
        details = {
            f"default_{name}": self[name].id if self._fields[name].relational else self[name]
            for name in ("channel_id", *CHANNEL_FIELDS)
            if self[name]
        }
        beneficiary = self.env["cpa.beneficiary"].search([("partner_id", "=", self.partner_id.id)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "res_model": "cpa.request",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": details
            | {
                "default_lead_id": self.id,
                "default_beneficiary_id": beneficiary.id,
                "default_branch_id": self.cpa_branch_id.id,
                "default_subject": self.name,
                "default_description": self._request_description(),
            },
        }

    def _request_description(self):
        """Return what was asked and answered, as the text with which a request begins."""
        answered = self.env._("Answered: %s")
        return "\n\n".join(
            "\n".join(filter(None, [question.name, question.answer and answered % question.answer]))
            for question in self.question_ids
        )

    def action_reply_texts(self):
        """Button: the ready texts for this inquiry."""
        return self.env["cpa.reply.wizard"]._open(self)

    def _reply_values(self):
        """Return what the placeholders of a reply text stand for, with ``lang`` and ``phone`` of the person."""
        self.ensure_one()
        lang = self.inquirer_lang
        company = self.company_id or self.env.company
        answers = self.question_ids.filtered(lambda question: question.state == "answered").mapped("answer")
        return {
            "lang": lang,
            "phone": next(
                filter(None, map(normalise_phone, (self.phone, self.social_account, self.phone_number))), False
            ),
            "association": company.sudo().with_context(lang=lang).name,
            "number": self.inquiry_number,
            "date": format_both(riyadh_date(self.create_date), lang, arabic_digits=False),
            "place": self.cpa_branch_id._place(company, lang),
            "answer": "\n\n".join(answers),
        }
