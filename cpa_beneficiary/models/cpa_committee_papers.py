"""What the papers of a session say beside its minutes: the agenda, who signs, with what capacity."""

from odoo import models

from ..tools.riyadh import riyadh_date, riyadh_datetime
from .cpa_committee_seal import short_digest


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    def _paper_signers(self):
        """Return who signs the minutes, each as ``{"name", "capacity", "signature"}`` (the signature may be empty)."""
        self.ensure_one()
        session = self.sudo()  # who prints the minutes prints their signatures
        return [
            {
                "name": line.signature_id.signer_name or line.member_id.user_id.name,
                "capacity": self._minutes_label("cpa.committee.member", "role", line.role),
                "signature": line.signature_id,
            }
            for line in session.attendance_ids.filtered("is_present")
        ]

    def _agenda_text(self):
        """Return what the agenda says: requests by their numbers, never by a name."""
        self.ensure_one()
        report = self.env["ir.actions.report"]
        session = self.sudo()  # the agenda is for all who read the session; nothing of a file but what is listed here
        local = riyadh_datetime(session.planned_at)
        members = session.attendance_ids.member_id or session.committee_id.member_ids._in_term(local.date())
        return {
            "number": session.number or session.display_name,
            "committee": session.committee_id.name,
            "day": local.date(),
            "time": f"{local:%H:%M}",
            "place": session.place or "",
            "members": [
                {
                    "name": member.user_id.name,
                    "capacity": self._minutes_label("cpa.committee.member", "role", member.role),
                }
                for member in members
            ],
            "cases": [
                {
                    "number": case.request_id.number,
                    "service": case.service_id.name,
                    "urgent": case.is_urgent,
                    "ratifies": case.ratifies_id.session_id.number,
                    "amount": report._paper_value(case, case._fields["amount_requested"])
                    if case.amount_requested
                    else "",
                    "submitted": riyadh_date(case.request_id.submitted_at),
                    "due": case.request_id.reply_target_date,
                }
                for case in session.case_ids
            ],
        }


class CpaCommitteeAddendum(models.Model):
    _inherit = "cpa.committee.addendum"

    def _seal_short(self):
        return short_digest(self.seal_digest)

    def _paper_signers(self):
        """Return who signs the addendum; before that, places for the presiding member and the secretary."""
        self.ensure_one()
        addendum = self.sudo()  # who reads an addendum reads who signed it
        presiding = addendum._presiding_users()
        titles = {True: self.env._("Presiding"), False: self.env._("Secretary")}
        signed = [
            {
                "name": signature.signer_name,
                "capacity": titles[signature.user_id in presiding],
                "signature": signature,
            }
            for signature in addendum._signatures()
        ]
        given = {row["capacity"] for row in signed}
        nobody = self.env["cpa.committee.signature"]
        return signed + [
            {"name": "", "capacity": title, "signature": nobody} for title in titles.values() if title not in given
        ]
