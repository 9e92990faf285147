"""What the applicant confirms on the website: what he was given (P-37), and that he has read our letter."""

from odoo import models

from ..tools.riyadh import riyadh_date


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _portal_values(self):
        return {
            **super()._portal_values(),
            "deliveries": self._portal_deliveries(),
            "letters": self._portal_letters(),
        }

    # ------------------------------------------------------------------
    # What is given
    # ------------------------------------------------------------------

    def _portal_delivery_lines(self):
        """Return what is planned for or was given to the applicant; nothing before the reply told him of it."""
        self.ensure_one()
        lines = self.delivery_ids.filtered(lambda line: line.state != "cancelled")
        return lines if self.replied_at else lines.browse()

    def _portal_deliveries(self):
        """Return what is delivered: a list of ``cpa.delivery._portal_values``."""
        return [line._portal_values() for line in self._portal_delivery_lines()]

    def _portal_todo(self):
        todo = super()._portal_todo()
        for line in self._portal_delivery_lines().filtered(lambda line: line._portal_can_acknowledge()):
            todo.append(
                {
                    "text": self.env._("Confirm that you received: %(what)s", what=line.name),
                    "hint": "",
                    "url": line._portal_url(),
                    "button": self.env._("Confirm"),
                }
            )
        return todo

    # ------------------------------------------------------------------
    # Letters and papers
    # ------------------------------------------------------------------

    def _portal_letter_records(self):
        """Return the letters that went to the applicant; never those to outside bodies."""
        self.ensure_one()
        told = self.letter_ids.filtered(lambda letter: letter.state in ("sent", "acknowledged"))
        return told.filtered(lambda letter: letter.kind != "outside").sorted("id")

    def _portal_letters(self):
        """Return the letters: list of dicts ``subject``, ``number``, ``day``, ``url`` and ``is_read``."""
        return [
            {
                "subject": letter.subject,
                "number": letter.number,
                "day": self._portal_day(letter._day()),
                "url": self._portal_url(f"letters/{letter.id}"),
                "is_read": letter.state == "acknowledged",
            }
            for letter in self._portal_letter_records()
        ]

    def _portal_papers(self):
        papers = super()._portal_papers()
        papers.append({"text": self.env._("Receipt slip"), "url": self._portal_url("papers/slip")})
        papers.append({"text": self.env._("Your request as a form"), "url": self._portal_url("papers/form")})
        if self._portal_declaration():
            papers.append({"text": self.env._("Your declaration"), "url": self._portal_url("papers/declaration")})
        for letter in self._portal_letter_records():
            papers.append(
                {
                    "text": self.env._("Our letter %(number)s", number=letter.number),
                    "url": self._portal_url(f"letters/{letter.id}/pdf"),
                }
            )
        for line in self._portal_delivery_lines().filtered("receipt_number"):
            papers.append(
                {
                    "text": self.env._("Receipt of delivery %(number)s", number=line.receipt_number),
                    "url": f"{line._portal_url()}/pdf",
                }
            )
        return papers

    def _portal_declaration(self):
        """Return the declaration that the applicant signed last (may be empty)."""
        return self.declaration_ids.filtered(lambda declaration: declaration.state == "signed")[:1]

    def _portal_paper(self, paper):
        """Return the paper ``paper`` of this request: ``(external id of its report, record)``; None for no such one.

        :param str paper: ``slip``, ``form`` or ``declaration``
        """
        self.ensure_one()
        reports = {
            "slip": ("cpa_request_report_slip", self),
            "form": ("cpa_request_report_form", self),
            "declaration": ("cpa_declaration_report", self._portal_declaration()),
        }
        report, record = reports.get(paper, ("", self.browse()))
        return (f"cpa_beneficiary.{report}", record) if record else None


class CpaLetter(models.Model):
    _inherit = "cpa.letter"

    def _portal_values(self):
        """Return what the page of this letter shows, in the language in which it was written: texts and days."""
        self.ensure_one()
        request = self.request_id
        return {
            "number": self.number,
            "day": request._portal_day(self._day()),
            "addressee": self.addressee,
            "subject": self.subject,
            "paragraphs": [text.strip() for text in (self.text or "").split("\n\n")],
            "signatory": self.signatory,
            "lang": "ar" if self.lang.startswith("ar") else "en",
            "dir": "rtl" if self.lang.startswith("ar") else "ltr",
            "url": request._portal_url(f"letters/{self.id}"),
            "read_on": request._portal_day(riyadh_date(self.acknowledged_at)),
        }


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    def _portal_url(self):
        self.ensure_one()
        return self.request_id._portal_url(f"receipts/{self.id}")

    def _portal_values(self):
        """Return what the applicant sees of this line: dict ``what``, ``how_much``, ``where``, ``when``, ``state``
        (texts), ``is_done`` and ``url`` (of the page on which its receipt is confirmed; "" where nothing is).
        """
        self.ensure_one()
        place = dict(self._fields["place"]._description_selection(self.env))[self.place]
        day = riyadh_date(self.delivered_at) or self.planned_date
        return {
            "what": self.name,
            "how_much": self._measure(),
            "where": " · ".join(filter(None, [place, self.branch_id.name if self.place == "branch" else ""])),
            "when": self.request_id._portal_day(day),
            "state": self._portal_state(),
            "is_done": self.state == "acknowledged",
            "url": self._portal_url() if self._portal_can_acknowledge() else "",
        }

    def _portal_state(self):
        return {
            "planned": self.env._("Planned"),
            "delivered": self.env._("Handed over: please confirm it"),
            "acknowledged": self.env._("You received it"),
            "cancelled": self.env._("Not given"),
        }[self.state]

    def _portal_can_acknowledge(self):
        """Return whether the user confirms this receipt: who received it, as beneficiary, guardian or agent."""
        self.ensure_one()
        if self.state != "delivered" or not self.request_id._is_mine_to_do():
            return False
        receiver = self.representation_id.representative_id or self.env.user.partner_id
        return receiver == self.env.user.partner_id

    def _portal_acknowledge(self, signature):
        """Confirm the receipt with a signature on the screen.

        :param str signature: the picture that was drawn, as a data URL
        :return: ``{name: what is wrong}``; empty when it is confirmed
        """
        self.ensure_one()
        request = self.request_id
        if not self._portal_can_acknowledge():
            return {"form": self.env._("There is nothing to confirm any more.")}
        image = request._portal_image(signature)
        if not image:
            return {"signature": self.env._("Please sign in the field.")}
        return request._portal_try("form", lambda: self._acknowledge_online(image))

    def _acknowledge_online(self, image):
        representation = self.request_id._portal_representation()
        if representation and not self.representation_id:
            self.representation_id = representation
        self.write({"acknowledged_by": "portal", "signature": image, "state": "acknowledged"})
