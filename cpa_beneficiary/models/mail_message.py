from odoo import api, models
from odoo.exceptions import UserError

# Marks of those who read: they say nothing of the session.
READERS_MARKS = frozenset({"starred_partner_ids", "notification_ids", "notified_partner_ids", "reaction_ids"})


class MailMessage(models.Model):
    """Messages of a sealed session are evidence: they neither change nor go, and none is entered that is older."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        for message in messages._of_sealed():
            session = self.env["cpa.committee.session"].sudo().browse(message.res_id)  # when it was sealed, no more
            if message.date < session.sealed_at or message.attachment_ids:
                raise UserError(
                    self.env._(
                        "The session is sealed: a message is written now and without files. What has to be put right "
                        "is an addendum."
                    )
                )
        return messages

    def write(self, vals):
        if vals.keys() - READERS_MARKS:
            self._check_not_sealed()
        result = super().write(vals)
        if vals.keys() & {"model", "res_id"}:
            self._check_not_sealed()
        return result

    @api.ondelete(at_uninstall=False)
    def _check_not_sealed(self):
        if self._of_sealed():
            raise UserError(self.env._("This message belongs to a sealed session: it neither changes nor goes."))

    def _get_forbidden_access(self, operation):
        """Who is not staff meets the messages about our records on our own pages only.

        Core lets a recipient read, answer and even change what was sent to him, by a remote call: a notice is evidence,
        and an answer would go to everybody whom it names.
        """
        forbidden = super()._get_forbidden_access(operation)
        if self.env.user._is_internal():
            return forbidden
        # of which record a message is, no more
        ours = (self - forbidden).sudo().filtered(lambda message: (message.model or "").startswith("cpa."))
        return forbidden | ours.sudo(self.env.su)

    def _of_sealed(self):
        """Return those of these messages that belong to a sealed session."""
        messages = self.sudo()  # whether a message is evidence must not depend on who may read the session
        sessions = messages.filtered(lambda m: m.model == "cpa.committee.session" and m.res_id)
        if not sessions:
            return sessions
        sealed = (
            self.env["cpa.committee.session"]
            .sudo()
            .search([("id", "in", sessions.mapped("res_id")), ("seal_digest", "!=", False)])
        )
        return sessions.filtered(lambda m: m.res_id in sealed._ids)


class MailTrackingValue(models.Model):
    """What a message of a sealed session says of changes stays as it is."""

    _inherit = "mail.tracking.value"

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        values.mail_message_id._check_not_sealed()
        return values

    def write(self, vals):
        self.mail_message_id._check_not_sealed()
        super().write(vals)
        self.mail_message_id._check_not_sealed()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_sealed(self):
        self.mail_message_id._check_not_sealed()


class ResPartner(models.Model):
    """Who wrote a message of a sealed session stays: without its author the message would be another one."""

    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_author_of_sealed(self):
        # whether a message is evidence must not depend on who may read it
        messages = self.env["mail.message"].sudo()
        if messages.search([("author_id", "in", self.ids), ("model", "=", "cpa.committee.session")])._of_sealed():
            raise UserError(self.env._("This contact wrote in a sealed session: it stays."))
