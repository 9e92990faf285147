from odoo import models

# What robots say of their mails (RFC 3834 and the habits before it); "no" and empty are said by people.
AUTOMATIC_HEADERS = (
    "Auto-Submitted",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "List-Id",
    "Precedence",
)
PEOPLE_SAY = {"", "no", "none", "normal", "first-class"}
NO_REPLY = ("mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply")


def is_automatic(message):
    """Return whether an incoming mail was written by a machine, which must not be answered by another.

    :param message: ``email.message.EmailMessage``
    """
    if any((message.get(header) or "").strip().lower() not in PEOPLE_SAY for header in AUTOMATIC_HEADERS):
        return True
    if (message.get("Return-Path") or "").strip() == "<>":
        return True
    return any(name in (message.get("From") or "").lower() for name in NO_REPLY)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        # what the headers say is not in the dict that reaches the record, so it goes along in the context
        thread = self.with_context(cpa_automatic_mail=is_automatic(message))
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)
