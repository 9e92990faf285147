"""A person's own page costs what is shown, not what is stored (P-09)."""

import os

from odoo.addons.cpa_beneficiary.tests.common import WebsiteCommon
from odoo.tests import tagged
from odoo.tools import SQL

OTHERS = 100_000 if os.environ.get("CPA_DRILLS") else 2_000


@tagged("post_install", "-at_install")
class TestScalePortal(WebsiteCommon):
    def copies(self, request, count, series, **changed):
        """Insert ``count`` copies of a request, with numbers of their own; nothing is committed."""
        self.env.flush_all()
        fields = [f for f in request._fields.values() if f.store and f.column_type and f.name not in ("id", "number")]
        columns = [SQL.identifier(field.name) for field in fields]
        values = [
            SQL("%s", changed[field.name]) if field.name in changed else SQL("source.%s", SQL.identifier(field.name))
            for field in fields
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO cpa_request (number, %s) SELECT %s || n, %s"
                " FROM cpa_request source, generate_series(1, %s) n WHERE source.id = %s",
                SQL(", ").join(columns),
                series,
                SQL(", ").join(values),
                count,
                request.id,
            )
        )
        self.env.cr.execute("ANALYZE cpa_request")
        self.env.invalidate_all()

    def queries(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def test_flat_among_many(self):
        """The list and the page ask as often at 1,000 requests of one person as at 10, among those of many others."""
        mine = self.submit(self.make_request(self.support, beneficiary_id=self.file.id))
        self.copies(mine, OTHERS, "2096-", beneficiary_id=self.other_file.id)
        Request = self.env["cpa.request"].with_user(self.applicant)

        def both():
            return (
                self.queries(lambda: Request._portal_list("open", 1, 10)),
                self.queries(lambda: Request._portal_find(mine.number)._portal_values()),
            )

        self.copies(mine, 9, "2097-")
        both()  # what is kept for all is read once
        few = both()
        self.copies(mine, 990, "2098-")
        self.assertEqual(Request._portal_list("open", 1, 10)["total"], 1000)
        self.assertEqual(both(), few)
