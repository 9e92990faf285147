"""What the minutes say: plain values, copied from the session's records in the language of the minutes."""

from odoo import api, fields, models

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_datetime


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    @api.depends_context("lang", "tz")
    @api.depends("state", "minutes", "minutes_digest", "attendance_ids.signature_ids", "remark_ids.state")
    def _compute_minutes_html(self):
        for session in self:
            session.minutes_html = session.state in ("minutes", "closed") and self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_committee_minutes_screen", session._minutes_values()
            )

    def _minutes_values(self):
        """Return what the templates of the minutes are rendered with, on screen and on paper."""
        self.ensure_one()
        session = self.sudo()  # who reads the session reads its minutes
        text = self.minutes_text or self._minutes_text()
        in_text = [(remark["name"], remark["text"]) for remark in text["answered"]]
        return {
            "session": session,
            "text": text,
            "late": session.remark_ids.filtered(
                lambda r: r.state == "answered" and (r.author_name, r.text) not in in_text
            ),
            "label": self._minutes_label,
            "rtl": (self.env.lang or "").startswith("ar"),
            "day_of": fields.Date.to_date,
            "both": lambda day: format_both(day, self.env.lang),
        }

    @api.model
    def _minutes_label(self, model, name, value):
        """Return the label of a selection's value in the user's language."""
        return dict(self.env[model]._fields[name]._description_selection(self.env)).get(value, value)

    @api.model
    def _minutes_lang(self):
        """Minutes are Arabic wherever Arabic is installed."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in codes if code.startswith("ar")), self.env.lang or "en_US")

    def _minutes_text(self):
        """Return what the minutes of this session say: lists, dicts, texts and numbers only.

        Members appear by their names, requests by their numbers; amounts as they are written.
        """
        self.ensure_one()
        # who reads the session reads its minutes, whichever of its rows he may open
        session = self.sudo().with_context(lang=self._minutes_lang())
        presiding = session._presiding()
        moves = self.env["cpa.request.move"].sudo()  # times only
        times = dict(
            moves._read_group(
                [("res_model", "=", session._name), ("res_id", "=", session.id)], ["to_state"], ["happened_at:max"]
            )
        )
        return {
            "revision": session.minutes_revision,
            "language": session.env.lang,
            "number": session.number,
            "committee": session.committee_id.name,
            "mode": session.mode,
            "place": session.place or "",
            "planned": self._minutes_time(session.planned_at),
            "opened": self._minutes_time(session.opened_at),
            "ended": self._minutes_time(times.get("counting")),
            "presiding": {"name": presiding.user_id.name or "", "role": presiding.role or ""},
            "attendance": [
                {"name": line.member_id.user_id.name, "role": line.role, "present": line.is_present}
                for line in session.attendance_ids
            ],
            "cases": [self._minutes_case(case, presiding) for case in session.case_ids],
            "remarks": session.minutes or "",
            "answered": [
                {"name": remark.author_name, "text": remark.text, "answer": remark.answer or ""}
                for remark in session.remark_ids.filtered(lambda r: r.state == "answered")
            ],
        }

    @api.model
    def _minutes_time(self, moment):
        local = moment and riyadh_datetime(moment)
        return {"day": fields.Date.to_string(local.date()), "time": f"{local:%H:%M}"} if local else {}

    @api.model
    def _minutes_case(self, case, presiding):
        reasons = case._exclusions()
        own = {recusal.member_id: recusal.reason for recusal in case.recusal_ids}
        return {
            "number": case.request_id.number,
            "service": case.service_id.name,
            "urgent": case.is_urgent,
            "ratifies": case.ratifies_id.session_id.number or "",
            "voters": case._voters().user_id.mapped("name"),
            "quorum": case._quorum(),
            "not_voting": [
                {"name": member.user_id.name, "reason": own.get(member, reason), "own": member in own}
                for member, reason in reasons.items()
            ],
            "rounds": [self._minutes_round(proposal, presiding) for proposal in case.proposal_ids],
            "ended": case.state,
        }

    @api.model
    def _minutes_round(self, proposal, presiding):
        tie = proposal.votes_for == proposal.votes_against
        report = self.env["ir.actions.report"].with_context(lang=proposal.env.lang)
        return {
            "round": proposal.round,
            "kind": proposal.kind,
            "amount": report._paper_value(proposal, proposal._fields["amount"]) if proposal.amount else "",
            "conditions": proposal.conditions or "",
            "reason": proposal.rejection_reason_id.name or "",
            "missing": proposal.missing or "",
            "for": proposal.votes_for,
            "against": proposal.votes_against,
            "abstain": proposal.votes_abstain,
            "quorum": proposal.quorum,
            "casting": presiding.user_id.name if tie and proposal.state == "carried" else "",
            "result": proposal.state,
        }
