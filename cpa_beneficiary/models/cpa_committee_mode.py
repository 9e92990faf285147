"""Decisions without a meeting: by circulation (قرار بالتمرير), and the urgent ones of the chair and one member."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.riyadh import cpa_today, riyadh_date
from ..tools.text import comma_list

ACTIVITY = "cpa_beneficiary.activity_circulation"


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    answer_until = fields.Date("Answers until", tracking=True, help="The last day on which members answer.")

    def _guard_mode(self, at):
        if self.mode == "circulation":
            missing = []
            if not self.committee_id.has_circulation:
                missing.append(self.env._("The board has not let this committee decide by circulation."))
            if not self.answer_until:
                missing.append(self.env._("The last day for the answers."))
            elif self.answer_until < max(cpa_today(), riyadh_date(self.planned_at)):
                missing.append(self.env._("A last day for the answers that is still to come."))
            return missing
        if self.mode == "urgent" and not self.committee_id.has_urgent:
            return [self.env._("The board has not let this committee decide urgently.")]
        return []

    def _guard_present(self, at):
        if self.mode == "circulation":
            members = self.committee_id.member_ids._in_term(riyadh_date(at))
            return [] if members.filtered("has_vote") else [self.env._("A member in term.")]
        if self.mode == "urgent":
            present = self._present_members()._in_term(riyadh_date(at)).filtered("has_vote")
            presiding = self._who_presides(present)
            missing = [] if presiding else [self.env._("Who presides: neither the chair nor the deputy is present.")]
            return missing + ([] if present - presiding else [self.env._("One member beside who presides.")])
        return super()._guard_present(at)

    def _guard_answered(self, at):
        """A circulation ends when all have answered, or with its last day."""
        if self.mode != "circulation" or riyadh_date(at) > self.answer_until:
            return []
        open_cases = self.case_ids.filtered("proposal_id")
        unanswered = {
            member.user_id.name for case in open_cases for member in case._voters() - case.proposal_id._voted()
        }
        if not unanswered:
            return []
        return [
            self.env._(
                "Answers until %(day)s, or of all; still to answer: %(members)s.",
                day=self.answer_until,
                members=comma_list(sorted(unanswered), self.env.lang),
            )
        ]

    def _effect_open(self, at):
        result = super()._effect_open(at)
        self.filtered(lambda session: session.mode == "circulation")._ask_members()
        return result

    def _effect_count(self, at):
        result = super()._effect_count(at)
        # the questions to the members end with the voting, whoever asked them
        self.sudo().activity_unlink([ACTIVITY])
        return result

    def _ask_members(self):
        """Ask each member for his answers: an activity until the last day, which goes out by mail too."""
        for session in self:
            for user in session._members().filtered("has_vote").user_id:
                session.activity_schedule(
                    ACTIVITY,
                    date_deadline=session.answer_until,
                    user_id=user.id,
                    summary=self.env._("Answer by circulation: %(number)s", number=session.number),
                )

    def _thank(self, members):
        """Ask ``members`` no more where they have answered everything that is put by circulation."""
        for session in self.filtered(lambda s: s.mode == "circulation"):
            put = session.case_ids.proposal_ids.filtered(lambda proposal: proposal.state == "open")
            votes = put._all_votes().grouped("proposal_id")
            done = members.filtered(lambda m: all(m in votes[p].member_id for p in put if p in votes))
            done -= session.case_ids.filtered(lambda case: not case.proposal_id).voter_ids
            # the answer is the member's, the question was the secretary's
            asked = session.sudo().activity_ids.filtered(lambda a: a.activity_type_id == self.env.ref(ACTIVITY))
            asked.filtered(lambda activity: activity.user_id in done.user_id).unlink()

    def _check_answer_day(self):
        """:raise UserError: the last day of a circulation has passed"""
        late = self.filtered(lambda s: s.mode == "circulation" and s.answer_until and s.answer_until < cpa_today())
        if late:
            raise UserError(self.env._("The last day for the answers was %(day)s.", day=late[0].answer_until))
