"""The secretary's screen: who presides, who is there, what is left, and the next step."""

from odoo import api, fields, models

FOLLOWED = ("convened", "open", "counting", "minutes")


class CpaCommitteeSession(models.Model):
    _inherit = "cpa.committee.session"

    # the room is mostly the one of last time
    place = fields.Char(default=lambda self: self.search([("place", "!=", False)], limit=1).place)
    takes_votes = fields.Boolean(compute="_compute_board", compute_sudo=True)
    presides_id = fields.Many2one("cpa.committee.member", compute="_compute_board", compute_sudo=True)
    present_count = fields.Integer("Present", compute="_compute_board", compute_sudo=True)
    needed_count = fields.Integer("Needed", compute="_compute_board", compute_sudo=True)
    done_count = fields.Integer("Done", compute="_compute_board", compute_sudo=True)
    left_count = fields.Integer("Pending", compute="_compute_board", compute_sudo=True)
    problem_count = fields.Integer("Without a quorum", compute="_compute_board", compute_sudo=True)
    has_missing_votes = fields.Boolean(compute="_compute_board", compute_sudo=True)

    @api.depends("state", "mode", "presiding_id", "attendance_ids.is_present", "case_ids.state", "case_ids.is_settled")
    def _compute_board(self):
        for session in self:
            cases = session.case_ids
            done = cases.filtered("is_settled")
            session.takes_votes = session._takes_votes()
            session.presides_id = session._presiding()
            session.present_count = len(session._participants().filtered("has_vote"))
            session.needed_count = max((case._quorum() for case in cases), default=session._rules().minimum_votes)
            session.done_count = len(done)
            session.left_count = len((cases - done).filtered(lambda case: not case.is_gone))
            session.problem_count = len(cases.filtered("quorum_problem"))
            session.has_missing_votes = session.takes_votes and any(
                case.proposal_id and not case.is_settled for case in cases
            )

    @api.readonly
    def get_pulse(self):
        """Return a text that changes whenever the session moves, somebody comes or votes: screens follow it."""
        self.ensure_one()
        self.check_access("read")
        if self.state not in FOLLOWED:
            return self.state
        beats = [self.state]
        for model, path in (
            ("cpa.committee.attendance", "session_id"),
            ("cpa.committee.recusal", "case_id.session_id"),
            ("cpa.committee.proposal", "case_id.session_id"),
            ("cpa.committee.vote", "proposal_id.case_id.session_id"),
        ):
            # that something happened, not what: also where the vote is secret
            rows = self.env[model].sudo()._read_group([(path, "=", self.id)], aggregates=["__count", "write_date:max"])
            beats += rows[0]
        return " ".join(map(str, beats))

    @api.model
    def _awaiting_my_signature(self):
        """Return the sessions whose minutes wait for the user's signature."""
        mine = [("member_id.user_id", "=", self.env.uid), ("is_present", "=", True)]
        return self.search([("state", "=", "minutes"), ("attendance_ids", "any", mine)]).filtered("can_sign")

    def action_end_voting(self):
        """Button: nobody votes any more, then the votes are counted.

        Two steps, each committed by itself: the count must see every vote that was let in (design "Racing"). So the
        client asks for the second one when the first is done.
        """
        self.ensure_one()
        self.write({"state": "counting"})
        return {"type": "ir.actions.client", "tag": "cpa_count_votes", "params": {"session_id": self.id}}
