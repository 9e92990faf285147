import re
from urllib.parse import quote

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.text import comma_list

PLACEHOLDER = re.compile(r"\{(\w*)\}")
PLACEHOLDERS = ("association", "number", "date", "appointment", "missing", "place", "answer")
# What a letter says besides: it goes to the applicant himself, so it names what was decided.
LETTER_PLACEHOLDERS = (
    "association",
    "number",
    "place",
    "submitted",
    "service",
    "subject",
    "amount",
    "conditions",
    "reason",
    "contested",
    "appeal_days",
    "appeal_until",
    "phone",
    "reply",
)
MODELS = ("cpa.request", "crm.lead")


class CpaReplyText(models.Model):
    """A ready text to answer with by WhatsApp, message or mouth, in the person's language.

    The texts are neutral: a telephone is often shared, so they name neither the need nor an amount.
    """

    _name = "cpa.reply.text"
    _description = "Reply text"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    body = fields.Text(
        "Text",
        required=True,
        translate=True,
        help="Placeholders: {association}, {number}, {date} (both calendars), {appointment}, {missing}, {place}, "
        "{answer}. A text is offered only where all of its placeholders have something to say.",
    )
    applies_to = fields.Selection(
        [
            ("request", "Requests"),
            ("inquiry", "Inquiries"),
            ("both", "Requests and inquiries"),
            ("letter", "Letter of reply"),
        ],
        default="both",
        required=True,
    )
    letter_part = fields.Selection(
        [
            ("accept", "Acceptance"),
            ("partial", "Partial acceptance"),
            ("reject", "Rejection"),
            ("answer", "Answer without a committee"),
            ("appeal", "The right of appeal (added when the letter goes)"),
        ],
        "Part of the letter",
        help="A paragraph is left out where one of its placeholders has nothing to say. Placeholders: {association}, "
        "{number}, {submitted}, {service}, {subject}, {amount}, {conditions}, {reason}, {contested} (the request whose "
        "decision was appealed), {place}, {phone}, {reply} (what the officer wrote), {appeal_days}, {appeal_until}.",
    )
    states = fields.Char(
        "Only in the states", help="Technical names of states of a request, separated by commas; empty: in any."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _letter_part_uniq = models.UniqueIndex(
        "(letter_part) WHERE letter_part IS NOT NULL AND active", "This part of the letter has a text already."
    )

    @api.constrains("body", "applies_to", "letter_part")
    def _check_placeholders(self):
        for text in self:
            if (text.applies_to == "letter") != bool(text.letter_part):
                raise ValidationError(self.env._("A text of the letter of reply says which part of it it is."))
            known = LETTER_PLACEHOLDERS if text.letter_part else PLACEHOLDERS
            unknown = sorted(set(PLACEHOLDER.findall(text.body)) - set(known))
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Unknown placeholders in “%(text)s”: %(unknown)s. There are: %(known)s.",
                        text=text.name,
                        unknown=comma_list(unknown, self.env.lang),
                        known=comma_list((f"{{{name}}}" for name in known), self.env.lang),
                    )
                )

    # ------------------------------------------------------------------
    # For the screens
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_texts(self, model, res_id):
        """Return the texts that fit a request or an inquiry, filled in, in the person's language.

        :param str model: ``cpa.request`` or ``crm.lead``
        :param int res_id: the record, which the user must be allowed to read
        :return: list of dicts ``{"id", "name", "text", "wa_url"}``; ``wa_url`` is False without a telephone number
        :raise UserError: another model
        """
        record = self._record(model, res_id)
        record.check_access("read")
        values = record._reply_values()
        texts = self.search([("applies_to", "in", ("both", "request" if model == "cpa.request" else "inquiry"))])
        offered = []
        for text in texts.filtered(lambda text: text._fits(record)).with_context(lang=values["lang"]):
            body = text._fill(values)
            if body:
                wa_url = self._wa_url(values["phone"], body)
                offered.append({"id": text.id, "name": text.name, "text": body, "wa_url": wa_url})
        # the list is the clerk's to choose from: its names are in his language
        names = dict(self.browse([text["id"] for text in offered]).mapped(lambda text: (text.id, text.name)))
        return [text | {"name": names[text["id"]]} for text in offered]

    @api.model
    def log_text(self, model, res_id, text, way):
        """Keep in the history of a request or an inquiry that a text was given to the person.

        :param str text: what was sent, as it was sent
        :param str way: ``whatsapp``, or ``copy`` for any other way
        """
        record = self._record(model, res_id)
        title = (
            self.env._("Sent by WhatsApp:") if way == "whatsapp" else self.env._("Given to the person in these words:")
        )
        record.message_post(body=Markup("<p>%s</p><blockquote>%s</blockquote>") % (title, self._with_breaks(text)))

    @api.model
    def _record(self, model, res_id):
        if model not in MODELS:
            raise UserError(self.env._("Reply texts are for requests and inquiries."))
        return self.env[model].browse(res_id)

    def _fits(self, record):
        states = {state.strip() for state in (self.states or "").split(",")} - {""}
        return not states or record._name != "cpa.request" or record.state in states

    def _fill(self, values):
        """Return the text with its placeholders filled, or None where one of them has nothing to say."""
        if not all(values.get(name) for name in PLACEHOLDER.findall(self.body)):
            return None
        return PLACEHOLDER.sub(lambda match: str(values[match[1]]), self.body)

    @api.model
    def _letter(self, part, values):
        """Return a part of the letter of reply, filled in, without the paragraphs that have nothing to say.

        :param str part: one of ``letter_part``
        :param dict values: what the placeholders stand for, and ``lang``
        :return: ``str``, "" without such a text
        """
        # whoever sends the letter, also who does not see the texts of the desk
        text = self.sudo().search([("letter_part", "=", part)], limit=1).with_context(lang=values["lang"])
        paragraphs = re.split(r"\n\s*\n", (text.body or "").strip())
        told = [p for p in paragraphs if all(values.get(name) for name in PLACEHOLDER.findall(p))]
        return "\n\n".join(PLACEHOLDER.sub(lambda match: str(values[match[1]]), paragraph) for paragraph in told)

    @api.model
    def _wa_url(self, phone, text):
        """Return the link that opens WhatsApp with the text written to the number (E.164), or False."""
        if not phone or not phone.startswith("+"):
            return False
        return f"https://wa.me/{phone.removeprefix('+')}?text={quote(text, safe='')}"

    @api.model
    def _with_breaks(self, text):
        return Markup("<br/>").join(text.splitlines())

    @api.model
    def _lang_of(self, lang):
        """Return the language to write in: the person's, else Arabic, in which the association works."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        if lang in installed:
            return lang
        return next((code for code in installed if code.startswith("ar")), self.env.lang)
