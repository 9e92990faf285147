"""Beside each reading for the board: the settings by which the software keeps it, as they stand now.

A setting that differs from what the reading tells is shown: somebody changed it, and the board may not know.
"""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today


class Setting(NamedTuple):
    """A setting of a reading.

    :param model: "cpa.policy" (the version in force), "cpa.committee" (each of them) or "res.company"
    :param name: its field
    :param default: the value that the reading tells
    """

    model: str
    name: str
    default: object


POLICY, COMMITTEE, COMPANY = "cpa.policy", "cpa.committee", "res.company"
# By the code of the reading. No setting: the reading is a rule of the software or of the words.
SETTINGS = {
    "reply_period": (Setting(POLICY, "floor_days", 14), Setting(POLICY, "target_days", 14)),
    "reply_floor": (Setting(POLICY, "floor_mode", "warn"),),
    "reply_target_ceiling": (Setting(POLICY, "target_days", 14), Setting(POLICY, "ceiling_days", 30)),
    "reply_clock_start": (Setting(POLICY, "clock_start", "submission"),),
    "quorum_majority": (
        Setting(COMMITTEE, "quorum_rule", "majority"),
        Setting(COMMITTEE, "minimum_votes", 2),
        Setting(COMMITTEE, "majority_rule", "simple"),
        Setting(COMMITTEE, "has_casting_vote", False),
    ),
    "excluded": (
        Setting(COMMITTEE, "excludes_author", True),
        Setting(COMMITTEE, "excludes_officer", True),
        Setting(COMMITTEE, "lets_present_choose", True),
    ),
    "without_meeting": (Setting(COMMITTEE, "has_circulation", True), Setting(COMMITTEE, "has_urgent", True)),
    "appeal": (Setting(POLICY, "appeal_days", 30),),
    "appeal_hearing": (Setting(COMMITTEE, "appeal_heard_by", "without_conflict"),),
    "appeal_clock": (Setting(POLICY, "appeal_target_days", 14), Setting(POLICY, "appeal_ceiling_days", 30)),
    "video_sighting": (Setting(POLICY, "video_sighting_counts", True),),
    "retention": (
        Setting(COMPANY, "cpa_application_draft_days", 7),
        Setting(COMPANY, "cpa_application_days", 30),
        Setting(COMPANY, "cpa_letter_link_days", 60),
    ),
}
# The two mends that decide meaning: the clause as the version in force reads it, and the word that the mend put there.
MENDS = {"mend_signature": "التوقيع", "mend_requirements": "المتطلبات"}


class CpaPolicyReading(models.Model):
    _inherit = "cpa.policy.reading"

    code = fields.Char(readonly=True, copy=False, help="Which settings stand beside it; empty for the board's own.")
    setting_html = fields.Html("The setting now", compute="_compute_settings", sanitize=False)
    setting_state = fields.Selection(
        [("as_told", "As told"), ("differs", "Differs"), ("resolved", "As resolved"), ("none", "No setting")],
        "Setting now",
        compute="_compute_settings",
        help="Whether the settings in use are those that the reading tells.",
    )
    settled_text = fields.Char("Settled on, in both calendars", compute="_compute_settled_text")
    resolution_scan = fields.Binary("Scan of the resolution", attachment=True, copy=False)
    resolution_scan_name = fields.Char(copy=False)

    _code_uniq = models.Constraint("UNIQUE(code)", "A reading with this code exists already.")

    @api.depends("settled_on")
    @api.depends_context("lang")
    def _compute_settled_text(self):
        for reading in self:
            reading.settled_text = format_both(reading.settled_on, self.env.lang or "en_US")

    @api.depends("code", "is_settled")
    @api.depends_context("lang", "company")
    def _compute_settings(self):
        owners = self._setting_owners()
        for reading in self:
            rows = reading._settings_now(owners)
            differs = any(not row["as_told"] for row in rows)
            reading.setting_html = self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_policy_reading_settings", {"rows": rows, "settled": reading.is_settled}
            )
            if not rows:
                reading.setting_state = "none"
            elif not differs:
                reading.setting_state = "as_told"
            else:
                reading.setting_state = "resolved" if reading.is_settled else "differs"

    def _setting_owners(self):
        """Return whose settings are in use in this company: dict of records by model."""
        company = self.env.company
        committees = self.env[COMMITTEE].sudo()  # the rules by which it decides are no secret; values only
        return {
            POLICY: self.env[POLICY]._in_force(company),
            COMMITTEE: committees.search(Domain("company_id", "=", company.id)),
            COMPANY: company.sudo(),  # its settings; values only
        }

    def _settings_now(self, owners=None):
        """Return the settings of this reading as they stand now.

        :param owners: as ``_setting_owners`` returns it, for many readings
        :return: list of dicts ``whose`` (name where there are several), ``label``, ``now``, ``told`` (texts in the
            user's language) and ``as_told``
        """
        self.ensure_one()
        owners = owners or self._setting_owners()
        if self.code in MENDS:
            return self._mend_now(owners[POLICY])
        rows = []
        for setting in SETTINGS.get(self.code, ()):
            for owner in owners[setting.model]:
                field, value = owner._fields[setting.name], owner[setting.name]
                rows.append(
                    {
                        "whose": owner.name if setting.model == COMMITTEE else "",
                        "label": field._description_string(self.env),
                        "now": self._setting_text(field, value),
                        "told": self._setting_text(field, setting.default),
                        "as_told": value == setting.default,
                    }
                )
        return rows

    def _mend_now(self, policy):
        """Return how the version in force reads the clause: with the word of the mend, or without."""
        clause = policy.clause_ids.filtered(lambda clause: clause.code == self.clause_code)
        if not clause:
            return []
        word = MENDS[self.code]
        return [
            {
                "whose": "",
                "label": self.env._("The clause is read"),
                "now": clause.reading_ar,
                "told": self.env._("with “%s”", word),
                "as_told": word in (clause.reading_ar or ""),
            }
        ]

    def _setting_text(self, field, value):
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return str(value)

    # ------------------------------------------------------------------
    # The paper for the board
    # ------------------------------------------------------------------

    def action_print_paper(self):
        """Button: the paper for the board, of the selected readings, or of all that are not settled.

        :return: action that prints
        """
        readings = self or self.search([("is_settled", "=", False)]) or self.search(Domain.TRUE)
        return self.env.ref("cpa_beneficiary.cpa_policy_reading_report").report_action(readings)

    def _paper_today(self):
        return cpa_today()

    def _paper_clause(self):
        """Return the words of the clause that it is about, as the version in force reads it (may be empty)."""
        self.ensure_one()
        clauses = self.env[POLICY]._in_force().clause_ids
        return clauses.filtered(lambda clause: clause.code == self.clause_code).reading or ""
