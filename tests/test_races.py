"""300 rounds (6 without --drills) of seven voters and a closing secretary, through real HTTP sessions."""

import logging
import os
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import fields
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from .races import Login, Server, Visitor

ROUNDS = 300 if os.environ.get("CPA_DRILLS") else 6
SEALS = 30 if os.environ.get("CPA_DRILLS") else 2
LANES = 3  # rounds at the same time, each of a committee of its own
QUORUM = 4  # more than half of seven
CLIENTS, LIMIT = 20, 7  # of the website, at the same moment; how many of them are let in
TAPS = 6  # on one button
LATE = 3  # voters who try again while it is counted
CHOICES = ("for", "against", "abstain")
SIGNATURE = (  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_logger = logging.getLogger(__name__)


class Round:
    """One session: everybody votes at once, some twice, while the secretary ends the voting, counts and closes."""

    def __init__(self, server, lane, logins, number):
        self.server, self.lane, self.random = server, lane, random.Random(number)
        self.voters = [logins[login] for login in lane["voters"]]
        self.secretary = logins[lane["secretary"]]
        self.tally = Counter(rounds=1)

    def play(self):
        """Play the round and return what happened (Counter).

        :raise AssertionError: a vote was lost, counted twice, or refused without a message
        """
        self.open()
        with ThreadPoolExecutor(32) as self.pool:
            clicks = [self.pool.submit(self.vote, voter) for voter in self.voters]
            time.sleep(self.random.uniform(0, 2))
            self.twice(self.secretary, "counting")
            late = [self.pool.submit(self.vote, voter) for voter in self.voters[:LATE]]  # while it is counted
            self.twice(self.secretary, "minutes")
            acknowledged = [click.result() for click in clicks]
            for number, click in enumerate(late):
                acknowledged[number] += click.result()
            self.check_votes(acknowledged)
            list(self.pool.map(self.sign, [*self.voters, self.secretary]))
            self.twice(self.secretary, "closed")
        self.check_journal()
        return self.tally

    def open(self):
        do = self.secretary.do
        [self.session] = do(
            "cpa.committee.session",
            "create",
            [
                {
                    "committee_id": self.lane["committee"],
                    "planned_at": fields.Datetime.to_string(fields.Datetime.now()),
                    "case_ids": [[0, 0, {"request_id": self.lane["request"]}]],
                }
            ],
        )
        do("cpa.committee.session", "write", [self.session], {"state": "convened"})
        do("cpa.committee.session", "action_all_present", [self.session])
        do("cpa.committee.session", "write", [self.session], {"state": "open"})
        [self.case] = do("cpa.committee.case", "search", [["session_id", "=", self.session]])
        [self.proposal] = do(
            "cpa.committee.proposal", "create", [{"case_id": self.case, "kind": "defer", "missing": "A paper"}]
        )

    def vote(self, voter):
        """Vote after a moment, every second time with a double click; return the choices that were acknowledged."""
        time.sleep(self.random.uniform(0, 1))
        clicks = self.random.choices(CHOICES, weights=(5, 3, 2), k=self.random.choice((1, 2)))
        calls = [
            self.pool.submit(voter.call, "cpa.committee.proposal", "action_vote", [self.proposal], choice=choice)
            for choice in clicks
        ]
        acknowledged = []
        for choice, call in zip(clicks, calls, strict=True):
            _result, refusal = call.result()
            if refusal:
                assert "has ended" in refusal or "already" in refusal, refusal
                self.tally["votes refused"] += 1
            else:
                self.tally["votes acknowledged"] += 1
                acknowledged.append(choice)
        return acknowledged

    def twice(self, who, state):
        """Double-click the button that moves the session on."""
        clicks = [
            self.pool.submit(who.call, "cpa.committee.session", "write", [self.session], {"state": state})
            for _click in range(2)
        ]
        refusals = [refusal for _result, refusal in (click.result() for click in clicks) if refusal]
        assert len(refusals) < 2, refusals
        self.tally["double clicks"] += 1

    def sign(self, who):
        """Sign as the dialog does that the button opens."""
        context = who.do("cpa.committee.session", "action_sign", [self.session])["context"]
        dialog = who.do("cpa.committee.sign.wizard", "create", [{"signature": SIGNATURE}], **context)
        who.do("cpa.committee.sign.wizard", "action_confirm", dialog, **context)

    def check_votes(self, acknowledged):
        """Every vote is stored once, as its voter last heard; what was counted is what is stored."""
        stored = self.server.rows(
            SQL(
                """
                SELECT users.login, vote.choice
                  FROM cpa_committee_vote vote
                  JOIN cpa_committee_member member ON member.id = vote.member_id
                  JOIN res_users users ON users.id = member.user_id
                 WHERE vote.proposal_id = %s
                """,
                self.proposal,
            )
        )
        choices = dict(stored)
        assert len(choices) == len(stored), f"a vote twice: {stored}"
        for voter, heard in zip(self.voters, acknowledged, strict=True):
            if heard:
                assert choices.get(voter.login) in heard, f"{voter.login} heard {heard}, stored {choices}"
            else:
                assert voter.login not in choices, f"{voter.login} was refused, stored {choices}"
        count = Counter(choices.values())
        carried = len(choices) >= QUORUM and count["for"] > count["against"]
        [shown] = self.secretary.do(
            "cpa.committee.proposal",
            "read",
            [self.proposal],
            ["votes_for", "votes_against", "votes_abstain", "quorum", "state"],
        )
        del shown["id"]
        assert shown == {
            "votes_for": count["for"],
            "votes_against": count["against"],
            "votes_abstain": count["abstain"],
            "quorum": QUORUM,
            "state": "carried" if carried else "lost",
        }, (shown, choices)
        self.tally["votes stored"] += len(stored)
        self.tally["carried" if carried else "lost"] += 1

    def check_journal(self):
        """Every step was taken once, however often it was clicked; one proposal and one case came of it."""
        steps = self.server.rows(
            SQL(
                """
                SELECT to_state, count(*)
                  FROM cpa_request_move
                 WHERE res_model = 'cpa.committee.session' AND res_id = %s
                 GROUP BY to_state
                """,
                self.session,
            )
        )
        assert dict(steps) == dict.fromkeys(("convened", "open", "counting", "minutes", "closed"), 1), steps
        ends = self.server.rows(
            SQL(
                """
                SELECT res_model, count(*)
                  FROM cpa_request_move
                 WHERE (res_model, res_id) IN (('cpa.committee.case', %s), ('cpa.committee.proposal', %s))
                 GROUP BY res_model
                """,
                self.case,
                self.proposal,
            )
        )
        assert dict(ends) == {"cpa.committee.case": 1, "cpa.committee.proposal": 1}, ends


@tagged("post_install", "-at_install")
class TestRaces(BaseCase):
    """Design "Racing", P-35: each vote is counted once or refused with a message; stored is what is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server(get_db_name())
        serving = cls.server.serving(LANES)
        cls.lanes = serving.__enter__()
        cls.addClassCleanup(serving.__exit__, None, None, None)
        cls.logins = {
            login: Login(cls.server, login)
            for lane in cls.lanes
            for login in (*lane["voters"], lane["secretary"], lane["second"])
        }

    def test_voters_and_a_closing_secretary(self):
        def play(lane):
            rounds = range(lane, ROUNDS, LANES)
            played = (Round(self.server, self.lanes[lane], self.logins, number).play() for number in rounds)
            return sum(played, Counter())

        with ThreadPoolExecutor(LANES) as pool:
            tally = sum(pool.map(play, range(LANES)), Counter())
        _logger.info("races: %s", dict(tally))
        self.assertEqual(tally["rounds"], ROUNDS)
        self.assertEqual(tally["double clicks"], 3 * ROUNDS)
        self.assertGreater(tally["votes refused"], 0, "nobody came too late: the race was none")
        self.assertGreater(tally["votes stored"], 0)

    def three_votes(self, number):
        """Return a round in which three have voted for it: the fourth vote makes the quorum."""
        played = Round(self.server, self.lanes[0], self.logins, number)
        played.open()
        for voter in played.voters[:3]:
            voter.do("cpa.committee.proposal", "action_vote", [played.proposal], choice="for")
        return played

    def test_the_end_waits_for_a_vote_on_its_way(self):
        """A vote that has been let in is stored before the voting ends, and so is counted: here it decides."""
        for number in range(3):
            played = self.three_votes(number)
            place = SQL("SELECT id FROM cpa_committee_attendance WHERE session_id = %s FOR UPDATE", played.session)
            with ThreadPoolExecutor(4) as pool:
                with self.server.holding(place):
                    vote = pool.submit(
                        played.voters[3].call,
                        "cpa.committee.proposal",
                        "action_vote",
                        [played.proposal],
                        choice="for",
                    )
                    self.server.until_waiting(1, vote)
                    end = pool.submit(self.end_and_count, played)
                    self.server.until_waiting(2, end)
                    self.assertFalse(end.done(), "the voting ended over a vote on its way")
                end.result()
                self.assertEqual(vote.result()[1], None)
            played.check_votes([["for"]] * 4 + [[]] * 3)
            self.assertEqual(played.tally["carried"], 1)

    def test_a_vote_during_the_count(self):
        """A vote that comes while it is counted waits for the count, and is refused with a message."""
        for number in range(3):
            played = self.three_votes(number)
            steps = ("cpa.committee.session", "write", [played.session])
            played.secretary.do(*steps, {"state": "counting"})
            with ThreadPoolExecutor(4) as pool:
                with self.server.holding(
                    SQL("SELECT id FROM cpa_committee_proposal WHERE id = %s FOR UPDATE", played.proposal)
                ):
                    count = pool.submit(played.secretary.do, *steps, {"state": "minutes"})
                    self.server.until_waiting(1, count)
                    vote = pool.submit(
                        played.voters[3].call,
                        "cpa.committee.proposal",
                        "action_vote",
                        [played.proposal],
                        choice="for",
                    )
                    self.server.until_waiting(2, vote)
                count.result()
                self.assertRegex(vote.result()[1], "has ended")
            played.check_votes([["for"]] * 3 + [[]] * 4)
            self.assertEqual(played.tally["lost"], 1)

    def signed(self, number):
        """Return a round whose minutes are signed by all: it waits for its seal."""
        played = self.three_votes(number)
        self.end_and_count(played)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(played.sign, [*played.voters, played.secretary]))
        return played

    def seal_at_once(self, clicks):
        """Let everybody come as far as the committee's chain, and go on at the same moment.

        :param clicks: list of (login, round)
        :return: list of the refusals
        """
        committee = self.lanes[0]["committee"]
        with ThreadPoolExecutor(len(clicks)) as pool:
            with self.server.holding(SQL("SELECT id FROM cpa_committee WHERE id = %s FOR UPDATE", committee)):
                calls = [
                    pool.submit(who.call, "cpa.committee.session", "write", [played.session], {"state": "closed"})
                    for who, played in clicks
                ]
                self.server.until_waiting(len(clicks), *calls)
            return [refusal for _result, refusal in (call.result() for call in calls) if refusal]

    def chain(self):
        """Return the committee's seals in their order: (id, seal before, session)."""
        return self.server.rows(
            SQL(
                "SELECT id, previous_id, session_id FROM cpa_committee_seal WHERE committee_id = %s ORDER BY number",
                self.lanes[0]["committee"],
            )
        )

    def assertWhole(self, seals):
        """Each seal names the one before it, and nothing that was sealed is other than it was."""
        self.assertEqual([before for _seal, before, _session in seals[1:]], [seal for seal, *_rest in seals[:-1]])
        secretary = self.logins[self.lanes[0]["secretary"]]
        action = secretary.do("cpa.committee.verification", "action_verify")
        [shown] = secretary.do(action["res_model"], "read", [action["res_id"]], ["session_count", "line_ids"])
        self.assertGreater(shown["session_count"], 0)
        self.assertEqual(shown["line_ids"], [])

    def test_a_seal_is_clicked_by_two_secretaries(self):
        """P-35: two secretaries, and one of them twice, seal the same minutes: they are sealed once."""
        secretary, second = (self.logins[self.lanes[0][who]] for who in ("secretary", "second"))
        for number in range(SEALS):
            played = self.signed(number)
            refusals = self.seal_at_once([(secretary, played), (second, played), (secretary, played)])
            self.assertLess(len(refusals), 3, refusals)
            played.check_journal()
            seals = self.chain()
            self.assertEqual([session for *_rest, session in seals].count(played.session), 1)
            self.assertWhole(seals)

    def test_two_sessions_are_sealed_at_once(self):
        """P-35: of two sessions of a committee that are sealed at the same moment one waits; the chain has no fork."""
        secretary, second = (self.logins[self.lanes[0][who]] for who in ("secretary", "second"))
        for number in range(SEALS):
            rounds = [self.signed(2 * number), self.signed(2 * number + 1)]
            self.assertEqual(self.seal_at_once(list(zip((secretary, second), rounds, strict=True))), [])
            seals = self.chain()
            self.assertEqual({session for *_rest, session in seals[-2:]}, {played.session for played in rounds})
            self.assertWhole(seals)

    def end_and_count(self, played):
        for state in ("counting", "minutes"):
            played.secretary.do("cpa.committee.session", "write", [played.session], {"state": state})

    # ------------------------------------------------------------------
    # The website
    # ------------------------------------------------------------------

    def at_once(self, *calls):
        """Make all calls at the same moment; return their results."""
        barrier = Barrier(len(calls))

        def call(one):
            barrier.wait(60)
            return one()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(call, calls))

    def tap(self, visitor, path, **typed):
        """Tap the button of a form several times at once; no tap fails."""
        typed = visitor.form(path) | typed
        answers = self.at_once(*[lambda: visitor.send(path, **typed)] * TAPS)
        self.assertEqual({status for status, _place in answers}, {303}, answers)

    def test_application_sent_many_times_at_once(self):
        """P-09: signed and proven by many taps at once, an application has one number and becomes one request."""
        visitor = Visitor(self.server)
        visitor.send("/apply", **visitor.form("/apply"), service="SUP-CASH")
        visitor.send("/apply/whom", **visitor.form("/apply/whom"), whom="self")
        [[governorate]] = self.server.rows(SQL("SELECT min(id) FROM cpa_governorate"))
        visitor.send(
            "/apply/data",
            **visitor.form("/apply/data"),
            name="ناصر بن علي تجريبي",
            identity_number="1123456780",
            phone="0501234567",
            governorate=governorate,
            description="سداد إيجار متأخر",
            iban="SA8510000012345678901234",
        )
        self.tap(visitor, "/apply/sign", agree="1", explained="1", signer_name="ناصر بن علي تجريبي")
        visitor.send("/apply/proof", **visitor.form("/apply/proof"), action="send-phone")
        [[text]] = self.server.rows(SQL("SELECT body FROM sms_sms WHERE number = '+966501234567'"))
        [code] = re.findall(r"\b[0-9]{6}\b", text)
        self.tap(visitor, "/apply/proof", action="code", code=code)
        made = self.server.rows(
            SQL(
                """
                SELECT application.state, count(*), count(DISTINCT request.id), count(DISTINCT request.beneficiary_id)
                  FROM cpa_application application
             LEFT JOIN cpa_request request
                    ON request.application_id = application.id OR request.number = application.number
                 WHERE application.number IS NOT NULL
              GROUP BY application.state
                """
            )
        )
        self.assertEqual(made, [("accepted", 1, 1, 1)])
        [[files, numbers]] = self.server.rows(
            SQL(
                """
                SELECT (SELECT count(*) FROM res_partner WHERE phone = '+966501234567'),
                       (SELECT count(*) FROM cpa_identity WHERE number_plain = '1123456780')
                """
            )
        )
        self.assertEqual((files, numbers), (1, 1), "one person, however often it was tapped")

    def test_limit_counts_many_clients_exactly(self):
        """P-09: of 20 clients at the same moment as many are let in as the limit says; in the next hour it is again."""
        self.server.rows(SQL("UPDATE cpa_rate_rule SET times = %s WHERE scope = 'track/address' RETURNING id", LIMIT))
        visitors = [Visitor(self.server) for _number in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            tokens = list(pool.map(lambda visitor: visitor.form("/track"), visitors))

        def attempts():
            calls = [
                lambda number=number, visitor=visitor, token=token: visitor.send(
                    "/track", **token, number=f"2026-{number:06}", pin="000000"
                )
                for number, (visitor, token) in enumerate(zip(visitors, tokens, strict=True))
            ]
            return Counter(status for status, _page in self.at_once(*calls))

        log = SQL("SELECT attempts, refused FROM cpa_rate_limit WHERE scope = 'track/address' ORDER BY period DESC")
        told = attempts()
        if len(self.server.rows(log)) > 1:  # the hour ended in between
            self.next_hour()
            told = attempts()
        self.assertEqual(told, {422: LIMIT, 429: CLIENTS - LIMIT})
        self.assertEqual(self.server.rows(log)[0], (CLIENTS, CLIENTS - LIMIT))
        self.assertEqual(attempts(), {429: CLIENTS})
        self.next_hour()
        self.assertEqual(attempts(), {422: LIMIT, 429: CLIENTS - LIMIT}, "recovered")

    def next_hour(self):
        """Let what was counted be two hours ago."""
        self.server.rows(SQL("UPDATE cpa_rate_limit SET period = period - interval '2 hours' RETURNING id"))
