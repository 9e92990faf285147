"""A million requests (3,000 without --drills): the evidence folder is ready within a minute (P-01 to P-38)."""

import os
import time

from odoo.addons.cpa_beneficiary.tests.common import CpaCommon
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.tests import tagged
from odoo.tools import SQL

REQUESTS = 1_000_000 if os.environ.get("CPA_DRILLS") else 3_000
SECONDS = 60


@tagged("post_install", "-at_install")
class TestScaleFolder(CpaCommon):
    def copies(self, record, count, **changed):
        """Insert ``count`` copies of a record in SQL; nothing is committed.

        :param changed: ``SQL`` of columns, in which ``n`` is the number of the copy
        """
        self.env.flush_all()
        columns = [name for name, field in record._fields.items() if field.store and field.column_type and name != "id"]
        values = [changed.get(name) or SQL("source.%s", SQL.identifier(name)) for name in columns]
        table = SQL.identifier(record._table)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s source, generate_series(1, %s) n WHERE source.id = %s",
                table,
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                table,
                count,
                record.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", table))
        self.env.invalidate_all()

    def test_folder_of_a_million_requests(self):
        """Each request of the last years with its reply and its journal; the folder is of one of these years."""
        request = self.submit(self.make_request(beneficiary_id=self.make_beneficiary().id))
        request.write({"state": "in_progress"})
        request.write({"reply_text": "Answer", "reply_channel_id": self.channel.id, "state": "done"})
        move = request.move_ids[-1]
        # over the five years before today, the same hours apart
        apart = SQL("- n * interval '5 years' / %s", REQUESTS)
        moved = {
            name: SQL("source.%s %s", SQL.identifier(name), apart)
            for name in ("first_contact_at", "submitted_at", "replied_at", "closed_at")
        }
        self.copies(request, REQUESTS, number=SQL("'9999-' || n"), **moved)
        self.copies(move, REQUESTS, happened_at=SQL("source.happened_at %s", apart))
        today = cpa_today()
        folder = self.env["cpa.evidence.folder"].with_user(self.manager)
        folder = folder.create(
            {"date_from": today.replace(year=today.year - 1, day=1), "date_to": today, "seed": "5eed", "lang": "en_US"}
        )
        folder.action_generate()
        begun, steps = time.monotonic(), {}
        while folder.state == "generating":
            step, before = folder._steps()[folder.steps_done], time.monotonic()
            folder.sudo()._work_step()
            self.env.flush_all()
            steps[step] = round(time.monotonic() - before, 1)
        self.assertEqual((folder.state, folder.error), ("done", False))
        if os.environ.get("CPA_DRILLS"):
            self.assertLess(time.monotonic() - begun, SECONDS, steps)
        drawn = folder.content["samples"]["tables"][0]
        self.assertEqual(len(drawn["rows"]), 10)
