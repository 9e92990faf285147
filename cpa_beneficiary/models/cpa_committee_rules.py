"""The rules by which a committee decides. The policy names the committee (P-35) and no rules for it: the board settles.

They stand on the committee, and every session keeps those it was held under: a rule that changes later changes no
decision of before.
"""

from odoo import fields, models

RULES = (
    "excludes_author",
    "excludes_officer",
    "quorum_rule",
    "minimum_votes",
    "majority_rule",
    "has_casting_vote",
    "lets_present_choose",
    "has_early_vote",
    "has_video",
    "has_secret_vote",
)


class CpaCommitteeRules(models.AbstractModel):
    _name = "cpa.committee.rules"
    _description = "Rules of a committee"

    # who does not vote
    excludes_author = fields.Boolean("The author of the study does not vote", default=True)
    excludes_officer = fields.Boolean("The officer of the request does not vote", default=True)

    # how many have to vote
    quorum_rule = fields.Selection(
        [
            ("majority", "More than half of the members"),
            ("two_thirds", "Two thirds of the members"),
            ("all", "All members"),
        ],
        "Quorum",
        default="majority",
        required=True,
        help="Of the members in term, not counting those who are excluded from the case.",
    )
    minimum_votes = fields.Integer("At least this many votes", default=2, required=True)

    # what carries a proposal
    majority_rule = fields.Selection(
        [
            ("simple", "More votes for than against"),
            ("absolute", "More than half of the members for it"),
        ],
        "Carried by",
        default="simple",
        required=True,
        help="Abstentions count for the quorum only.",
    )
    has_casting_vote = fields.Boolean("The presiding member's vote decides a tie")

    # who presides
    lets_present_choose = fields.Boolean(
        "Without chair and deputy, those present choose who presides",
        default=True,
        help="Switched off, a session is not opened without the chair or the deputy.",
    )

    # off until the board switches them on
    has_early_vote = fields.Boolean("Members may vote before the session")
    has_video = fields.Boolean("Who takes part by video is present")
    has_secret_vote = fields.Boolean("The vote is secret: shown is who voted, not how")

    _minimum_positive = models.Constraint("CHECK(minimum_votes >= 1)", "A decision needs at least one vote.")

    def _quorum_of(self, number):
        """Return how many votes a decision needs where ``number`` members count."""
        self.ensure_one()
        share = {"majority": number // 2 + 1, "two_thirds": -(-2 * number // 3), "all": number}[self.quorum_rule]
        return max(share, self.minimum_votes)
