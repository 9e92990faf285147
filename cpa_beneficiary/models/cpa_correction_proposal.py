"""What people would have corrected in their file: they propose, staff compares and decides (P-08, P-32)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..tools.hijri import format_both
from ..tools.riyadh import riyadh_date
from ..tools.saudi import national_phone
from .cpa_lifecycle_mixin import Move
from .roles import APPLICANT, DELEGATE, OFFICER

# What each topic corrects. Those without fields are said in words: staff puts them right in the file by hand.
TOPICS = {
    "name": ("name",),
    "phone": ("phone",),
    "email": ("email",),
    "address": (
        "governorate_id",
        "city",
        "street2",
        "street",
        "cpa_building_number",
        "zip",
        "cpa_additional_number",
        "cpa_short_address",
        "cpa_unit_number",
    ),
    "identity": (),
    "household": (),
    "representation": (),
    "other": (),
}
MOST = 200
MOST_IN_WORDS = 2000
MOST_FILES = 5
PER_DAY = 20


class CpaCorrectionProposal(models.Model):
    """A correction that a person proposes on the website. Nothing of the file changes before staff accepts it."""

    _name = "cpa.correction.proposal"
    _description = "Proposed correction"
    _inherit = ["cpa.lifecycle.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _lifecycle_initial = "proposed"
    _lifecycle_deletable = frozenset()
    _lifecycle_frozen = frozenset({"accepted", "refused", "withdrawn"})
    _lifecycle_unfrozen = frozenset({"activity_ids", "message_ids", "message_follower_ids"})

    beneficiary_id = fields.Many2one(
        "cpa.beneficiary", required=True, readonly=True, fixed=True, index=True, ondelete="restrict"
    )
    branch_id = fields.Many2one(related="beneficiary_id.branch_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="beneficiary_id.company_id", store=True, index=True)
    user_id = fields.Many2one(
        "res.users", "Proposed by", required=True, readonly=True, fixed=True, index=True, ondelete="restrict"
    )
    topic = fields.Selection(
        [
            ("name", "Name"),
            ("phone", "Mobile or telephone"),
            ("email", "E-mail"),
            ("address", "Address"),
            ("identity", "Identity and birth date"),
            ("household", "Family"),
            ("representation", "Who acts for whom"),
            ("other", "Something else"),
        ],
        "About",
        required=True,
        readonly=True,
        fixed=True,
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("accepted", "Accepted"), ("refused", "Not accepted"), ("withdrawn", "Taken back")],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    was = fields.Json("What stood there", readonly=True, fixed=True)
    proposed = fields.Json("What is proposed", readonly=True, fixed=True)
    note = fields.Text("In his own words", readonly=True, fixed=True)
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)
    is_changed = fields.Boolean("Changed meanwhile", compute="_compute_comparison")
    is_compared = fields.Boolean("I have compared it with what stands there now")
    reason = fields.Text("Why it was not accepted", compute="_compute_reason")

    # one open proposal of a person about a topic: the next one takes its place
    _open_uniq = models.UniqueIndex(
        "(beneficiary_id, topic) WHERE state = 'proposed'", "There is an open proposal about this already."
    )

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        staff = (OFFICER, DELEGATE)
        return {
            ("proposed", "accepted"): Move(staff, ("_guard_compared",), ("_effect_apply", "_effect_settled")),
            ("proposed", "refused"): Move(staff, effects=("_effect_settled",), reason=True),
            ("proposed", "withdrawn"): Move((APPLICANT,), effects=("_effect_settled",)),
        }

    def _lifecycle_has_role(self, role):
        if role != APPLICANT:
            return super()._lifecycle_has_role(role)
        # whose file it is, nothing else
        return self.sudo().beneficiary_id.id in self.env.user.cpa_acts_for(writing=True)

    def _guard_compared(self, at):
        """P-32: somebody else changed the file since: what he wrote is not overwritten unseen."""
        if self.is_changed and not self.is_compared:
            return [self.env._("The file was changed meanwhile: compare, and confirm that you did.")]
        return []

    def _effect_apply(self, at):
        """Write what was proposed with the rights of who accepts it: the file's own rules hold."""
        for proposal in self:
            if proposal.proposed:
                proposal.beneficiary_id.write(proposal.proposed)

    def _effect_settled(self, at):
        # of these records, whoever's the activity is
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("beneficiary_id.display_name", "topic")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = f"{proposal._topic_label()} · {proposal.beneficiary_id.display_name}"

    @api.depends_context("lang")
    @api.depends("was", "proposed", "state", *(f"beneficiary_id.{name}" for names in TOPICS.values() for name in names))
    def _compute_comparison(self):
        for proposal in self:
            rows = proposal._comparison()
            proposal.is_changed = proposal.state == "proposed" and any(row["is_changed"] for row in rows)
            proposal.comparison = self.env["ir.qweb"]._render(
                "cpa_beneficiary.correction_comparison", {"rows": rows, "is_open": proposal.state == "proposed"}
            )

    @api.depends("state")
    def _compute_reason(self):
        refused = self.filtered(lambda proposal: proposal.state == "refused")
        # the reason of the proposal's own move, told to whoever sees the proposal
        moves = (
            self.env["cpa.request.move"].sudo().search([("res_model", "=", self._name), ("res_id", "in", refused.ids)])
        )
        reasons = {move.res_id: move.reason for move in moves}
        for proposal in self:
            proposal.reason = reasons.get(proposal.id, False)

    def _comparison(self):
        """Return what was, is and would be: list of dicts ``label``, ``was``, ``now``, ``proposed``, ``is_changed``."""
        self.ensure_one()
        file = self.beneficiary_id
        return [
            {
                "label": file._fields[name]._description_string(self.env),
                "was": self._shown(name, (self.was or {}).get(name)),
                "now": self._shown(name, file._correction_value(name)),
                "proposed": self._shown(name, value),
                "is_changed": file._correction_value(name) not in ((self.was or {}).get(name), value),
            }
            for name, value in (self.proposed or {}).items()
        ]

    def _shown(self, name, value):
        """Return a stored value as people read it."""
        field = self.env["cpa.beneficiary"]._fields[name]
        if field.type == "many2one" and value:
            return self.env[field.comodel_name].sudo().browse(value).name  # of a governorate, which anybody may know
        return (national_phone(value) if name == "phone" else value) or ""

    def _topic_label(self):
        return dict(self._fields["topic"]._description_selection(self.env)).get(self.topic, "")

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    @api.model
    def _typed(self, topic, params):
        """Return what was typed on the page of a topic, as text: its own fields and the note only."""
        typed = {name: " ".join(str(params.get(name) or "").split())[: MOST + 1] for name in TOPICS.get(topic, ())}
        note = "\n".join(line.rstrip() for line in str(params.get("note") or "").strip().splitlines())
        return typed | {"note": note[: MOST_IN_WORDS + 1]}

    @api.model
    def _errors(self, file, topic, typed):
        """Return what cannot be right about what was typed: ``{field: message}`` in the language of the page.

        :param file: ``cpa.beneficiary``, which the caller has checked to be the user's own
        """
        errors = {name: self.env._("Write less.") for name in TOPICS[topic] if len(typed[name]) > MOST}
        if len(typed["note"]) > MOST_IN_WORDS:
            errors["note"] = self.env._("Write less.")
        if not TOPICS[topic]:
            return errors if typed["note"] else errors | {"note": self.env._("Write what is to be corrected.")}
        values = self._values(topic, typed)
        if values.get("governorate_id") is None and typed.get("governorate_id"):
            errors["governorate_id"] = self.env._("Choose one of the list.")
        partner = file.sudo().partner_id  # the caller has checked whose it is; nothing is written
        asked = {name: value for name, value in values.items() if name != "governorate_id"}
        problems = partner.new(partner._cpa_normalise(asked), origin=partner)._cpa_problems()
        errors |= {name: text for name, text in problems.items() if name in TOPICS[topic]}
        other = {"phone": partner.email, "email": partner.phone}
        if topic in other and not values[topic] and not other[topic]:
            errors[topic] = self.env._("We need a telephone number or an e-mail address to reach you.")
        if not errors and not self._differing(file, values) and not typed["note"]:
            errors[TOPICS[topic][0]] = self.env._("This is what we have already.")
        return errors

    @api.model
    def _values(self, topic, typed):
        """Return what was typed as the file stores it: False for empty, None for a choice that there is not."""
        values = {name: typed[name] or False for name in TOPICS[topic]}
        values = self.env["res.partner"]._cpa_normalise(values)
        if values.get("governorate_id"):
            number = values["governorate_id"]
            governorates = self.env["crm.lead"]._website_governorates()
            values["governorate_id"] = governorates.filtered(lambda g: str(g.id) == number).id or None
        return values

    @api.model
    def _differing(self, file, values):
        return {name: value for name, value in values.items() if file.sudo()._correction_value(name) != value}

    @api.model
    def _propose(self, file, topic, typed, files=()):
        """Record what the user proposes to correct in a file in which he acts. Nothing of the file is written.

        :param file: ``cpa.beneficiary``
        :param str topic: key of ``TOPICS``
        :param dict typed: as ``_typed`` returns it
        :param files: evidence, list of ``(name, content)``
        :return: the proposal (as superuser in the user's name); none where too many came from him today
        :raise AccessError: he does not act in this file
        :raise ValidationError: what was typed cannot be right, or a file cannot be kept
        """
        if topic not in TOPICS:
            raise UserError(self.env._("There is no such correction."))
        if file.id not in self.env.user.cpa_acts_for(writing=True):
            raise AccessError(self.env._("You do not act for this person."))
        errors = self._errors(file, topic, typed)
        if len(files) > MOST_FILES:
            errors["files"] = self.env._("Send at most %(most)s files.", most=MOST_FILES)
        if errors:
            raise ValidationError("\n".join(errors.values()))
        # checked above: it is his own file, and every value is set in this method
        file = file.sudo()
        proposals = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        # two taps at once: the second one finds the row changed, begins anew and then finds the first one's proposal
        self.env.cr.execute(SQL("UPDATE cpa_beneficiary SET write_uid = write_uid WHERE id = %s", file.id))
        values = self._differing(file, self._values(topic, typed))
        former = proposals.search([("beneficiary_id", "=", file.id), ("topic", "=", topic), ("state", "=", "proposed")])
        if former and not files and (former.proposed or {}, former.note or "") == (values, typed["note"]):
            return former
        if not self.env["cpa.rate.limit"]._allows("correction/user", str(self.env.uid), PER_DAY, hours=24):
            return proposals.browse()
        former.write({"state": "withdrawn"})
        proposal = proposals.create(
            {
                "beneficiary_id": file.id,
                "user_id": self.env.uid,
                "topic": topic,
                "was": {name: file._correction_value(name) for name in values},
                "proposed": values,
                "note": typed["note"] or False,
            }
        )
        proposal._keep_files(files)
        proposal._ask_officer()
        return proposal

    def _keep_files(self, files):
        self.env["ir.attachment"].create(
            [
                {"name": name[:MOST], "raw": content, "res_model": self._name, "res_id": self.id}
                for name, content in files
            ]
        )

    def _ask_officer(self):
        """Give the proposal to the file's officer, else to the first of those who receive people."""
        officer = self.beneficiary_id.officer_id.filtered(lambda user: user.active and not user.share)
        officer = officer or self.company_id._cpa_users(OFFICER)[:1]
        if officer:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=officer.id,
                summary=self.env._("A correction was proposed on the website"),
            )

    # ------------------------------------------------------------------
    # On the website
    # ------------------------------------------------------------------

    def _portal_rows(self):
        """Return what the person sees of these proposals: list of dicts of texts; the caller has checked whose."""
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": proposal.id,
                "topic": proposal._topic_label(),
                "lines": [(row["label"], row["proposed"] or "—") for row in proposal._comparison()],
                "note": proposal.note or "",
                "state": proposal.state,
                "status": states[proposal.state],
                "reason": proposal.reason or "",
                "day": format_both(riyadh_date(proposal.create_date), self.env.lang),
            }
            for proposal in self
        ]


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    correction_ids = fields.One2many("cpa.correction.proposal", "beneficiary_id", "Proposed corrections")
    correction_count = fields.Integer(compute="_compute_correction_count")

    def _compute_correction_count(self):
        counts = dict(
            self.env["cpa.correction.proposal"]._read_group(
                [("beneficiary_id", "in", self.ids), ("state", "=", "proposed")], ["beneficiary_id"], ["__count"]
            )
            if self.env["cpa.correction.proposal"].has_access("read")
            else []
        )
        for beneficiary in self:
            beneficiary.correction_count = counts.get(beneficiary, 0)

    def _correction_value(self, name):
        """Return the value of a field as a proposal keeps it: text, an id or False."""
        self.ensure_one()
        return self._fields[name].convert_to_write(self[name], self) or False

    def action_open_corrections(self):
        """Button: what this person proposed to correct."""
        action = self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_correction_proposal_action")
        return action | {"domain": [("beneficiary_id", "in", self.ids)], "context": {}}
