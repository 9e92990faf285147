"""Under which version of the policy requests were handled (P-04), and what the board has still to settle (P-38)."""

from odoo import models
from odoo.fields import Domain


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    def _section_versions(self):
        scope = self._scope()
        own = Domain("company_id", "=", self.company_id.id)
        versions = self.env["cpa.policy"].search(
            own & Domain("in_force_from", "<=", self.date_to), order="in_force_from, id"
        )
        return self._section(
            self.env._("Versions of the policy"),
            [
                self._grid(
                    [
                        self.env._("Version"),
                        self.env._("Approved on"),
                        self.env._("Board session"),
                        self.env._("Resolution no."),
                        self.env._("In force"),
                        self.env._("No reply before"),
                        self.env._("Reply within"),
                        self.env._("At the latest"),
                    ],
                    [self._version_row(version) for version in versions],
                    self.env._("Approval and reply period of each version"),
                ),
                self._grid(
                    [
                        self.env._("Version"),
                        self.env._("Submitted"),
                        self.env._("Replied"),
                        self.env._("Days to the reply"),
                        self.env._("Early"),
                        self.env._("On time"),
                        self.env._("After the target"),
                        self.env._("After the latest day"),
                    ],
                    self._handled_under(scope),
                    self.env._("Requests handled under each version"),
                ),
            ],
            self.env._("A request keeps the version under which it was submitted: a new one never rewrites the past."),
        )

    def _version_row(self, version):
        until = self._day_text(version.in_force_until)
        since = self._day_text(version.in_force_from)
        return [
            version.version,
            version.approval_text or "",
            version.approval_session or "",
            version.resolution_number or "",
            self.env._("%(since)s until %(until)s", since=since, until=until)
            if until
            else self.env._("since %s", since),
            self.env._("%(days)s days (%(mode)s)", days=version.floor_days, mode=self._label(version, "floor_mode")),
            self._number_text(version.target_days, "days"),
            self._number_text(version.ceiling_days, "days"),
        ]

    def _handled_under(self, scope):
        """Return ``[version, submitted, replied, mean days, early, on time, late, past the ceiling]``."""
        requests = self.env["cpa.request"]
        submitted = dict(
            requests._read_group(scope.where() & scope.moments("submitted_at"), ["policy_id"], ["__count"])
        )
        replied = {}
        groups = requests._read_group(
            scope.where() & scope.moments("replied_at"), ["policy_id", "reply_timing"], ["__count", "reply_days:sum"]
        )
        for policy, timing, count, days in groups:
            replied.setdefault(policy, {})[timing] = (count, days or 0)
        rows = []
        for policy in self.env["cpa.policy"].union(*submitted, *replied).sorted("in_force_from"):
            timings = replied.get(policy, {})
            count = sum(number for number, _days in timings.values())
            mean = round(sum(days for _number, days in timings.values()) / count, 1) if count else None
            rows.append(
                [
                    policy.version,
                    submitted.get(policy, 0),
                    count,
                    mean,
                    *(timings.get(timing, (0,))[0] for timing in ("early", "on_time", "late", "past_ceiling")),
                ]
            )
        return rows

    def _section_readings(self):
        readings = self.env["cpa.policy.reading"].search(Domain.TRUE)
        return self._section(
            self.env._("Readings for the board to settle"),
            [
                self._grid(
                    [
                        self.env._("Clause"),
                        self.env._("Subject"),
                        self.env._("Until it is settled"),
                        self.env._("Board"),
                    ],
                    [
                        [
                            reading.clause_code or "",
                            reading.name,
                            reading.default_text,
                            self.env._("Settled on %s", self._day_text(reading.settled_on))
                            if reading.settled_on
                            else self.env._("Waits for the board"),
                        ]
                        for reading in readings
                    ],
                    codes=[0],
                )
            ],
            self.env._("What the policy leaves open, and what is done until the board has resolved on it."),
        )
