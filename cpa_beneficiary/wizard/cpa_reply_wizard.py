from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaReplyWizard(models.TransientModel):
    """Choose a ready text, change it where needed, copy it or open it in WhatsApp; what was sent is logged."""

    _name = "cpa.reply.wizard"
    _description = "Reply with a ready text"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    offered_ids = fields.Many2many("cpa.reply.text", compute="_compute_offered_ids")
    text_id = fields.Many2one("cpa.reply.text", "Which text?", domain="[('id', 'in', offered_ids)]")
    text = fields.Text(compute="_compute_text", store=True, readonly=False)
    phone = fields.Char(compute="_compute_phone")

    @api.depends("res_model", "res_id")
    def _compute_offered_ids(self):
        for wizard in self:
            offered = wizard.text_id.get_texts(wizard.res_model, wizard.res_id) if wizard.res_id else []
            wizard.offered_ids = [text["id"] for text in offered]

    @api.depends("text_id")
    def _compute_text(self):
        for wizard in self:
            texts = wizard.text_id.get_texts(wizard.res_model, wizard.res_id) if wizard.text_id else []
            wizard.text = next((text["text"] for text in texts if text["id"] == wizard.text_id.id), False)

    @api.depends("res_model", "res_id")
    def _compute_phone(self):
        for wizard in self:
            record = self.env["cpa.reply.text"]._record(wizard.res_model, wizard.res_id)
            record.check_access("read")
            wizard.phone = record._reply_values()["phone"]

    @api.model
    def _open(self, record):
        record.ensure_one()
        texts = self.env["cpa.reply.text"].get_texts(record._name, record.id)
        wizard = self.create(
            {"res_model": record._name, "res_id": record.id, "text_id": texts[0]["id"] if texts else False}
        )
        return wizard._get_records_action(name=self.env._("Reply texts"), target="new")

    def action_whatsapp(self):
        """Button: log the text and open WhatsApp with it.

        :raise UserError: there is no text, or no telephone number
        """
        self.ensure_one()
        url = self.env["cpa.reply.text"]._wa_url(self.phone, self._said())
        if not url:
            raise UserError(self.env._("There is no telephone number to which it could be sent."))
        self._log("whatsapp")
        return {"type": "ir.actions.act_url", "url": url, "target": "new", "close": True}

    def action_log(self):
        """Button: log that the text was given to the person, by another way."""
        self.ensure_one()
        self._said()
        self._log("copy")
        return {"type": "ir.actions.act_window_close"}

    def _said(self):
        if not (self.text or "").strip():
            raise UserError(self.env._("Choose a text first."))
        return self.text.strip()

    def _log(self, way):
        self.env["cpa.reply.text"].log_text(self.res_model, self.res_id, self._said(), way)
