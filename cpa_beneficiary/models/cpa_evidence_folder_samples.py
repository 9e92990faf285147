"""Sample files drawn by lot: the path of a request from the counter to the delivery, without a name on it.

The draw can be repeated by hand: of each request's number, written directly behind the seed, the SHA-256 is taken; the
requests with the lowest ones (in hexadecimal) are drawn, in that order. ``printf '%s' SEEDNUMBER | sha256sum``
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

# As it stands on the paper, in every language.
RULE = "SHA-256 (seed + number)"


class CpaEvidenceFolder(models.Model):
    _inherit = "cpa.evidence.folder"

    # ------------------------------------------------------------------
    # The draw
    # ------------------------------------------------------------------

    def _population(self):
        """Return the domain of the requests among which it is drawn: replied to or closed in the period."""
        scope = self._scope()
        ended = scope.moments("replied_at") | scope.moments("closed_at")
        return scope.where() & Domain("number", "!=", False) & ended

    def _draw(self):
        """Draw the samples.

        :return: list of ``(digest, request)``, in the order of the draw
        """
        requests = self.env["cpa.request"]
        query = requests._search(self._population())
        if query.is_empty() or not self.sample_count:
            return []
        number = requests._field_to_sql(requests._table, "number", query)
        digest = SQL("encode(sha256(convert_to(%s || %s, 'UTF8')), 'hex')", self.seed, number)
        query.order = SQL("%s, %s", digest, SQL.identifier(requests._table, "id"))
        query.limit = self.sample_count
        drawn = self.env.execute_query(query.select(digest, SQL.identifier(requests._table, "id")))
        together = requests.browse(request_id for _digest, request_id in drawn)
        return [(digest, request) for (digest, _id), request in zip(drawn, together, strict=True)]

    def _section_samples(self):
        drawn = self._draw()
        among = self.env["cpa.request"].search_count(self._population())
        order = self._grid(
            [self.env._("Drawn"), self.env._("Request"), self.env._("Digest of seed and number")],
            [[place, request.number, digest] for place, (digest, request) in enumerate(drawn, 1)],
            self.env._("The draw"),
            codes=[1, 2],
            facts=[
                (self.env._("Seed"), self.seed, True),
                (self.env._("Digest"), RULE, True),
                (self.env._("Drawn"), self._number_text(len(drawn))),
                (
                    self.env._("Among"),
                    self.env._("%s requests replied to or closed in the period", self._number_text(among)),
                ),
            ],
        )
        return self._section(
            self.env._("Sample files"),
            [order, *(self._sample(place, request) for place, (_digest, request) in enumerate(drawn, 1))],
            self.env._(
                "Whoever repeats the draw finds the same files: each request's number is written directly behind the "
                "seed, and the requests with the lowest digest are drawn. Names, contact data and texts that people "
                "typed are left out."
            ),
        )

    # ------------------------------------------------------------------
    # A sample
    # ------------------------------------------------------------------

    def _sample(self, place, request):
        """Return the path of a request as a table, its clock and result above it."""
        events = [
            *self._sample_moves(request),
            *self._sample_explanations(request),
            *self._sample_checks(request),
            *self._sample_declarations(request),
            *self._sample_letters(request),
            *self._sample_deliveries(request),
        ]
        events.sort(key=lambda event: event[0])
        return self._grid(
            [self.env._("When"), self.env._("What"), self.env._("Details")],
            [[self._moment_short(moment), what, " · ".join(filter(None, details))] for moment, what, details in events],
            self.env._("Sample %s", place),
            facts=self._sample_facts(request),
        )

    def _sample_facts(self, request):
        """Return what the file is about, as ``(label, text)``; only what is chosen from lists, and days."""
        facts = [
            (self.env._("Request"), request.number, True),
            (self.env._("Service"), request.service_id.name),
            (self.env._("Channel"), request.channel_id.name),
            (self.env._("Branch"), request.branch_id.name or ""),
            (self.env._("Policy version"), request.policy_id.version or ""),
            (self.env._("State"), self._label(request, "state")),
            (self.env._("Not before"), self._day_text(request.reply_floor_date) if request.needs_committee else ""),
            (self.env._("Reply by"), self._day_text(request.reply_target_date)),
            (self.env._("At the latest"), self._day_text(request.reply_ceiling_date)),
            (self.env._("Timeliness of the reply"), self._label(request, "reply_timing")),
            (self.env._("Decision"), self._label(request, "decision")),
            (self.env._("Rejection reason"), request.rejection_reason_id.name or ""),
            (self.env._("Declaration signed"), self._declared(request)),
        ]
        return [fact for fact in facts if fact[1]]

    def _declared(self, request):
        if not request.needs_declaration:
            return self.env._("not needed for this service")
        signed = request.declaration_ids.filtered(lambda declaration: declaration.state == "signed")
        return self.env._("Yes") if signed else self.env._("No")

    def _sample_moves(self, request):
        for move in request.move_ids:
            lag = self.env._("entered %s hours later", self._number_text(move.lag_hours)) if move.lag_hours >= 1 else ""
            yield (
                move.happened_at,
                self.env._("State: %s", request._lifecycle_label(move.to_state)),
                [
                    self.env._("by the applicant") if move.user_id.share else self.env._("by the staff"),
                    lag,
                    self.env._("reason on record") if move.reason else "",
                    self.env._("scan on record") if move.scan_id else "",
                ],
            )

    def _sample_explanations(self, request):
        for explanation in request.explanation_ids.filtered("explained_at"):
            what = self.env._("The path and the reply period explained")
            yield explanation.explained_at, what, [self._label(explanation, "how"), self._withdrawn(explanation)]

    def _withdrawn(self, record):
        return self._label(record, "state") if record.state in ("withdrawn", "void", "cancelled") else ""

    def _sample_checks(self, request):
        """Yield the checks; those that were settled together, in the same way, as one event."""
        together = {}
        for check in request.check_ids:
            at = check.checked_at or check.submission_id.submitted_at
            if not at:
                continue  # a round that was never submitted
            sighted = self._label(check, "sighted_how").lower() if check.original_sighted else ""
            details = (
                self._label(check, "state"),
                self.env._("original sighted: %s", sighted) if sighted else "",
                self.env._("valid until %s", self._day_text(check.valid_until)) if check.valid_until else "",
                self.env._("due %s", self._day_text(check.due_date)) if check.due_date else "",
            )
            # the requirement's name: the association's own list
            together.setdefault((at, details), []).append(check.requirement_id.name)
        for (at, details), names in together.items():
            yield at, self.env._("Check: %s", " · ".join(names)), details

    def _sample_declarations(self, request):
        for declaration in request.declaration_ids.filtered("signed_at"):
            yield (
                declaration.signed_at,
                self.env._("Declaration signed"),
                [
                    self._label(declaration, "method"),
                    self.env._("by guardian or agent") if declaration.representation_id else "",
                    self._withdrawn(declaration),
                ],
            )

    def _sample_letters(self, request):
        for letter in request.letter_ids.filtered("sent_at"):
            what = self.env._("Letter sent: %s", self._label(letter, "kind"))
            yield letter.sent_at, what, [letter.number or "", letter.channel_id.name or ""]
            if letter.acknowledged_at:
                yield letter.acknowledged_at, self.env._("Receipt confirmed"), [self._label(letter, "acknowledged_how")]

    def _sample_deliveries(self, request):
        for delivery in request.delivery_ids.filtered("delivered_at"):
            kind, place = self._label(delivery, "kind"), self._label(delivery, "place")
            yield delivery.delivered_at, self.env._("Service delivered: %s", kind), [place, self._withdrawn(delivery)]
            if delivery.acknowledged_at:
                how = self._label(delivery, "acknowledged_by")
                yield delivery.acknowledged_at, self.env._("Delivery acknowledged by the beneficiary"), [how]
