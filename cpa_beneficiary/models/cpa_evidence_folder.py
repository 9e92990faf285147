"""The evidence folder (شواهد): the policy and what was done, clause by clause, over any period (P-01 to P-38).

Its parts have files of their own: ``cpa_evidence_folder_figures`` (clauses, figures, exceptions),
``cpa_evidence_folder_policy`` (versions, readings for the board), ``cpa_evidence_folder_minutes`` (sessions and their
signed scans), ``cpa_evidence_folder_samples`` (the draw) and ``cpa_evidence_folder_files`` (spreadsheet, paper,
archive). Other add-ons bring sections of their own: a name in ``_sections()`` and its method ``_section_<name>()``.
"""

import logging
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from psycopg2 import OperationalError

from ..tools.hijri import format_both, short_hijri
from ..tools.riyadh import cpa_today, riyadh_date, riyadh_datetime
from .cpa_committee_minutes import digest_of
from .cpa_lifecycle_mixin import Move
from .cpa_policy_indicator import Scope
from .roles import MANAGER

_logger = logging.getLogger(__name__)

FILES = ("sheet", "paper", "archive")
MOST_SAMPLES = 50


class CpaEvidenceFolder(models.Model):
    """One folder: ordered by the manager, gathered in the background step by step, evidence once it is done.

    What is gathered is kept as plain values (``content``) in the folder's language, whose digest the paper prints; the
    three files are written from it. It holds figures, codes and times: no name, and no text that people typed.
    """

    _name = "cpa.evidence.folder"
    _description = "Evidence folder"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "id desc"
    _lifecycle_frozen = frozenset({"generating", "failed", "done"})

    name = fields.Char(compute="_compute_name")
    state = fields.Selection(
        [("draft", "Draft"), ("generating", "Being generated"), ("failed", "Stopped"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    # What is wanted
    date_from = fields.Date(
        "From", required=True, default=lambda self: cpa_today().replace(month=1, day=1), help="The first day."
    )
    date_to = fields.Date("Until", required=True, default=lambda self: cpa_today(), help="The last day.")
    period_text = fields.Char("Period", compute="_compute_period_text")
    branch_id = fields.Many2one("cpa.branch", ondelete="restrict", help="Empty: the whole association.")
    lang = fields.Selection("_get_langs", "Language", required=True, default=lambda self: self._default_lang())
    sample_count = fields.Integer(
        "Sample files", required=True, default=10, help="Requests drawn by lot, shown without names."
    )
    seed = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_hex(4),
        help="The draw depends on it alone: with the same seed everybody draws the same files.",
    )

    # How far it is
    steps_done = fields.Integer(kept=True, readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    error = fields.Text("Why it stopped", kept=True, readonly=True, copy=False)
    ordered_by = fields.Many2one("res.users", kept=True, readonly=True, copy=False, ondelete="restrict")
    ordered_at = fields.Datetime(kept=True, readonly=True, copy=False)
    done_at = fields.Datetime("Done at", kept=True, readonly=True, copy=False)

    # What came out
    policy_id = fields.Many2one("cpa.policy", "Policy version", kept=True, readonly=True, copy=False)
    content = fields.Json(kept=True, readonly=True, copy=False)
    content_digest = fields.Char(
        "Digest of the content", kept=True, readonly=True, copy=False, help="SHA-256, printed on the cover."
    )
    paper = fields.Binary("PDF", kept=True, readonly=True, copy=False, attachment=True)
    paper_name = fields.Char(compute="_compute_file_names")
    paper_digest = fields.Char("Digest of the PDF", kept=True, readonly=True, copy=False)
    sheet = fields.Binary("Spreadsheet", kept=True, readonly=True, copy=False, attachment=True)
    sheet_name = fields.Char(compute="_compute_file_names")
    sheet_digest = fields.Char("Digest of the spreadsheet", kept=True, readonly=True, copy=False)
    archive = fields.Binary("Everything", kept=True, readonly=True, copy=False, attachment=True)
    archive_name = fields.Char(compute="_compute_file_names")
    archive_digest = fields.Char("Digest of everything", kept=True, readonly=True, copy=False)

    _period_sensible = models.Constraint("CHECK(date_to >= date_from)", "The period ends before it begins.")
    _samples_sensible = models.Constraint(
        f"CHECK(sample_count BETWEEN 0 AND {MOST_SAMPLES})", f"Draw between 0 and {MOST_SAMPLES} sample files."
    )
    _generating_idx = models.Index("(id) WHERE state = 'generating'")

    @api.model
    def _get_langs(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _default_lang(self):
        return self.env["cpa.committee.session"]._minutes_lang()

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date_from", "date_to", "branch_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for folder in self:
            period = " – ".join(filter(None, map(fields.Date.to_string, (folder.date_from, folder.date_to))))
            folder.name = " · ".join(filter(None, [self.env._("Evidence"), period, folder.branch_id.name]))

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_period_text(self):
        for folder in self:
            days = (format_both(day, self.env.lang) for day in (folder.date_from, folder.date_to))
            folder.period_text = " – ".join(filter(None, days))

    @api.depends("steps_done", "state")
    def _compute_progress(self):
        steps = len(self._steps())
        for folder in self:
            folder.progress = 100.0 if folder.state == "done" else 100.0 * min(folder.steps_done / steps, 1)

    @api.depends("date_from", "date_to")
    def _compute_file_names(self):
        for folder in self:
            stem = f"evidence-{folder.date_from}-{folder.date_to}"
            folder.paper_name, folder.sheet_name, folder.archive_name = (f"{stem}.{e}" for e in ("pdf", "xlsx", "zip"))

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("date_from", "date_to", "seed", "branch_id")
    def _check_wanted(self):
        for folder in self:
            if folder.date_to > cpa_today():
                raise ValidationError(
                    self.env._("Evidence is of what has happened: the last day is today at the latest.")
                )
            if not folder.seed.strip():
                raise ValidationError(self.env._("The draw needs a seed."))
            if folder.branch_id.company_id and folder.branch_id.company_id != folder.company_id:
                raise ValidationError(self.env._("The branch belongs to another company."))

    # ------------------------------------------------------------------
    # Lifecycle: what is ordered by people; what follows by itself is entered by the steps
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        order = Move((MANAGER,), ("_guard_policy",), ("_effect_order",))
        return {("draft", "generating"): order, ("failed", "generating"): order}

    def _guard_policy(self, at):
        return [] if self._policy_of_period() else [self.env._("A version of the policy that was in force.")]

    def _effect_order(self, at):
        for folder in self:
            ordered = {"ordered_by": self.env.uid, "ordered_at": at, "policy_id": folder._policy_of_period().id}
            # ordered folders are the system's to write
            folder.sudo()._lifecycle_set({"error": False, **ordered})
        # that there is work to do may be said by whoever ordered it
        self.env.ref("cpa_beneficiary.cpa_evidence_folder_cron").sudo()._trigger()

    def _policy_of_period(self):
        """Return the version in force on the last day of the period, else the one in force now (may be empty)."""
        policies = self.env["cpa.policy"]
        own = [("company_id", "=", self.company_id.id), ("in_force_from", "<=", self.date_to)]
        still = ["|", ("in_force_until", "=", False), ("in_force_until", ">", self.date_to)]
        found = policies.search([*own, *still], order="in_force_from desc", limit=1)
        return found or policies._in_force(self.company_id)

    def _enter(self, state):
        """Enter a state that follows from the work, not from a person's move."""
        self._lifecycle_enter(state, self._lifecycle_journal(state, fields.Datetime.now(), self._happened_pop({})))

    # ------------------------------------------------------------------
    # Working off, in the background only
    # ------------------------------------------------------------------

    @api.model
    def _cron_generate(self):
        """Job: generate the folders that are ordered, the oldest first, each step committed on its own.

        What a restart cuts off is done again from the last step that was committed.
        """
        ordered = self.search([("state", "=", "generating")], order="id")
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=sum(len(folder._steps()) - folder.steps_done for folder in ordered))
        for folder in ordered:
            while folder._work_step():
                if not progress(1):
                    return
            progress()

    def _work_step(self):
        """Do the next step, and move on after the last one. Who works locks the folder: never two at once.

        :return: how many steps were done: 0 when there is nothing to do, another one is doing it, or it failed
        """
        self.ensure_one()
        if self.state != "generating" or not self.try_lock_for_update(allow_referencing=True):
            return 0
        step = self._steps()[self.steps_done]
        try:
            with self.env.cr.savepoint():
                self._as_ordered()._step(step)
        except OperationalError:  # the database says: again
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught
            # whatever it is, it is told on the record and can be tried again
            _logger.exception("evidence folder %s: step %s", self.id, step)
            self._lifecycle_set({"error": self._error_text(step, error)})
            self._enter("failed")
            return 0
        self._lifecycle_set({"steps_done": self.steps_done + 1})
        if self.steps_done == len(self._steps()):
            self._lifecycle_set({"done_at": fields.Datetime.now()})
            self._enter("done")
        return 1

    @api.model
    def _error_text(self, step, error):
        # what another library says may quote a person's data: it stays in the log of the server
        said = str(error) if isinstance(error, UserError) else type(error).__name__
        return self.env._("Step “%(step)s”: %(error)s", step=step, error=said)

    def _as_ordered(self):
        """Return the folder with all rights, in its company and language.

        The manager has ordered it and may read every record that is counted; what leaves here is figures and codes.
        """
        return (
            self.sudo()
            .with_company(self.company_id)
            .with_context(lang=self.lang, tz="Asia/Riyadh", allowed_company_ids=self.company_id.ids, active_test=False)
        )

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    @api.model
    def _sections(self):
        """Return the names of the sections that follow the clauses, in their order; add-ons insert theirs.

        Each is gathered by ``_section_<name>()``, which returns ``_section(title, tables, note)``.
        """
        return ["exceptions", "versions", "minutes", "samples", "readings"]

    @api.model
    def _steps(self):
        return ["clauses", *self._sections(), *FILES]

    def _step(self, step):
        if step in FILES:
            if not self.content_digest:
                self._lifecycle_set({"content_digest": digest_of(self.content)})
            self._keep_file(step, getattr(self, f"_file_{step}")())
            return
        if step == "clauses":
            gathered = {"folder": self._wanted(), "clauses": self._clauses()}
        else:
            gathered = {step: getattr(self, f"_section_{step}")()}
        self._lifecycle_set({"content": {**(self.content or {}), **gathered}})

    def _wanted(self):
        """Return what was ordered, as part of the content: the digest covers it too."""
        return {
            "association": self.company_id.name,
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
            "branch": self.branch_id.name or "",
            "policy_version": self.policy_id.version,
            "approval_date": fields.Date.to_string(self.policy_id.approval_date),
            "sample_count": self.sample_count,
            "seed": self.seed,
        }

    def _scope(self):
        """Return the period and branch as the indicators take them."""
        return Scope(self.company_id, self.date_from, self.date_to, self.branch_id, self.env["cpa.service"])

    # ------------------------------------------------------------------
    # What sections are written with
    # ------------------------------------------------------------------

    @api.model
    def _section(self, title, tables, note=""):
        """Return a section.

        :param tables: list of ``_grid(…)``
        """
        return {"title": title, "note": note, "tables": tables}

    @api.model
    def _grid(self, columns, rows, title="", codes=(), facts=()):
        """Return a table: plain values, so that they can be kept, printed and written into a spreadsheet.

        :param columns: headers
        :param rows: list of lists of texts, numbers or None
        :param codes: which columns hold codes: they keep their Latin digits and their direction
        :param facts: what stands above it: (label, text) or, for a code, (label, text, True)
        """
        return {
            "title": title,
            "columns": list(columns),
            "rows": [list(row) for row in rows],
            "codes": list(codes),
            "facts": [[label, text, bool(code)] for label, text, *code in facts],
        }

    def _day_text(self, day):
        return format_both(day, self.env.lang)

    def _moment_text(self, moment):
        """Return a moment (naive UTC) as people read it: the day in both calendars, the time in Riyadh."""
        return f"{self._day_text(riyadh_date(moment))} · {riyadh_datetime(moment):%H:%M}" if moment else ""

    def _moment_short(self, moment):
        """Return a moment (naive UTC) in few signs: both calendars' days, the time in Riyadh."""
        day = riyadh_date(moment)
        hijri = short_hijri(day)
        texts = [self.env._("%s AH", hijri) if hijri else "", f"{day:%Y/%m/%d}", f"{riyadh_datetime(moment):%H:%M}"]
        return " · ".join(filter(None, texts))

    @api.model
    def _label(self, record, name):
        """Return the label of what a selection field of ``record`` holds."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], record[name] or "")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_generate(self):
        """Button: generate the folder, or go on where it stopped."""
        self.write({"state": "generating"})
        return True

    def action_population(self):
        """Button: the requests among which the samples are drawn, so that the draw can be repeated by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Requests among which it is drawn"),
            "res_model": "cpa.request",
            "views": [(False, "list"), (False, "form")],
            "domain": self.env["cpa.policy.indicator"]._plain(self._population()),
            "context": {"create": False},
        }

    def _paper_lang(self):
        """Return the language in which the folder is printed, whoever prints it."""
        return self.lang

    def _previous_text(self):
        previous = self._scope().previous()
        return " – ".join(map(self._day_text, (previous.date_from, previous.date_to)))
