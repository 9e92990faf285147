import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL, consteq, hmac
from odoo.tools.mail import html_sanitize

from ..tools.text import clean_number
from .roles import MANAGER

DIGITS = 6
VALID_MINUTES = 10
WRONG_TRIES = 5
# How many codes go to one contact, and are asked for by one address (a village's, behind one mast), in an hour.
CONTACT_LIMIT = 5
ADDRESS_LIMIT = 40
# How many go out in an hour altogether, whoever asks: text messages cost money.
TOTAL_LIMITS = {"sms": 150, "mail": 400}


class CpaProofCode(models.Model):
    """A code sent to a telephone or an e-mail address: who knows it holds that telephone or reads that mail.

    Neither contact nor code is kept, only what cannot be read back. Whether anybody of ours has the contact plays no
    part here: the answer is the same for all.
    """

    _name = "cpa.proof.code"
    _description = "Code of proof"
    _log_access = False

    contact_hash = fields.Char(required=True, readonly=True)
    code_hash = fields.Char(required=True, readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True)
    tries = fields.Integer(required=True, readonly=True, default=0)

    # one code at a time for one purpose: a new one ends the former
    _contact_uniq = models.Constraint("UNIQUE(contact_hash)", "One code at a time.")

    @api.model
    def _send(self, purpose, contact, lang):
        """Send a new code; a former one for the same purpose has no effect any more.

        :param str purpose: what it proves something for ("apply", "login", "track")
        :param str contact: a mobile as +9665…, or a normalised e-mail address
        :param str lang: code of the language to write in
        :return: False where too many were sent, else True, whoever the contact belongs to
        """
        limit = self.env["cpa.rate.limit"]
        address = limit._network(request.httprequest.remote_addr) if request else "-"
        if not limit._allows("code/address", address, ADDRESS_LIMIT) or not limit._allows(
            "code/contact", contact, CONTACT_LIMIT
        ):
            return False
        if not self._within_total("mail" if "@" in contact else "sms"):
            return False
        code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
        # two asked for at the same moment are one row, too: the database decides, and the second tries again
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO cpa_proof_code (contact_hash, code_hash, expires_at, tries) VALUES (%s, %s, %s, 0)
                ON CONFLICT (contact_hash)
                  DO UPDATE SET code_hash = EXCLUDED.code_hash, expires_at = EXCLUDED.expires_at, tries = 0
                """,
                self._hash(purpose, contact),
                self._hash(purpose, contact, code),
                fields.Datetime.now() + timedelta(minutes=VALID_MINUTES),
            )
        )
        self.invalidate_model(flush=False)
        # the message is the system's
        self.sudo().with_context(lang=lang)._deliver(contact, code)
        return True

    @api.model
    def _redeem(self, purpose, contact, code):
        """Return whether ``code`` was sent to ``contact`` for ``purpose`` lately. It opens once.

        :param str code: as typed, in any digits
        """
        self.flush_model()
        # each try counts, also those at the same moment: the database counts them one after the other
        self.env.cr.execute(
            SQL(
                """
                UPDATE cpa_proof_code SET tries = tries + 1
                 WHERE contact_hash = %s AND expires_at > %s AND tries < %s
             RETURNING id, code_hash
                """,
                self._hash(purpose, contact),
                fields.Datetime.now(),
                WRONG_TRIES,
            )
        )
        found, expected = self.env.cr.fetchone() or (None, "")
        self.invalidate_model(flush=False)
        genuine = consteq(self._hash(purpose, contact, clean_number(code)), expected or self._hash(purpose, contact))
        if genuine and found:
            self.sudo().browse(found).unlink()  # as above
            return True
        return False

    @api.model
    def _hash(self, *parts):
        # the secret signs, it is not shown
        return hmac(self.env(su=True), "cpa.proof.code", "|".join(parts))

    @api.model
    def _within_total(self, way):
        """Count one more code, and return whether the association sends it; at the limit its managers are told, once.

        :param str way: "sms" or "mail"
        """
        limit, company = self.env["cpa.rate.limit"], self.env.company
        if limit._allows(f"code/total/{way}", str(company.id), TOTAL_LIMITS[way]):
            return True
        if limit._allows(f"code/total/{way}/told", str(company.id), 1):
            # to whom it goes, nothing else
            for lang, users in company._cpa_users(MANAGER).grouped("lang").items():
                thread = self.env["mail.thread"].sudo().with_context(lang=lang)  # nobody's message, to managers only
                thread.message_notify(
                    partner_ids=users.partner_id.ids,
                    author_id=self.env.ref("base.partner_root").id,
                    subject=thread.env._("No more codes for this hour"),
                    body=thread.env._(
                        "The website has sent as many codes as it may within an hour, and sends the next ones in the "
                        "next hour. Somebody may be asking for codes in great number. The limit is a setting: limits "
                        "of the website."
                    ),
                )
        return False

    def _deliver(self, contact, code):
        """Put the message into the queue of text messages or mails, at any hour: somebody waits for it."""
        company = self.env.company
        text = self.env._(
            "Your code is %(code)s. It holds for %(minutes)s minutes; give it to nobody. %(company)s",
            code=code,
            minutes=VALID_MINUTES,
            company=company.name,
        )
        if "@" not in contact:
            self.env["sms.sms"].create({"number": contact, "body": text})
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()
            return
        self.env["mail.mail"].create(
            {
                "subject": self.env._("Your code"),
                "body_html": html_sanitize(f"<p>{text}</p>"),
                "email_to": contact,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.autovacuum
    def _gc_expired(self):
        self.search([("expires_at", "<", fields.Datetime.now())]).unlink()
