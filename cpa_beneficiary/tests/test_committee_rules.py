"""P-35 and design "Committee": the rules by which a committee decides, cell by cell: see ``committee_rules.txt``."""

from pathlib import Path

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import CpaCommon

NOW = "2026-03-01 09:00:00"  # a Sunday, noon in Riyadh
SEATS = {"C": "chair", "D": "deputy", "M": "member", "N": "member", "O": "member", "X": "alternate", "Y": "alternate"}
CHOICES = {"+": "for", "-": "against", "0": "abstain"}
SETTINGS = {
    "two thirds": {"quorum_rule": "two_thirds"},
    "all": {"quorum_rule": "all"},
    "at least 4": {"minimum_votes": 4},
    "absolute": {"majority_rule": "absolute"},
    "casting": {"has_casting_vote": True},
    "author votes": {"excludes_author": False},
    "officer votes": {"excludes_officer": False},
    "no choosing": {"lets_present_choose": False},
    "no circulation": {"has_circulation": False},
    "no urgent": {"has_urgent": False},
}

TABLE = Path(__file__).with_name("committee_rules.txt").read_text()


class RulesCase(CpaCommon):
    """Five seats and two alternates, a user each; a request that waits for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        people = {"C": cls.chair, "D": cls.deputy, "M": cls.member, "X": cls.alternate}
        for letter in "NOY":
            people[letter] = new_test_user(
                cls.env, f"cpa_{letter}", groups="cpa_beneficiary.group_member", name=f"Test {letter}"
            )
        cls.people = people
        cls.committee.member_ids.unlink()
        cls.committee.member_ids = [
            *(
                fields.Command.create(
                    {"user_id": people[letter].id, "role": role, "sequence": number, "date_from": "2020-01-01"}
                )
                for number, (letter, role) in enumerate(SEATS.items())
            ),
            fields.Command.create(
                {"user_id": cls.secretary.id, "role": "secretary", "sequence": 99, "date_from": "2020-01-01"}
            ),
        ]
        cls.seats = {letter: cls.seat(people[letter]) for letter in SEATS}
        cls.beneficiary = cls.make_beneficiary()
        cls.request = cls.waiting_request()

    def letters(self, members):
        """Return members as the table writes them, in its order."""
        return "".join(letter for letter, seat in self.seats.items() if seat in members)

    def new_session(self, requests=None, **vals):
        """Return a session of the secretary in draft."""
        return (
            self.env["cpa.committee.session"]
            .with_user(self.secretary)
            .create(
                {
                    "committee_id": self.committee.id,
                    "planned_at": fields.Datetime.now(),
                    "case_ids": [fields.Command.create({"request_id": request.id}) for request in requests or []],
                    **vals,
                }
            )
        )

    def open(self, session, there="CDMNO"):
        """Convene and open a session in which the members written in ``there`` are present."""
        session.write({"state": "convened"})
        present = self.env["cpa.committee.member"].concat(*(self.seats[letter] for letter in there))
        session.attendance_ids.filtered(lambda line: line.member_id in present).is_present = True
        session.write({"state": "open"})
        self.env.invalidate_all()
        return session

    def cast(self, proposal, votes):
        """Let members vote as written: ``C+ D- M0``."""
        for letter, sign in votes.split():
            self.vote(proposal, self.people[letter], CHOICES[sign])


@tagged("post_install", "-at_install")
class TestCommitteeRules(RulesCase):
    def test_table(self):
        """P-35: every row of the table of rules."""
        rows = [line for line in TABLE.splitlines() if line.strip() and not line.startswith("#")]
        self.assertGreater(len(rows), 100)
        for line in rows:
            given, expected = line.split("||")
            rule, *given = [cell.strip() for cell in given.split("|")]
            expected = [cell.strip() for cell in expected.split("|")]
            with self.subTest(line), self.env.cr.savepoint() as savepoint:
                self.assertEqual(self.play(*given), expected, rule)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def play(self, settings, mode, there, excluded, over, votes):
        """Hold a session as one row of the table says and return what came of it, as the row's right half."""
        for words, values in SETTINGS.items():
            if words in settings:
                self.committee.write(values)
        # the day before the session
        self.committee.member_ids.filtered(lambda m: m in [self.seats[letter] for letter in over]).write(
            {"date_to": "2026-02-28"}
        )
        self.exclude_by_office(excluded)
        session = self.new_session(self.request, mode=mode)
        case = session.case_ids
        for letter, why in excluded.split():
            if why == "r":
                self.recuse(case, letter)
        if mode == "circulation":
            session.answer_until = "2026-03-05"
        if "*" in there:
            session.presiding_id = self.seats[there[there.index("*") - 1]]
        try:
            with self.env.cr.savepoint():
                self.open(session, there.replace("*", "").replace("-", ""))
        except UserError:
            return ["-", "-", "-", "-", "not opened"]
        in_reach = "yes" if case.quorum_reachable else "no"
        voters = self.letters(case.voter_ids)
        proposal = self.propose(case)
        self.cast(proposal, votes)
        with freeze_time("2026-03-06 09:00:00" if mode == "circulation" else NOW):
            self.count_votes(session)
        self.assertEqual(case.state, "decided" if proposal.state == "carried" else "undecided")
        self.assertEqual(self.request.state, "decided" if proposal.state == "carried" else "committee")
        return [self.letters(session.presiding_id), voters, str(proposal.quorum), in_reach, proposal.state]

    def exclude_by_office(self, excluded):
        for letter, why in excluded.split():
            if why == "a":
                self.request.with_user(self.researcher).study_ids.sudo()._lifecycle_set(
                    {"researcher_id": self.people[letter].id}
                )
            elif why == "o":
                self.people[letter].group_ids += self.env.ref("cpa_beneficiary.group_officer")
                self.request.officer_id = self.people[letter]

    def recuse(self, case, letter):
        self.env["cpa.committee.recusal"].with_user(self.secretary).create(
            {"case_id": case.id, "member_id": self.seats[letter].id, "reason": "Kinship"}
        )
