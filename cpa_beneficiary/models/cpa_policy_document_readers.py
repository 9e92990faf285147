"""Who reads which document (P-27 to P-30): the four tools one click away, acknowledged version by version, chased."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.riyadh import cpa_today
from .cpa_policy_document import TOOLS

READ = "cpa_beneficiary.activity_read"
ROLE = "cpa_beneficiary.group_staff"


class ResCompany(models.Model):
    _inherit = "res.company"

    cpa_acknowledge_days = fields.Integer(
        "Documents are read within (days)",
        default=14,
        required=True,
        help="P-27 to P-30: who has not acknowledged a tool of the staff by then is reminded.",
    )

    _cpa_acknowledge_days_positive = models.Constraint(
        "CHECK(cpa_acknowledge_days >= 0)", "The days within which a document is read cannot be negative."
    )


class CpaPolicyDocument(models.Model):
    _inherit = "cpa.policy.document"

    reader_group_ids = fields.Many2many(
        "res.groups",
        "cpa_policy_document_reader_rel",
        "document_id",
        "group_id",
        string="To be read by",
        copy=True,
        help="Each of them acknowledges each version. Nobody named: nobody has to.",
    )
    acknowledgement_ids = fields.One2many("cpa.policy.acknowledgement", "document_id", "Acknowledgements", copy=False)
    reader_count = fields.Integer("Readers", compute="_compute_read_share")
    read_count = fields.Integer("Have read it", compute="_compute_read_share")
    read_text = fields.Char("Read by so many", compute="_compute_read_share")
    is_to_read = fields.Boolean("To be read by me", compute="_compute_is_to_read", search="_search_is_to_read")
    read_on = fields.Datetime("Read by me on", compute="_compute_is_to_read")

    @api.model_create_multi
    def create(self, vals_list):
        """A tool of the staff is read by all of the staff, unless somebody else is named."""
        staff = self.env.ref(ROLE)
        readers = {"reader_group_ids": [fields.Command.set(staff.ids)]}
        return super().create([(readers if vals.get("kind") in TOOLS else {}) | vals for vals in vals_list])

    # ------------------------------------------------------------------
    # My own reading
    # ------------------------------------------------------------------

    @api.depends("state", "reader_group_ids", "acknowledgement_ids")
    @api.depends_context("uid")
    def _compute_is_to_read(self):
        mine = self.env["cpa.policy.acknowledgement"].search(
            [("user_id", "=", self.env.uid), ("document_id", "in", self.ids)]
        )
        read = {row.document_id.id: row.acknowledged_at for row in mine}
        roles = self.env.user.sudo().all_group_ids  # the user's own roles
        for document in self:
            document.read_on = read.get(document.id)
            # which roles read it is no secret; compared only
            meant = bool(document.sudo().reader_group_ids & roles)
            document.is_to_read = document.state == "in_force" and meant and not document.read_on

    @api.model
    def _search_is_to_read(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env["cpa.policy.acknowledgement"]._search([("user_id", "=", self.env.uid)]).subselect("document_id")
        roles = self.env.user.sudo().all_group_ids.ids  # the user's own roles
        domain = (
            Domain("state", "=", "in_force") & Domain("reader_group_ids", "in", roles) & Domain("id", "not in", mine)
        )
        return domain if True in value else ~domain

    def action_acknowledge(self):
        """Button: I have read it. Kept for ever, with the time; the reminder goes.

        :raise UserError: a version is not in force: there is nothing to acknowledge yet, or any more
        """
        self.check_access("read")
        if any(document.state != "in_force" for document in self):
            raise UserError(self.env._("Only a version in force is acknowledged."))
        self.env["cpa.policy.acknowledgement"]._append(self)
        self.invalidate_recordset(["is_to_read", "read_on", "acknowledgement_ids"])
        # the system's own reminder, of what has been done
        self.sudo().activity_unlink([READ], user_id=self.env.uid)
        return True

    # ------------------------------------------------------------------
    # All readers
    # ------------------------------------------------------------------

    @api.depends("state", "reader_group_ids", "acknowledgement_ids")
    def _compute_read_share(self):
        # numbers only: how many of those who should have read it
        rows = self.env["cpa.policy.reader"].sudo()
        counts = {
            document.id: (of, read)
            for document, of, read in rows._read_group(
                [("document_id", "in", self.ids), ("is_main", "=", True)],
                ["document_id"],
                ["__count", "read_share:sum"],
            )
        }
        for document in self:
            document.reader_count, document.read_count = counts.get(document.id, (0, 0))
            document.read_text = (
                self.env._("%(read)s of %(all)s", read=int(document.read_count), all=document.reader_count)
                if document.reader_count
                else False
            )

    def action_readers(self):
        """Button: who has read it and who has not."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_policy_reader_action")
        return action | {"domain": [("document_id", "in", self.ids), ("is_main", "=", True)], "context": {}}

    def _effect_in_force(self, at):
        """A new version is read anew: what reminded of the former ones goes."""
        result = super()._effect_in_force(at)
        for document in self:
            former = self.search([("successor_id", "=", document.id)])
            # the system's own reminders, of a text that no longer holds
            former.sudo().activity_unlink([READ])
        return result

    @api.model
    def _cron_chase(self):
        """Job: remind everybody of the staff who has not read a tool of his within the company's days.

        A reminder that was ticked off without reading comes again.
        """
        today = cpa_today()
        for company in self.env["res.company"].search(Domain.TRUE):
            if not company._cpa_working_days(today, today):
                continue
            late = self.env["cpa.policy.reader"].search(
                [("company_id", "=", company.id), ("is_main", "=", True), ("is_late", "=", True)]
            )
            late.document_id._chase(late)

    def _chase(self, late):
        """Open an activity for each reader in ``late`` (``cpa.policy.reader``) who has none yet."""
        kind = self.env.ref(READ)
        activities = self.env["mail.activity"].sudo()  # the system's own reminders
        open_ones = activities.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        )
        reminded = {(activity.res_id, activity.user_id.id) for activity in open_ones}
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": row.document_id.id,
                    "activity_type_id": kind.id,
                    "automated": True,
                    "summary": row.with_context(lang=row.user_id.lang or self.env.lang).env._(
                        "To be read and acknowledged: %s", row.document_id.name
                    ),
                    "date_deadline": row.due_on,
                    "user_id": row.user_id.id,
                }
                for row in late
                if (row.document_id.id, row.user_id.id) not in reminded
            ]
        )


class CpaToday(models.AbstractModel):
    _inherit = "cpa.today"

    def _sections(self):
        """What is to be read stands there while there is something; nobody needs to be told that there is nothing."""
        sections = super()._sections()
        to_read = {
            "key": "to_read",
            "title": self.env._("To be read and acknowledged"),
            "empty": self.env._("You have read every document that is yours to read."),
            "icon": "fa-book",
            "model": "cpa.policy.document",
            "domain": Domain([("is_to_read", "=", True)]),
            "order": "in_force_from, id",
        }
        shown = [to_read]
        if self._has("manager"):
            unread = {
                "key": "unread",
                "title": self.env._("Documents that somebody has not read in time"),
                "empty": self.env._("Everybody has read what is his to read."),
                "icon": "fa-users",
                "model": "cpa.policy.reader",
                "domain": Domain([("is_main", "=", True), ("is_late", "=", True)]),
                "order": "due_on, document_id",
            }
            shown.append(unread)
        return sections + [part for part in shown if self.env[part["model"]].search_count(part["domain"], limit=1)]

    def _row_cpa_policy_document(self, document):
        label = dict(document._fields["kind"]._description_selection(self.env))[document.kind]
        return {
            "subtitle": label if label != document.name else "",
            "date": document.in_force_from,
            "late": False,
            "button": {"label": self.env._("I have read it"), "method": "action_acknowledge"},
        }

    def _row_cpa_policy_reader(self, reader):
        return {
            "title": reader.user_id.sudo().name,  # the name of somebody of the staff
            "subtitle": reader.document_id.display_name,
            "date": reader.due_on,
            "late": True,
            "model": "cpa.policy.document",
            "id": reader.document_id.id,
        }
