"""Taking in a register that was kept in Excel: uploaded, checked row by row, imported by choice, kept as evidence."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from .cpa_lifecycle_mixin import Move
from .roles import MANAGER, OFFICER

# A register as small as this is worked off while the user waits; a larger one in the background.
AT_ONCE_ROWS = 150
BATCH_ROWS = 100
# How long what identifies people stays after the import: as long as bad rows are mended. The digest stays.
KEEP_DAYS = 30


class Column(NamedTuple):
    """One column of a register.

    :param name: its name in the values of a row
    :param labels: the header of our template, then other headers that are understood, with ``|`` between
    :param kind: how it is read: the method ``_read_<kind>`` of ``cpa.import``
    :param note: what stands about it on the sheet of notes
    :param required: whether every row needs it
    :param options: for choices: the method ``_options_<options>`` of ``cpa.import``
    """

    name: str
    labels: object
    kind: str
    note: object
    required: bool = False
    options: str = ""


class Reading:
    """What has been read of one row: its values, what is wrong with them and which record exists already."""

    def __init__(self, row):
        """Begin with nothing read."""
        self.row = row
        self.texts = row.sudo().values or {}  # read by the system for the register's owner
        self.values = {}
        self.problems = []
        self.notes = []
        self.existing = None
        self.is_same = False  # surely, not only likely: no choice then
        self.contact = None  # who is known without a file, and gets one
        self.outlook = ""  # what will be left to do about the record


class CpaImport(models.Model):
    """A register of the association on its way in: people, or open requests with their original dates.

    Every row goes through the same doors as one that is typed (``create``, ``write``, guards) in the name of the
    officer who answers for it. What is done is evidence; what identifies people goes after ``KEEP_DAYS``.
    """

    _name = "cpa.import"
    _description = "Import of a register"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _lifecycle_frozen = frozenset({"done", "cancelled"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    name = fields.Char(
        "Name of the register", required=True, help="Where the rows come from: it becomes the reason of each entry."
    )
    kind = fields.Selection([("people", "People")], "Content", required=True, default="people")
    state = fields.Selection(
        [
            ("draft", "Upload"),
            ("checking", "Checking"),
            ("checked", "Checked"),
            ("importing", "Importing"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    branch_id = fields.Many2one("cpa.branch", "For the branch", ondelete="restrict", help="Where the row says none.")
    user_id = fields.Many2one(
        "res.users",
        "In the name of",
        required=True,
        default=lambda self: self._default_user(),
        domain=lambda self: [("all_group_ids", "in", self.env.ref(OFFICER).ids), ("share", "=", False)],
        index=True,
        ondelete="restrict",
        tracking=True,
        help="The relations officer who answers for the register: the rows are entered with his rights, by his click.",
    )

    # Not an attachment: the register is read and kept here only, by those who import.
    file = fields.Binary(
        attachment=False, copy=False, groups="cpa_beneficiary.group_officer,cpa_beneficiary.group_manager"
    )
    file_name = fields.Char(copy=False)
    file_digest = fields.Char(
        "Digest of the file",
        kept=True,
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="SHA-256: shows later that a file is the one that was imported.",
    )
    unread_columns = fields.Char("Columns that are not read", kept=True, readonly=True, copy=False)
    read_at = fields.Datetime("Read at", kept=True, readonly=True, copy=False)
    done_at = fields.Datetime("Done at", kept=True, readonly=True, copy=False)
    purged_at = fields.Datetime("Personal data removed at", kept=True, readonly=True, copy=False)

    row_ids = fields.One2many("cpa.import.row", "import_id", "Rows", readonly=True)
    trouble_ids = fields.One2many(
        "cpa.import.row", "import_id", "Rows to look at", domain=[("state", "in", ("bad", "duplicate", "skipped"))]
    )
    row_count = fields.Integer("Rows read", compute="_compute_counts")
    ok_count = fields.Integer("Good", compute="_compute_counts")
    duplicate_count = fields.Integer("Exist already", compute="_compute_counts")
    new_count = fields.Integer("Taken in all the same", compute="_compute_counts")
    bad_count = fields.Integer("To be mended", compute="_compute_counts")
    imported_count = fields.Integer("Imported", compute="_compute_counts")
    skipped_count = fields.Integer("Skipped", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    earlier_id = fields.Many2one("cpa.import", "Imported before as", compute="_compute_earlier")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    # ready to be downloaded
    template = fields.Binary(compute="_compute_template")
    template_name = fields.Char(compute="_compute_template")
    mend_sheet = fields.Binary(
        "Rows to be mended",
        compute="_compute_mend_sheet",
        groups="cpa_beneficiary.group_officer,cpa_beneficiary.group_manager",
    )
    mend_sheet_name = fields.Char(compute="_compute_mend_sheet_name")

    _working_idx = models.Index("(id) WHERE state IN ('checking', 'importing')")

    @api.model
    def _default_user(self):
        user = self.env.user
        return user if user.has_group(OFFICER) else self.env["res.users"]

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        keepers = (OFFICER, MANAGER)
        upload_again = Move(keepers, effects=("_effect_forget_rows",))
        cancel = Move(keepers, effects=("_effect_cancelled",))
        return {
            ("draft", "checking"): Move(keepers, ("_guard_readable",), ("_effect_read", "_effect_work")),
            ("checking", "checked"): Move(keepers, ("_guard_nothing_pending",)),
            ("checking", "draft"): upload_again,
            ("checked", "draft"): upload_again,
            ("checked", "importing"): Move((OFFICER,), ("_guard_importable",), ("_effect_choose", "_effect_work")),
            ("importing", "done"): Move((OFFICER,), ("_guard_nothing_left",), ("_effect_done",)),
            ("draft", "cancelled"): cancel,
            ("checking", "cancelled"): cancel,
            ("checked", "cancelled"): cancel,
            ("importing", "cancelled"): cancel,
        }

    def _guard_readable(self, at):
        missing = []
        if not self.file:
            missing.append(self.env._("The file."))
        if not self._acting_user_can():
            missing.append(
                self.env._(
                    "A relations officer in whose name it is imported: %(user)s is none.", user=self.user_id.name
                )
            )
        return missing

    def _guard_nothing_pending(self, at):
        return [self.env._("Some rows have not been checked yet.")] if self._rows("pending", limit=1) else []

    def _guard_importable(self, at):
        missing = []
        if self.env.user != self.user_id:
            # whoever answers for the entries starts them himself
            missing.append(self.env._("%(user)s starts the import: it is in his name.", user=self.user_id.name))
        if not (self.ok_count or self.new_count):
            missing.append(self.env._("At least one good row."))
        return missing

    def _guard_nothing_left(self, at):
        return [self.env._("Some rows have not been imported yet.")] if self._rows("ok", limit=1) else []

    def _effect_read(self, at):
        for register in self:
            register._lifecycle_set({"read_at": fields.Datetime.now(), **register._read_file()})

    def _effect_choose(self, at):
        for register in self:
            duplicates = register._rows("duplicate")
            new = duplicates.filtered("is_new")
            new._set({"state": "ok"})
            (duplicates - new)._set({"state": "skipped"})

    def _effect_work(self, at):
        """Work off a small register at once, a large one in the background."""
        for register in self:
            if register.row_count <= AT_ONCE_ROWS:
                while register._work_batch():
                    pass
            else:
                register._trigger_work()

    def _effect_done(self, at):
        self._lifecycle_set({"done_at": at})

    def _effect_forget_rows(self, at):
        # rows that have made nothing are no evidence; nobody deletes rows by hand
        self.row_ids.sudo()._forget()
        self._lifecycle_set({"file_digest": False, "unread_columns": False})

    def _effect_cancelled(self, at):
        """What came in stays and is evidence; all else that identifies people goes at once."""
        for register in self:
            register._rows("ok", "duplicate", "pending")._set({"state": "skipped"})
        self._purge()

    def _acting_user_can(self):
        """Return whether the officer in whose name it is imported is (still) one."""
        user = self.user_id.sudo()  # whether he is active and an officer, no more
        return user.active and user._has_group(OFFICER)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("row_ids.state", "row_ids.is_new")
    def _compute_counts(self):
        counts = {}
        # counts only, also for the auditor, who sees no row
        groups = (
            self.env["cpa.import.row"]
            .sudo()
            ._read_group([("import_id", "in", self.ids)], ["import_id", "state", "is_new"], ["__count"])
        )
        for register, state, is_new, count in groups:
            of_register = counts.setdefault(register.id, {})
            of_register[state] = of_register.get(state, 0) + count
            if state == "duplicate" and is_new:
                of_register["new"] = count
        for register in self:
            own = counts.get(register._origin.id, {})
            for state in ("ok", "duplicate", "new", "bad", "imported", "skipped"):
                register[f"{state}_count"] = own.get(state, 0)
            register.row_count = sum(count for state, count in own.items() if state != "new")
            left = own.get("pending" if register.state == "checking" else "ok", 0)
            register.progress = 100.0 * (1 - left / register.row_count) if register.row_count else 0.0

    @api.depends("file_digest", "kind")
    def _compute_earlier(self):
        for register in self:
            register.earlier_id = register.file_digest and self.search(
                [
                    ("file_digest", "=", register.file_digest),
                    ("kind", "=", register.kind),
                    ("state", "in", ("importing", "done")),
                    ("id", "!=", register._origin.id),
                ],
                limit=1,
            )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for register in self:
            register.is_mine = register.user_id == self.env.user

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if vals.keys() & {"file", "kind", "user_id", "company_id"} and any(
            register.state != "draft" for register in self
        ):
            raise UserError(self.env._("The file has been read: take it back to “Upload” to change this."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Working off (cron and click alike)
    # ------------------------------------------------------------------

    @api.model
    def _cron_work(self):
        """Work off the registers that wait, batch by batch, each committed; then remove what is no longer needed."""
        waiting = self.search([("state", "in", ("checking", "importing"))], order="id")
        waiting = waiting.filtered(lambda register: register._acting_user_can())
        left = sum(len(register._rows(register._due_state())) for register in waiting)
        self.env["ir.cron"]._commit_progress(remaining=left)
        for register in waiting:
            while done := register._work_batch():
                if not self.env["ir.cron"]._commit_progress(done):
                    return
        self._purge_outdated()

    def _trigger_work(self):
        # that there is work to do may be said by whoever made it
        self.env.ref("cpa_beneficiary.cpa_import_cron").sudo()._trigger()

    def _due_state(self):
        """Return the state of the rows that wait for the next batch."""
        return "pending" if self.state == "checking" else "ok"

    def _rows(self, *states, limit=None):
        # rows are kept by the system: the caller has checked the register
        return (
            self.env["cpa.import.row"]
            .sudo()
            .search([("import_id", "=", self.id), ("state", "in", states)], limit=limit, order="id")
        )

    def _work_batch(self):
        """Check or import the next rows and move on when none is left; each row at most once.

        Who works locks the register, and the rows change in the same transaction as what they make: two that work at
        the same time cannot both commit.

        :return: how many rows were worked off, 0 when there is nothing to do (or another one is doing it)
        """
        self.ensure_one()
        if self.state not in ("checking", "importing") or not self.sudo().try_lock_for_update(allow_referencing=True):
            return 0
        acting = self._as_acting_user()
        rows = acting._rows(self._due_state(), limit=BATCH_ROWS)
        if rows:
            acting._process(rows)
            self.env.flush_all()
            self.env.invalidate_all()  # a long register never fills the memory
        if not acting._rows(self._due_state(), limit=1):
            acting._finish_phase()
        return len(rows)

    def _as_acting_user(self):
        """Return the register as the officer sees it in whose name it is worked off, with his rights and language."""
        user = self.user_id.sudo()
        return self.with_user(user).with_context(
            lang=user.lang,
            tz="Asia/Riyadh",
            allowed_company_ids=self.company_id.ids,
            tracking_disable=True,  # the register's own rows say what was entered
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
        )

    def _finish_phase(self):
        checking = self.state == "checking"
        self.write({"state": "checked" if checking else "done"})
        if self.row_count > AT_ONCE_ROWS:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.user_id.id,
                summary=self.env._("The register has been checked: choose what to import.")
                if checking
                else self.env._("The register has been imported."),
            )

    # ------------------------------------------------------------------
    # Evidence and privacy
    # ------------------------------------------------------------------

    @api.model
    def _purge_outdated(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search([("state", "=", "done"), ("done_at", "<", limit), ("purged_at", "=", False)])._purge()

    def _purge(self):
        """Remove the file and the values of all rows; digest, line, reference and the record made stay as evidence."""
        self.row_ids._purge()
        self._lifecycle_set({"file": False, "purged_at": fields.Datetime.now()})

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_check(self):
        """Button: read the file and try every row."""
        self.write({"state": "checking"})
        return True

    def action_import(self):
        """Button: import the good rows, and the ones that were said to be someone else."""
        self.write({"state": "importing"})
        return True

    def action_back(self):
        """Button: take another file."""
        self.write({"state": "draft"})
        return True

    def action_cancel(self):
        """Button: stop here. What was imported stays."""
        self.write({"state": "cancelled"})
        return True

    def action_go_on(self):
        """Button: see how far it is; works off a batch where the background does not."""
        for register in self:
            if not register._work_batch():
                register._trigger_work()
        return True

    def action_all_new(self):
        """Button: all that only look alike are other people and get files of their own."""
        self._rows("duplicate").filtered("can_be_new")._choose(True)
        return True

    def action_rows(self):
        """Button: the rows in the state that the button's context names (``row_state``)."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_import_row_action")
        state = self.env.context.get("row_state")
        domain = [("import_id", "=", self.id)] + ([("state", "=", state)] if state else [])
        return action | {"domain": domain}

    def action_template(self):
        """Button: download the ready sheet."""
        return self._download("template", "template_name")

    def action_mend_sheet(self):
        """Button: download the rows that are to be mended, with what is wrong with each."""
        return self._download("mend_sheet", "mend_sheet_name")

    def _download(self, field_name, name_field):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/cpa.import/{self.id}/{field_name}?filename_field={name_field}&download=true",
            "target": "self",
        }

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _columns(self):
        """Return the columns of this register's kind, in the order of the template."""
        return getattr(self, f"_columns_{self.kind}")()

    @api.model
    def _labels(self, column):
        """Return the headers that are understood for a column, the template's first, in the user's language."""
        return self.env._(column.labels).split("|")
