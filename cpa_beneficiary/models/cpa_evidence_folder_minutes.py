"""The minutes of the committee's sessions (P-35): their list, and the signed scans for the archive."""

import mimetypes

from odoo import models
from odoo.fields import Domain


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    def _sessions(self):
        """Return the sessions held in the period, whatever became of their minutes. A committee is nobody's branch."""
        held = self._scope().moments("opened_at") & Domain("company_id", "=", self.company_id.id)
        return self.env["cpa.committee.session"].search(held, order="opened_at, id")

    def _section_minutes(self):
        return self._section(
            self.env._("Minutes of the committee"),
            [
                self._grid(
                    [
                        self.env._("Session"),
                        self.env._("Date"),
                        self.env._("State"),
                        self.env._("Cases"),
                        self.env._("Decided"),
                        self.env._("Signed"),
                        self.env._("Fingerprint of the minutes"),
                    ],
                    [
                        [
                            session.number or "",
                            self._moment_text(session.opened_at),
                            self._label(session, "state"),
                            len(session.case_ids),
                            len(session.case_ids.filtered(lambda case: case.state == "decided")),
                            self._signed_text(session),
                            session.minutes_digest or "",
                        ]
                        for session in self._sessions()
                    ],
                    codes=[0, 6],
                )
            ],
            self.env._("The scans of what was signed on paper are in the archive, in the folder “minutes”."),
        )

    def _signed_text(self, session):
        present = session.attendance_ids.filtered("is_present")
        signed = self._valid_signatures(session).filtered(lambda signature: signature.method != "refused")
        return self.env._("%(signed)s of %(present)s", signed=len(signed.user_id), present=len(present))

    def _valid_signatures(self, session):
        """Return the signatures under the minutes as they stand, without those of an earlier revision."""
        return session.signature_ids.filtered(
            lambda s: not s.addendum_id and s.digest and s.digest == session.minutes_digest
        )

    def _signed_scans(self):
        """Return ``[(name in the archive, content)]`` of what was signed on paper: minutes and addenda."""
        files = []
        for session in self._sessions():
            addenda = session.signature_ids.filtered("addendum_id")
            scans = (self._valid_signatures(session) | addenda).scan_id
            # by the session's number: the name of a file is typed by people
            for place, scan in enumerate(scans.sorted("id"), 1):
                extension = mimetypes.guess_extension(scan.mimetype or "") or ""
                files.append((f"minutes/{session.number or session.id}-{place}{extension}", scan.raw or b""))
        return files
