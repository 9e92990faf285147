"""What `./cpa verify` says."""

import contextlib
import io

from odoo.addons.cpa_beneficiary.tests.test_seal import SealCommon
from odoo.tests import tagged

from launcher import inside


@tagged("post_install", "-at_install")
class TestVerify(SealCommon):
    def said(self):
        """Return the exit code and the lines."""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code = inside.verify_minutes(self.env)
        return code, out.getvalue().splitlines()

    def test_verify(self):
        """Code 0 and one line while all is as it was sealed; code 1 and a line for each finding after a change."""
        session = self.sealed_session()
        code, lines = self.said()
        self.assertEqual(code, 0)
        self.assertIn("everything is as it was sealed", lines[-1])
        self.sql("UPDATE cpa_committee_proposal SET amount = 9000 WHERE case_id = %s", session.case_ids.id)
        code, lines = self.said()
        self.assertEqual(code, 1)
        self.assertEqual(len(lines), 3, "two proposals and the sum")
        for words in (session.number, "Amount", "Proposal"):
            self.assertIn(words, lines[0])
