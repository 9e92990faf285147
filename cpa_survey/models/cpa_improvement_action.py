from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.models.cpa_lifecycle_mixin import Move
from odoo.addons.cpa_beneficiary.models.cpa_request_timeliness import LATE
from odoo.addons.cpa_beneficiary.models.roles import DELEGATE, MANAGER, OFFICER, RESEARCHER, SECRETARY
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today, riyadh_date, utc_start_of
from odoo.exceptions import UserError
from odoo.tools.date_utils import get_month

from .cpa_satisfaction_source import DIMENSIONS
from .cpa_survey_figure import TABLES
from .cpa_survey_rule import EVENTS
from .survey_question import MEASURES

STATES = [
    ("proposed", "Proposed"),
    ("planned", "Planned"),
    ("done", "Done, to be measured"),
    ("closed", "Measured and closed"),
    ("dropped", "Not taken up"),
]
BASES = [
    ("figure", "Figure of satisfaction"),
    ("returned", "Requests returned as incomplete"),
    ("late", "Replies after the target"),
    ("suggestion", "Suggestions"),
]
# Low figures of these tables propose an action: where somebody can change something.
PROPOSING_TABLES = ("all", "service", "branch", "department")
# What was told in a comment or seen at the desk has no number of its own.
ACTORS = (MANAGER, OFFICER, DELEGATE, RESEARCHER, SECRETARY)
OPEN_STATES = ("proposed", "planned", "done")


class CpaImprovementAction(models.Model):
    """What is done about an obstacle to good service, and whether it helped (P-18): never a sanction (P-16).

    The figure before is the one that proposed it; the figure after measures itself over the first whole period after it
    was done, and without it nothing is closed.
    """

    _name = "cpa.improvement.action"
    _description = "Improvement action"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _lifecycle_initial = "proposed"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"closed", "dropped"})
    _lifecycle_unfrozen = frozenset(
        {"activity_ids", "message_ids", "message_follower_ids", "is_published", "public_text"}
    )

    name = fields.Char("Obstacle", required=True, tracking=True)
    state = fields.Selection(STATES, default="proposed", required=True, readonly=True, copy=False, tracking=True)
    kind = fields.Selection(
        [("process", "Process"), ("training", "Training"), ("information", "Information")],
        default="process",
        required=True,
    )
    plan = fields.Text("What is done about it")
    user_id = fields.Many2one(
        "res.users", "Owner", domain=[("share", "=", False)], index="btree_not_null", ondelete="restrict", tracking=True
    )
    date_due = fields.Date("To be done by", tracking=True)
    date_done = fields.Date("Done on", kept=True, readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    # what measures it
    basis = fields.Selection(BASES, "Measured by", required=True, default="figure", fixed=True)
    event_code = fields.Selection(EVENTS, "After", fixed=True)
    measure = fields.Selection(MEASURES, default="satisfaction", fixed=True)
    service_id = fields.Many2one("cpa.service", fixed=True, ondelete="restrict", index="btree_not_null")
    branch_id = fields.Many2one("cpa.branch", fixed=True, ondelete="restrict", index="btree_not_null")
    channel_id = fields.Many2one("cpa.channel", fixed=True, ondelete="restrict", index="btree_not_null")
    department_id = fields.Many2one("cpa.department", fixed=True, ondelete="restrict", index="btree_not_null")
    before_value = fields.Float("Before", kept=True, readonly=True, copy=False, digits=(16, 1), aggregator=None)
    before_until = fields.Date("Before: until", kept=True, readonly=True, copy=False)
    after_value = fields.Float("Afterwards", kept=True, readonly=True, copy=False, digits=(16, 1), aggregator=None)
    after_until = fields.Date("Afterwards: until", kept=True, readonly=True, copy=False)

    # what people are told
    is_published = fields.Boolean("On the website", help="Shown on “What we changed because you told us”.")
    public_text = fields.Text("What we changed", translate=True, help="In plain words, without names.")

    _state_idx = models.Index("(company_id, state)")

    # ------------------------------------------------------------------
    # The path
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        return {
            ("proposed", "planned"): Move((MANAGER,), ("_guard_planned",), ("_effect_planned",)),
            ("proposed", "dropped"): Move((MANAGER,), reason=True),
            ("planned", "dropped"): Move((MANAGER,), reason=True),
            ("planned", "done"): Move(ACTORS, ("_guard_own",), ("_effect_done",)),
            ("done", "planned"): Move((MANAGER,), reason=True, effects=("_effect_again",)),
            ("done", "closed"): Move((MANAGER,), ("_guard_measured",)),
        }

    def _guard_planned(self, at):
        missing = []
        if not (self.plan or "").strip():
            missing.append(self.env._("What is done about it."))
        if not self.user_id:
            missing.append(self.env._("Who owns it."))
        if not self.date_due:
            missing.append(self.env._("Until when."))
        if not self.before_until and not self._last_measure():
            missing.append(self.env._("A figure from before, so that it can be seen whether it helped."))
        return missing

    def _effect_planned(self, at):
        for action in self:
            if not action.before_until:
                value, until = action._last_measure()
                action._lifecycle_set({"before_value": value, "before_until": until})
            action.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=action.date_due,
                summary=action.name,
                user_id=action.user_id.id,
            )

    def _guard_own(self, at):
        if self.user_id == self.env.user or self.env.user._has_group(MANAGER):
            return []
        return [self.env._("%(owner)s owns this action.", owner=self.user_id.name)]

    def _effect_done(self, at):
        self._lifecycle_set({"date_done": riyadh_date(at)})
        self.activity_feedback(["mail.mail_activity_data_todo"])

    def _effect_again(self, at):
        self._lifecycle_set({"date_done": False, "after_value": False, "after_until": False})

    def _guard_measured(self, at):
        if self.after_until:
            return []
        return [self.env._("The figure afterwards: it measures itself when the first whole period has closed.")]

    def write(self, vals):
        if vals.get("is_published") and not all(
            (vals.get("public_text") or row.public_text or "").strip() for row in self
        ):
            raise UserError(self.env._("Write first what people shall read."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Proposed by what was counted
    # ------------------------------------------------------------------

    @api.model
    def _propose_by_figures(self, figures):
        """Propose an action for each low figure, unless one about the same is open.

        The total proposes one only where no service, branch or department by itself shows where the obstacle is.
        """
        low = figures.filtered(lambda figure: figure.table in PROPOSING_TABLES and figure._is_low())
        shown = {(row.company_id, row.event_code, row.measure) for row in low if row.table != "all"}
        low = low.filtered(lambda row: row.table != "all" or (row.company_id, row.event_code, row.measure) not in shown)
        vals_list = [
            {
                "name": figure.display_name,
                "basis": "figure",
                "event_code": figure.event_code,
                "measure": figure.measure,
                "company_id": figure.company_id.id,
                **{name: figure[name].id for name in DIMENSIONS},
            }
            for figure in low
        ]
        return self._propose(vals_list, [(figure.score, figure.date_to) for figure in low])

    @api.model
    def _propose_by_counts(self, company, month):
        """Propose an action for each service in which much was returned, late or suggested in a month."""
        last = get_month(month)[1]
        labels = dict(self._fields["basis"]._description_selection(self.env))
        vals_list, measures = [], []
        for basis in ("returned", "late", "suggestion"):
            for service, count in self._counts(basis, company, month, last).items():
                if count >= company.cpa_improvement_count:
                    vals_list.append(
                        {
                            "name": f"{labels[basis]}: {service.name}",
                            "basis": basis,
                            "measure": False,
                            "company_id": company.id,
                            "service_id": service.id,
                        }
                    )
                    measures.append((count, last))
        return self._propose(vals_list, measures)

    def _propose(self, vals_list, measures):
        keys = ("basis", "event_code", "measure", *DIMENSIONS)
        companies = [vals["company_id"] for vals in vals_list]
        known = self.search([("company_id", "in", companies), ("state", "in", OPEN_STATES)])
        taken = {
            tuple(action._fields[name].convert_to_write(action[name], action) for name in keys) for action in known
        }
        actions = self.browse()
        for vals, (value, until) in zip(vals_list, measures, strict=True):
            if tuple(vals.get(name, False) for name in keys) not in taken:
                action = self.create(vals)
                action._lifecycle_set({"before_value": value, "before_until": until})
                actions |= action
        return actions

    @api.model
    def _counts(self, basis, company, first, last):
        """Return how many requests were returned, late or suggested between two days: ``{service: count}``."""
        Request = self.env["cpa.request"]
        begin, end = utc_start_of(first), utc_start_of(last + timedelta(days=1))
        ours = [("company_id", "=", company.id)]
        if basis == "returned":
            moved = self.env["cpa.request.move"]._search(
                [
                    ("res_model", "=", "cpa.request"),
                    ("to_state", "=", "incomplete"),
                    ("happened_at", ">=", begin),
                    ("happened_at", "<", end),
                ]
            )
            domain = [*ours, ("id", "in", moved.subselect("res_id"))]
        elif basis == "late":
            domain = [*ours, ("reply_timing", "in", LATE), ("replied_at", ">=", begin), ("replied_at", "<", end)]
        else:
            domain = [*ours, ("kind", "=", "suggestion"), ("submitted_at", ">=", begin), ("submitted_at", "<", end)]
        return dict(Request._read_group(domain, ["service_id"], ["__count"]))

    # ------------------------------------------------------------------
    # Measured by itself
    # ------------------------------------------------------------------

    @api.model
    def _measure_all(self, company):
        """Measure the actions that were done, as far as a whole period after them has been counted."""
        for action in self.search(
            [("company_id", "=", company.id), ("state", "=", "done"), ("after_until", "=", False)]
        ):
            found = action._last_measure(since=action.date_done)
            if found:
                action._lifecycle_set({"after_value": found[0], "after_until": found[1]})

    def _last_measure(self, since=None):
        """Return what measures this action and the last day of its period: of the latest, or the first after ``since``.

        :param since: ``date``; only periods that began later count
        :return: ``(float, date)``, or None
        """
        self.ensure_one()
        if self.basis == "figure":
            table = self._figure_table()
            domain = [
                ("company_id", "=", self.company_id.id),
                ("event_code", "=", self.event_code),
                ("measure", "=", self.measure),
                ("table", "=", table),
                *((name, "=", self[name].id) for name in DIMENSIONS),
            ]
            if since:
                domain.append(("date_from", ">", since))
            order = "date_from, date_to" if since else "date_to desc, date_from desc"
            # how the service was rated, which whoever works on it may know
            figure = self.env["cpa.survey.figure"].sudo().search(domain, order=order, limit=1)
            return (figure.score, figure.date_to) if figure else None
        first = (since or cpa_today()).replace(day=1) + relativedelta(months=1 if since else -1)
        last = get_month(first)[1]
        if last >= cpa_today():
            return None
        counts = self.sudo()._counts(self.basis, self.company_id, first, last)  # a number, as above
        return float(counts.get(self.service_id.sudo(), 0)), last

    def _figure_table(self):
        """Return the table of figures in which this action's figure stands; None if there is none."""
        self.ensure_one()
        given = {name for name in DIMENSIONS if self[name]}
        return next((table for table, names in TABLES.items() if set(names) == given), None)

    # ------------------------------------------------------------------
    # What we changed because you told us
    # ------------------------------------------------------------------

    @api.model
    def _public_texts(self, company):
        """Return what the association chose to tell of its improvements, the latest first: list of str."""
        # chosen, and written for everybody
        rows = self.sudo().search(
            [("company_id", "=", company.id), ("is_published", "=", True), ("state", "in", ("done", "closed"))],
            order="date_done desc, id desc",
            limit=30,
        )
        return [row.public_text for row in rows if row.public_text]
