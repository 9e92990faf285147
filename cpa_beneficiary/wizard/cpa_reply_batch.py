from odoo import api, fields, models
from odoo.exceptions import UserError


class CpaReplyBatch(models.TransientModel):
    """Replies to many decided requests at once: one look, one question, one press (P-35).

    What misses something is named and left; each reply passes the guards of its own request.
    """

    _name = "cpa.reply.batch"
    _description = "Replies of a session"

    line_ids = fields.One2many("cpa.reply.batch.line", "batch_id", "Letters")
    channel_id = fields.Many2one(
        "cpa.channel", "Replied by", help="For those whose channel was not chosen in the request itself."
    )
    early_count = fields.Integer("Before the policy's two weeks", compute="_compute_counts")
    ready_count = fields.Integer("Letters that go", compute="_compute_counts")
    left_count = fields.Integer("Letters that stay", compute="_compute_counts")
    early_reason = fields.Text("Why earlier than the policy's two weeks", help="One reason for all that are early.")

    @api.model
    def _open(self, requests):
        """Return the action that opens the dialog for decided ``requests``."""
        requests._prepare_reply()
        batch = self.create(
            {
                "channel_id": self.env.ref("cpa_beneficiary.channel_letter").id,
                "line_ids": [
                    fields.Command.create({"request_id": request.id, "text": request.reply_text})
                    for request in requests
                ],
            }
        )
        return batch._get_records_action(name=self.env._("Send the replies"), target="new")

    @api.depends("line_ids.missing", "line_ids.is_early", "early_reason")
    def _compute_counts(self):
        for batch in self:
            batch.early_count = len(batch.line_ids.filtered("is_early"))
            batch.left_count = len(batch.line_ids.filtered("missing"))
            batch.ready_count = len(batch.line_ids) - batch.left_count

    def action_send(self):
        """Button: send every letter that misses nothing.

        :return: the letters that went; what stayed is named in a notification
        :raise UserError: none of them can go
        """
        self.ensure_one()
        ready = self.line_ids.filtered(lambda line: not line.missing)
        if not ready:
            raise UserError("\n".join([self.env._("No letter can go yet:"), *self._left()]))
        left = self._left()  # asked before they go: what went misses its turn
        for line in ready:
            line.request_id.write(line._request_vals())
        for state, requests in ready.request_id.grouped(lambda request: request._reply_state()).items():
            requests.write({"state": state})
        letters = {
            **self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_letter_action"),
            "domain": [("request_id", "in", ready.request_id.ids), ("kind", "in", ("decision", "appeal"))],
            "context": {},
        }
        if not left:
            return letters
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("%(sent)s letters went, %(left)s stay", sent=len(ready), left=len(left)),
                "message": "\n".join(left),
                "next": letters,
            },
        }

    def _left(self):
        return [f"• {line.request_id.number}: {line.missing}" for line in self.line_ids if line.missing]


class CpaReplyBatchLine(models.TransientModel):
    """One letter of the batch, which may still be edited."""

    _name = "cpa.reply.batch.line"
    _description = "Letter of the batch"

    batch_id = fields.Many2one("cpa.reply.batch", required=True, ondelete="cascade", index=True)
    request_id = fields.Many2one("cpa.request", required=True, readonly=True, ondelete="cascade")
    decision = fields.Selection(related="request_id.decision")
    text = fields.Text("Reply")
    is_early = fields.Boolean("Early", compute="_compute_missing")
    missing = fields.Char("Still missing", compute="_compute_missing")

    @api.depends_context("uid", "lang")
    @api.depends("text", "batch_id.channel_id", "batch_id.early_reason", "request_id.state")
    def _compute_missing(self):
        """Ask the guards of each request, as it would be: the same words as their refusal."""
        at = fields.Datetime.now()
        for line in self:
            request = line.request_id._origin
            line.is_early = request._is_early(at)
            imagined = request.new(line._request_vals(), origin=request)
            move = request._lifecycle_moves().get((request.state, request._reply_state()))
            missing = [text for guard in move.guards for text in getattr(imagined, guard)(at)] if move else []
            if not move:
                missing = [self.env._("It was told already.")]
            line.missing = " ".join(missing)

    def _request_vals(self):
        """Return what the request takes over from this line and from what was asked once for all."""
        request = self.request_id
        return {
            "reply_text": self.text,
            "reply_channel_id": (request.reply_channel_id or self.batch_id.channel_id).id,
            "reply_early_reason": request.reply_early_reason or self.batch_id.early_reason,
        }
