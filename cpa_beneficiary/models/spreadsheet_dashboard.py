"""Dashboards that are read from right to left where the language is: core knows only sheets that begin on the left."""

import json
import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import get_lang
from werkzeug.exceptions import Forbidden

COLUMN = re.compile(r"[A-Z](?=[0-9])")
# by which a cell's own side is kept: what has no side of its own begins with the line
SIDES = {"left": "right", "right": "left", None: "right"}


class SpreadsheetDashboard(models.Model):
    _inherit = "spreadsheet.dashboard"

    def _get_serialized_readonly_dashboard(self):
        serialized = super()._get_serialized_readonly_dashboard()
        ours = (self._get_dashboard_translation_namespace() or "").startswith("cpa_")
        if not ours or get_lang(self.env).direction != "rtl":
            return serialized
        dashboard = json.loads(serialized)
        _mirror(dashboard["snapshot"])
        return json.dumps(dashboard)


class SpreadsheetDashboardShare(models.Model):
    """Core lets every employee put a frozen copy of a dashboard on a public page, and read everybody's copies."""

    _inherit = "spreadsheet.dashboard.share"

    @api.constrains("dashboard_id")
    def _check_cpa_not_shared(self):
        """:raise UserError: it would show figures of the association to anybody who has the address"""
        if self.env.user.cpa_has_role() or any(share._cpa_is_ours() for share in self):
            raise UserError(self.env._("Figures of the association are not put on a public page."))

    def _check_dashboard_access(self, access_token):
        super()._check_dashboard_access(access_token)
        if self._cpa_is_ours():  # shared before it was forbidden
            raise Forbidden()

    def _cpa_is_ours(self):
        """Return whether the dashboard, or what it was copied from, is for roles of ours."""
        groups = self.sudo().dashboard_id.group_ids  # for whom it is, no more
        return any(name.startswith("cpa_") for name in groups.get_external_id().values())


def _mirror(snapshot):
    """Turn the shown sheet of a dashboard around.

    For sheets as ours are written: their columns are A to Z, their formulas name no cell of the sheet itself, and
    their figures are placed from its left edge.

    :param dict snapshot: of the spreadsheet, changed in place
    """
    sheet = snapshot["sheets"][0]
    last = sheet["colNumber"] - 1
    widths = [sheet["cols"][str(number)]["size"] for number in range(last + 1)]

    def turned(reference):
        """A range has its left column first: its two ends change their sides."""
        letters = [chr(ord("A") + ord("A") + last - ord(letter)) for letter in COLUMN.findall(reference)]
        return COLUMN.sub(lambda _found: letters.pop(), reference)

    for part in ("cells", "styles", "formats", "borders"):
        sheet[part] = {turned(reference): value for reference, value in sheet[part].items()}
    sheet["cols"] = {str(last - int(number)): column for number, column in sheet["cols"].items()}
    for figure in sheet["figures"]:
        figure["offset"]["x"] = sum(widths) - figure["offset"]["x"] - figure["width"]
    for style in snapshot["styles"].values():
        style["align"] = SIDES.get(style.get("align"), style.get("align"))
