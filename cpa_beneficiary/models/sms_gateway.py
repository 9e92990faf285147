"""Text messages by the association's own provider: one plain HTTP(S) call for each message.

Who has not set it keeps the local outbox (``outside_services``). What opens the provider's account (address, headers,
body) is read and written by administrators only, and stands in no log and in no error.
"""

import json
import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

import requests
from odoo import api, fields, models
from odoo.addons.sms.tools.sms_api import SmsApiBase
from odoo.exceptions import AccessError, UserError, ValidationError
from urllib3.exceptions import HTTPError

ADMINISTRATOR = "base.group_system"
PLACEHOLDER = re.compile(r"\{(number|digits|text)\}")
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)")
# set by the call itself: another value would break it
OWN_HEADERS = {"host", "content-length", "transfer-encoding", "connection"}
# An answer is short; no more of it is read.
ANSWER_BYTES = 64 * 1024
# What an answer's status says, in core's words; anything else that is not good is an error of the server.
STATUS_TO_STATE = {401: "unregistered", 402: "insufficient_credit", 403: "unregistered"}


def _filled(template, values):
    """Return ``template`` (what JSON or a form became) with the placeholders of its texts replaced, once."""
    if isinstance(template, str):
        return PLACEHOLDER.sub(lambda found: values[found[1]], template)
    if isinstance(template, list):
        return [_filled(item, values) for item in template]
    if isinstance(template, dict):
        return {key: _filled(value, values) for key, value in template.items()}
    return template


class HttpGateway(SmsApiBase):
    """Sends each message by a call of its own, so that each has its own answer."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        "insufficient_credit": "sms_credit",
        "unregistered": "sms_acc",
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return [
            {"uuid": number["uuid"], **self._send_one(number["number"], message["content"])}
            for message in messages
            for number in message["numbers"]
        ]

    def _send_one(self, number, text):
        """Return what became of one message: ``state`` in core's words, with ``failure_reason`` if it failed.

        It never raises: the messages before it have left, and their answers are to be kept.
        """
        if not number:
            return {"state": "sms_number_missing"}
        try:
            # as superuser: whoever sends a message uses the administrator's settings, and never sees them
            status, answer = self._call(self.company.sudo(), number, text or "")
        # the errors' own texts would show the address
        except requests.Timeout:
            return {"state": "server_error", "failure_reason": self.env._("The gateway did not answer in time.")}
        except (requests.RequestException, HTTPError, OSError, ValueError):
            return {"state": "server_error", "failure_reason": self.env._("The gateway cannot be reached.")}
        pattern = self.company.sudo().cpa_sms_success  # as above
        if not 200 <= status < 300:
            return {"state": STATUS_TO_STATE.get(status, "server_error"), "failure_reason": f"HTTP {status}"}
        if pattern and not re.search(pattern, answer):
            reason = self.env._("The gateway answered, but not as for a message it sends.")
            return {"state": "server_error", "failure_reason": reason}
        return {"state": "success"}

    def _call(self, company, number, text):
        """Call the gateway for one message and return the status and the text of its answer."""
        values = {"number": number, "digits": re.sub(r"\D", "", number), "text": text}
        content = _filled(company._cpa_sms_template(), values)
        where = "params" if company.cpa_sms_method == "get" else "json" if company._cpa_sms_is_json() else "data"
        with requests.request(
            company.cpa_sms_method,
            company.cpa_sms_url,
            headers=company._cpa_sms_headers(),
            timeout=company.cpa_sms_timeout,
            allow_redirects=False,  # the text and the key are for the address that was set
            stream=True,
            **{where: content},
        ) as answer:
            body = answer.raw.read(ANSWER_BYTES, decode_content=True)
            return answer.status_code, body.decode("utf-8", "replace")


class SmsSms(models.Model):
    _inherit = "sms.sms"

    @api.model
    def _process_queue(self):
        """Send one message after the other and keep each answer at once.

        Core keeps them after the last: a job that is stopped in between would send all of them again.
        """
        # as superuser: only whether there is a gateway
        if not self.env["res.company"].sudo().search_count([("cpa_sms_on", "=", True)], limit=1):
            return super()._process_queue()
        domain = [("state", "=", "outgoing"), ("to_delete", "!=", True)]
        waiting = self.search(domain, limit=self._get_send_batch_size(), order="id")
        remaining = self.search_count(domain)
        for message in waiting:
            message.send()  # locked first: what another job sends is left to it
            remaining -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break
        return None


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread_by_sms(self, message, recipients_data, put_in_queue=False, **kwargs):
        # only what is kept is sent: a transaction that is undone and tried again would send its message twice
        company = message.sudo().record_company_id or self.env.company
        in_queue = put_in_queue or company._get_sms_api_class() is HttpGateway
        return super()._notify_thread_by_sms(message, recipients_data, put_in_queue=in_queue, **kwargs)


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_sms_on = fields.Boolean(
        "Send text messages",
        groups=ADMINISTRATOR,
        help="By the gateway below. Off: they stay in the outbox of this server.",
    )
    cpa_sms_url = fields.Char(
        "Gateway address", groups=ADMINISTRATOR, help="As the provider gives it. It begins with https://."
    )
    cpa_sms_method = fields.Selection(
        [("post", "POST"), ("get", "GET")], "HTTP method", default="post", required=True, groups=ADMINISTRATOR
    )
    cpa_sms_format = fields.Selection(
        [("json", "JSON"), ("form", "Form")], "Format", default="json", required=True, groups=ADMINISTRATOR
    )
    cpa_sms_body = fields.Text(
        "Content",
        groups=ADMINISTRATOR,
        help="{number} is the mobile number (+966…), {digits} the same without the plus, {text} the message. "
        "They are encoded as the format asks.",
    )
    cpa_sms_headers = fields.Text(
        "Headers", groups=ADMINISTRATOR, help="One in a line, such as the key the provider gave you."
    )
    cpa_sms_success = fields.Char(
        "A good answer contains",
        groups=ADMINISTRATOR,
        help="A regular expression. Empty: every answer with a status of 200 to 299 is good.",
    )
    cpa_sms_timeout = fields.Integer("Wait for the answer (seconds)", default=15, required=True, groups=ADMINISTRATOR)
    cpa_sms_test_number = fields.Char("Send a test to", groups=ADMINISTRATOR)

    _cpa_sms_timeout_check = models.Constraint(
        "CHECK(cpa_sms_timeout BETWEEN 1 AND 60)", "The gateway is given between 1 and 60 seconds to answer."
    )

    @api.constrains(
        "cpa_sms_on",
        "cpa_sms_url",
        "cpa_sms_method",
        "cpa_sms_format",
        "cpa_sms_body",
        "cpa_sms_headers",
        "cpa_sms_success",
    )
    def _check_cpa_sms(self):
        for company in self.sudo():  # who creates a company may not read these settings; nothing of them is shown
            company._check_cpa_sms_address()
            company._check_cpa_sms_content()
            company._cpa_sms_headers()
            try:
                re.compile(company.cpa_sms_success or "")
            except re.error:
                raise ValidationError(self.env._("“A good answer contains” is not a regular expression.")) from None

    def _check_cpa_sms_address(self):
        if not self.cpa_sms_url:
            if self.cpa_sms_on:
                raise ValidationError(self.env._("Text messages cannot be sent without the gateway's address."))
            return
        try:
            parts = urlsplit(self.cpa_sms_url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        if not host or re.search(r"[\s\x00-\x1f\x7f]", self.cpa_sms_url):
            raise ValidationError(self.env._("The gateway's address is not the address of a website."))
        try:
            loopback = host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise ValidationError(
                self.env._(
                    "The gateway's address begins with https://, so that nobody reads the messages on their way. "
                    "http:// is only for a gateway on this server itself (127.0.0.1)."
                )
            )

    def _check_cpa_sms_content(self):
        if not self.cpa_sms_body:
            if self.cpa_sms_on:
                raise ValidationError(self.env._("Text messages cannot be sent without the gateway's content."))
            return
        try:
            template = self._cpa_sms_template()
        except ValueError:
            raise ValidationError(
                self.env._("The content is not valid JSON.")
                if self._cpa_sms_is_json()
                else self.env._("The content is not a form such as to={number}&message={text}.")
            ) from None
        filled = json.dumps(_filled(template, {"number": "<number>", "digits": "<number>", "text": "<text>"}))
        if "<number>" not in filled or "<text>" not in filled:
            raise ValidationError(self.env._("The content names {number} (or {digits}) and {text}, inside its values."))

    def _cpa_sms_is_json(self):
        return self.cpa_sms_method == "post" and self.cpa_sms_format == "json"

    def _cpa_sms_template(self):
        """Return the content as JSON or as the pairs of a form, its placeholders not yet replaced.

        :raise ValueError: it is neither
        """
        if self._cpa_sms_is_json():
            return json.loads(self.cpa_sms_body)
        pairs = parse_qsl(self.cpa_sms_body.strip(), keep_blank_values=True, strict_parsing=True)
        return [list(pair) for pair in pairs]

    def _cpa_sms_headers(self):
        headers = {}
        for line in (self.cpa_sms_headers or "").split("\n"):
            if not line.strip():
                continue
            found = HEADER.fullmatch(line.strip(" \t\r"))
            if not found or found[1].lower() in OWN_HEADERS:
                raise ValidationError(
                    self.env._("Each line of the headers is a name, a colon and a value, in Latin letters.")
                )
            headers[found[1]] = found[2]
        return headers

    def action_cpa_sms_test(self):
        """Send one message to the number of the form and tell what the gateway answered."""
        self.ensure_one()
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only administrators set the gateway of text messages."))
        if not self.cpa_sms_on:
            raise UserError(self.env._("Switch the sending on first, then send a test."))
        number = self.env.user._phone_format(number=self.cpa_sms_test_number or "", country=self.country_id)
        if not number:
            raise UserError(self.env._("Write your mobile number for the test, such as 05XXXXXXXX."))
        result = HttpGateway(self.with_company(self).env)._send_one(
            number, self.env._("Test message from %(company)s", company=self.name)
        )
        good = result["state"] == "success"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if good else "danger",
                "sticky": not good,
                "message": self.env._("The gateway took the message. Look at your phone.")
                if good
                else self.env._("The message was not sent: %(reason)s", reason=result["failure_reason"]),
            },
        }

    @api.model
    def action_cpa_sms_gateway(self):
        """Open the settings of the company one works in."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.sms_gateway_action"),
            "res_id": self.env.company.id,
        }

    def _get_sms_api_class(self):
        # as superuser: only whether there is a gateway
        return HttpGateway if self.sudo().cpa_sms_on else super()._get_sms_api_class()
