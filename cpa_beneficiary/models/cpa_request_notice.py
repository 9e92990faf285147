"""What the applicant is told while he waits: in his language, on the way that reaches him, never what was decided.

A telephone is often shared, so the texts name neither the need, nor an amount, nor the decision. They are templates
that an administrator sees and edits: ``mail_template_request_<code>`` and ``sms_template_request_<code>``.
"""

import logging

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import html2plaintext

from ..tools.riyadh import cpa_today
from .roles import MANAGER

_logger = logging.getLogger(__name__)

# Ways to reach somebody by himself, the preferred one first; of whom prefers none, the telephone.
WAYS = {"website": ("email", "sms"), "letter": ("email", "sms")}
WAYS_OTHERWISE = ("sms", "email")
# What comes at any hour: the applicant stands there and waits for it.
AT_ANY_HOUR = frozenset({"receipt", "code"})
# What the applicant holds in his hand already (the slip): nobody calls him only to say it once more.
ON_PAPER_TOO = frozenset({"receipt"})


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    # ------------------------------------------------------------------
    # Whom, and in which language
    # ------------------------------------------------------------------

    def _applicant(self):
        """Return the contact who is told: who acts for the beneficiary as guardian or agent, else the beneficiary.

        :return: ``res.partner``, one or none (an anonymous report); superuser's, for what is written to him only
        """
        self.ensure_one()
        beneficiary = self.beneficiary_id.sudo()  # of the request's own applicant: his name, number and language
        acting = self.representation_id.sudo()
        if not acting and beneficiary.is_minor:
            acting = beneficiary.representation_ids.filtered(lambda line: line.kind == "guardian" and line.is_valid)[:1]
        if acting.kind in ("guardian", "agent") and acting.is_valid:
            return acting.representative_id
        return beneficiary.partner_id

    def _applicant_lang(self):
        """Return the code of the language in which the applicant is written to (installed; Arabic if unknown)."""
        return self.env["cpa.reply.text"]._lang_of(self._applicant().lang)

    # ------------------------------------------------------------------
    # Telling him
    # ------------------------------------------------------------------

    def _notify_applicant(self, code):
        """Tell the applicant something by the templates of ``code``; it is kept in the chatter and the story.

        By the preferred channel, in quiet hours only what comes at any hour, else in the morning. Where neither an
        SMS nor an e-mail reaches him, the officer gets an activity to call him, with the words to say.

        :param str code: the end of the templates' names, as "receipt"
        :return: the way used: "sms", "email" or "call"; False where nobody is to be told, or on paper already
        """
        self.ensure_one()
        request = self.sudo()  # what is told is neutral, and told to the applicant alone
        applicant = request._applicant()
        if not applicant:
            return False
        texts = request._notice_texts(code)
        at = None if code in AT_ANY_HOUR else request.company_id._cpa_after_quiet_hours(fields.Datetime.now())
        for way in request._notice_ways(applicant):
            if texts.get(way):
                getattr(request, f"_notice_by_{way}")(applicant, texts[way], at)
                return way
        if applicant.phone and texts.get("sms"):
            # into the local outbox, from where a gateway that is set one day takes it
            request._notice_by_sms(applicant, texts["sms"], at)
        if code in ON_PAPER_TOO:
            return False
        request._call_applicant(applicant, texts)
        return "call"

    def _notice_ways(self, applicant):
        """Return the ways that reach this contact now, the preferred one first: a list of "sms", "email"."""
        reached = set()
        if applicant.email_normalized:
            reached.add("email")
        if applicant.phone and self.company_id._cpa_has_sms_gateway():
            reached.add("sms")
        ways = WAYS.get(self.beneficiary_id.preferred_channel_id.code, WAYS_OTHERWISE)
        return [way for way in ways if way in reached]

    def _notice_texts(self, code):
        """Return what is told, in the applicant's language.

        A template that was edited until it breaks must not stop the request's path: it says nothing, and the log tells.

        :return: dict with ``name`` (what it is about, in the user's language) and, as far as there are templates,
            ``email``: ``(subject, body)`` and ``sms``: str
        """
        lang = self._applicant_lang()
        texts = {"name": code}
        for way, prefix, names in (("email", "mail", ("subject", "body_html")), ("sms", "sms", ("body",))):
            template = self.env.ref(f"cpa_beneficiary.{prefix}_template_request_{code}", raise_if_not_found=False)
            if not template:
                continue
            texts["name"] = template.name
            try:
                with self.env.cr.savepoint():
                    spoken = template.with_context(lang=lang)
                    rendered = [spoken._render_field(name, self.ids)[self.id] for name in names]
            except Exception:
                _logger.warning("The template %s cannot be rendered", template.name, exc_info=True)
                continue
            texts[way] = tuple(rendered) if len(rendered) > 1 else rendered[0]
        return texts

    def _notice_by_email(self, applicant, text, at):
        subject, body = text
        self._notice_post(
            subject=subject,
            body=Markup(body),
            partner_ids=applicant.ids,
            email_layout_xmlid="cpa_beneficiary.cpa_request_notice_layout",
            force_record_name=self.number or " ",
            force_email_lang=self._applicant_lang(),
            force_send=False,
            scheduled_date=at,
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(at)

    def _notice_by_sms(self, applicant, text, at):
        self._notice_post(
            message_type="sms",
            body=text,
            partner_ids=applicant.ids,
            put_in_queue=True,
            scheduled_date=at,
        )

    def _notice_post(self, scheduled_date=None, **values):
        company = self.company_id
        sender = company.email_formatted or self.env.user.email_formatted
        # the system's own message (see _is_notice), whoever set it off
        request = self.with_user(SUPERUSER_ID).with_context(mail_notify_author=False, lang=self._applicant_lang())
        return request.message_post(
            subtype_xmlid="cpa_beneficiary.mt_request_notice",
            author_id=company.partner_id.id,
            email_from=sender,
            scheduled_date=fields.Datetime.to_string(scheduled_date) if scheduled_date else False,
            **values,
        )

    @api.model
    def _is_notice(self, message):
        """Return whether the system wrote this message to an applicant; what a person writes like one is none."""
        message = message.sudo()  # who wrote it and as what, no more
        subtype = self.env["ir.model.data"]._xmlid_to_res_id("cpa_beneficiary.mt_request_notice")
        return message.create_uid.id == SUPERUSER_ID and message.subtype_id.id == subtype

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """A notice goes to the applicant alone: what stands in it is not for who follows the request."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self._is_notice(message):
            return recipients
        told = message.sudo().partner_ids.ids  # to whom it is written, no more
        return [recipient for recipient in recipients if recipient["id"] in told]

    def _notify_by_email_render_layout(self, message, recipients_group, msg_vals=False, render_values=None):
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )
        return self._with_reply_link(body, message)

    def _notify_thread_by_sms(self, message, recipients_data, msg_vals=False, sms_content=None, **kwargs):
        content = self._with_reply_link(sms_content, message)
        return super()._notify_thread_by_sms(message, recipients_data, msg_vals=msg_vals, sms_content=content, **kwargs)

    def _notices(self):
        """Return the messages by which the applicant was told something, oldest first."""
        self.ensure_one()
        subtype = self.env["ir.model.data"]._xmlid_to_res_id("cpa_beneficiary.mt_request_notice")
        return self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "=", self.id), ("subtype_id", "=", subtype)], order="id"
        )

    def _call_applicant(self, applicant, texts):
        """Let the officer call who is not reached otherwise; one open activity for each thing to say is enough."""
        summary = self.env._("Call the applicant: %(what)s", what=texts["name"])
        if self.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        words = texts.get("sms") or html2plaintext(texts.get("email", ("", ""))[1])
        words = words.replace(self._reply_link(), "")  # nobody reads out a link
        self._activity_for(
            self._responsible(),
            "mail.mail_activity_data_call",
            summary,
            note=Markup("<p>%s</p><p>%s</p>") % (" · ".join(filter(None, [applicant.name, applicant.phone])), words),
        )

    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    def _responsible(self):
        """Return who handles this request now: its officer, else a manager of its company (one user or none)."""
        self.ensure_one()
        officer = self.officer_id
        return officer if officer.active else self._manager()

    def _manager(self):
        """Return a manager of the request's company to whom something is escalated (one user or none)."""
        return self.company_id._cpa_users(MANAGER)[:1]

    def _activity_for(self, user, activity_type, summary, note="", deadline=None):
        """Open an activity on this request, due today unless told otherwise; whoever sets it off.

        :param user: ``res.users``, one or none
        :param deadline: ``date`` in Riyadh
        """
        # the system's own reminder: whoever set it off need not be allowed to write to the request
        return self.sudo().activity_schedule(
            activity_type,
            date_deadline=deadline or cpa_today(),
            summary=summary,
            note=note,
            user_id=user.id or self.env.uid,
        )
