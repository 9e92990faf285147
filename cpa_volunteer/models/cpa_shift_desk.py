"""A shift on the day itself: who is expected, who came, and the sheet that lies at the place."""

from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import riyadh_datetime
from odoo.exceptions import UserError

from .cpa_participation import PLACED

# Lines for who comes without having been entered.
BLANK_LINES = 3


class CpaShift(models.Model):
    _inherit = "cpa.shift"

    # numbers, without whose places they are
    expected_count = fields.Integer("Expected", compute="_compute_expected", compute_sudo=True)
    came_count = fields.Integer("Came", compute="_compute_expected", compute_sudo=True)
    place = fields.Char(related="opportunity_id.place")
    coordinator_id = fields.Many2one(related="opportunity_id.coordinator_id")

    @api.depends("participation_ids.state")
    def _compute_expected(self):
        rows = self.env["cpa.participation"]._read_group(
            [("shift_id", "in", self.ids)], ["shift_id", "state"], ["__count"]
        )
        counts = {(shift.id, state): count for shift, state, count in rows}
        for shift in self:
            number = {state: counts.get((shift._origin.id, state), 0) for state in PLACED}
            shift.expected_count = sum(number.values())
            shift.came_count = number["attended"] + number["closed"]

    def action_all_came(self):
        """Button: everybody who is expected came; who did not is marked by his own button."""
        expected = self.participation_ids.filtered(lambda line: line.state == "accepted")
        if not expected:
            raise UserError(self.env._("Nobody is expected any more in this shift."))
        return expected.write({"state": "attended"})

    def action_open(self):
        """Button: who is expected in this shift."""
        self.ensure_one()
        return self._get_records_action(name=self.display_name)

    def action_print_sheet(self):
        """Button: print the sheet in the language named by the button's context (``paper_lang``)."""
        report = self.env.ref("cpa_volunteer.cpa_shift_sheet_report")
        lang = self.env["cpa.reply.text"]._lang_of(self.env.context.get("paper_lang"))
        return report.with_context(lang=lang, paper_lang=lang).report_action(self)

    def _paper_lang(self):
        """Return the language of the sheet: the one asked for, else that of who prints it."""
        return self.env.context.get("paper_lang") or self.env.lang

    def _sheet_lines(self):
        """Return the volunteers who are expected, as the sheet lists them: by name."""
        self.ensure_one()
        expected = self.participation_ids.filtered(lambda line: line.state in PLACED)
        return expected.sorted(lambda line: line.volunteer_id.name)

    def _sheet_blanks(self):
        return range(BLANK_LINES)

    def _clock_shown(self):
        """Return from when to when, on a clock in Riyadh."""
        self.ensure_one()
        return f"{riyadh_datetime(self.start):%H:%M} – {riyadh_datetime(self.stop):%H:%M}"
