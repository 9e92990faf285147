"""One person whom an outreach approaches: who spoke with him, when, how, and what came of it (P-07)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, riyadh_date
from .cpa_lifecycle_mixin import Move
from .cpa_outreach import PURPOSES
from .roles import DELEGATE, MANAGER, OFFICER

CALLERS = (OFFICER, DELEGATE, MANAGER)
SPOKEN = ("reached", "not_interested", "wants", "wrong_number")


class CpaOutreachContact(models.Model):
    _name = "cpa.outreach.contact"
    _description = "Contact of an outreach"
    _inherit = ["cpa.lifecycle.mixin"]
    _order = "next_try_on NULLS FIRST, id"
    _rec_name = "beneficiary_id"
    _lifecycle_initial = "waiting"
    _lifecycle_deletable = frozenset()

    outreach_id = fields.Many2one(
        "cpa.outreach", required=True, fixed=True, readonly=True, index=True, ondelete="restrict"
    )
    beneficiary_id = fields.Many2one(
        "cpa.beneficiary", required=True, fixed=True, readonly=True, index=True, ondelete="restrict"
    )
    branch_id = fields.Many2one("cpa.branch", readonly=True, ondelete="restrict", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, fixed=True, readonly=True)
    way = fields.Selection(
        [("call", "Telephone call"), ("sms", "Text message"), ("mailing", "E-mail")],
        required=True,
        fixed=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "To be approached"),
            ("sent", "Message sent"),
            ("reached", "Reached"),
            ("wants", "Wants the service"),
            ("not_interested", "Not interested"),
            ("no_answer", "No answer"),
            ("wrong_number", "Wrong number"),
            ("skipped", "Not approached"),
        ],
        "Outcome",
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    phone = fields.Char(related="beneficiary_id.phone")
    text = fields.Text(related="outreach_id.text", string="What we say")
    service_id = fields.Many2one(related="outreach_id.service_id")
    outreach_state = fields.Selection(related="outreach_id.state", string="Outreach status")
    speak_to = fields.Char(compute="_compute_speak_to", help="Of a minor: the guardian.")
    note = fields.Text()

    # what happened, written by the outcome
    tries = fields.Integer("Calls", default=0, kept=True, readonly=True)
    next_try_on = fields.Date("Call again on", kept=True, readonly=True)
    contacted_at = fields.Datetime("When", kept=True, readonly=True)
    user_id = fields.Many2one("res.users", "By whom", kept=True, readonly=True, ondelete="restrict")
    request_id = fields.Many2one("cpa.request", "Request opened", kept=True, readonly=True, ondelete="set null")

    _once = models.Constraint("UNIQUE(outreach_id, beneficiary_id)", "An outreach approaches a person once.")
    _waiting_idx = models.Index("(outreach_id, next_try_on, id) WHERE state = 'waiting'")
    _rest_idx = models.Index("(beneficiary_id, contacted_at)")

    # ------------------------------------------------------------------
    # Lifecycle
    # ------------------------------------------------------------------

    def _lifecycle_moves(self):
        spoken = Move(CALLERS, ("_guard_approach",), ("_effect_contacted",))
        later = Move(CALLERS, effects=("_effect_contacted",))  # the person comes back to it by himself
        return {
            **{("waiting", outcome): spoken for outcome in SPOKEN},
            ("waiting", "no_answer"): spoken,
            ("waiting", "skipped"): Move(CALLERS, reason=True),
            **{(told, outcome): later for told in ("sent", "no_answer") for outcome in SPOKEN},
            ("reached", "wants"): later,
            ("not_interested", "wants"): later,
        }

    def _lifecycle_request(self):
        return self.request_id

    def _guard_approach(self, at):
        """P-07: nobody is disturbed who does not consent, was approached lately, or at night."""
        problems = []
        if self.outreach_id.state != "running":
            problems.append(self.env._("The outreach is not running."))
        if not self._consenting():
            problems.append(self.env._("This person does not consent any more: do not approach him."))
        if self.company_id._cpa_after_quiet_hours(at):
            problems.append(self.env._("These are quiet hours: nobody is disturbed now."))
        recent = self._approached_lately(at)
        if recent:
            day = format_both(riyadh_date(recent.contacted_at), self.env.lang)
            problems.append(self.env._("He was approached on %(day)s already.", day=day))
        return problems

    def _consenting(self):
        """Return those of these contacts whose people consent now to be reached by their way."""
        consenting = self.browse()
        for way, contacts in self.grouped("way").items():
            # whether they consent, nothing else
            people = self.env["cpa.consent"].sudo()._in_force(PURPOSES[way], contacts.sudo().beneficiary_id.partner_id)
            consenting |= contacts.filtered(lambda c, found=people: c.sudo().beneficiary_id.partner_id in found)
        return consenting

    def _approached_lately(self, at):
        """Return the latest contact by another outreach within the days of the setting; whoever made it."""
        self.ensure_one()
        since = at - timedelta(days=self.company_id.cpa_outreach_rest_days)
        others = Domain("beneficiary_id", "=", self.beneficiary_id.id) & Domain("id", "!=", self.id)
        return self.sudo().search(others & Domain("contacted_at", ">=", since), order="contacted_at desc", limit=1)

    def _effect_contacted(self, at):
        for contact in self:
            contact._lifecycle_set(
                {
                    "contacted_at": at,
                    "user_id": self.env.uid,
                    "tries": contact.tries + (contact.way == "call"),
                    "next_try_on": False,
                }
            )
        self._log_on_files()
        for contact in self.filtered(lambda contact: contact.state == "wrong_number"):
            file = contact.beneficiary_id
            file.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=cpa_today(),
                summary=self.env._("Find the right telephone number"),
                user_id=(file.officer_id or self.env.user).id,
            )

    def _log_on_files(self, outcome=None):
        """Put the contact into the file of each person: who, when, how, and what came of it."""
        ways = dict(self._fields["way"]._description_selection(self.env))
        files = self.beneficiary_id.sudo()  # a line about the contact that has just been made
        files._message_log_batch(
            {
                contact.beneficiary_id.id: self.env._(
                    "Outreach “%(name)s”, %(way)s: %(outcome)s",
                    name=contact.outreach_id.name,
                    way=ways[contact.way],
                    outcome=outcome or self._lifecycle_label(contact.state),
                )
                for contact in self
            },
            author_id=self.env.user.partner_id.id,
        )

    def _skip(self, why):
        """Let contacts go that are not to be made, whoever sets it off: the end of the outreach, a withdrawal."""
        if self:
            happened = self._happened_pop({"move_reason": why})
            journal = self._lifecycle_journal("skipped", fields.Datetime.now(), happened)
            self._lifecycle_enter("skipped", journal)

    @api.depends("beneficiary_id")
    def _compute_speak_to(self):
        for contact in self:
            # the name and number of the guardian, for who calls about the child
            file = contact.beneficiary_id.sudo()
            guardian = file.is_minor and file.representation_ids.filtered(lambda line: line.kind == "guardian")[:1]
            who = guardian and guardian.representative_id
            contact.speak_to = who and " · ".join(filter(None, (who.name, who.phone)))

    # ------------------------------------------------------------------
    # Buttons of the call list
    # ------------------------------------------------------------------

    def action_reached(self):
        """Button: spoken with, nothing is wanted now."""
        self.write({"state": "reached"})

    def action_not_interested(self):
        """Button: this offer is not wanted."""
        self.write({"state": "not_interested"})

    def action_wrong_number(self):
        """Button: somebody else answers; the file asks for the right number."""
        self.write({"state": "wrong_number"})

    def action_no_answer(self):
        """Button: nobody answered. He is called again tomorrow, until the calls of the setting are used up."""
        for contact in self:
            if contact.tries + 1 >= contact.company_id.cpa_outreach_tries:
                contact.write({"state": "no_answer"})
                continue
            contact.check_access("write")
            contact._lifecycle_find_move("no_answer")
            problems = contact._guard_approach(fields.Datetime.now())
            if problems:
                raise UserError("\n".join(problems))
            contact._lifecycle_set(
                {
                    "tries": contact.tries + 1,
                    "next_try_on": cpa_today() + timedelta(days=1),
                    "user_id": self.env.uid,
                }
            )
            contact._log_on_files(self._lifecycle_label("no_answer"))

    def action_wants(self):
        """Button: he wants the service. A request is opened with all that is known, and shown.

        :return: action that opens the request
        """
        self.ensure_one()
        request = self.request_id
        if not request:
            request = self.env["cpa.request"].create(self._request_values())
            self.write({"state": "wants"})
            self._lifecycle_set({"request_id": request.id})
        return request._get_records_action()

    def _request_values(self):
        channel = self.env.ref("cpa_beneficiary.channel_phone")
        offer = self.outreach_id.text
        return {
            "beneficiary_id": self.beneficiary_id.id,
            "service_id": self.service_id.id,
            "subject": self.service_id.name,
            "description": self.env._("Offered by us: %(offer)s", offer=offer) if offer else False,
            "channel_id": channel.id,
            "phone_direction": "out" if self.way == "call" else "in",
            "phone_number": self.phone,
            "branch_id": self.branch_id.id or self.env.user.cpa_branch_ids[:1].id,
            "outreach_contact_id": self.id,
        }

    def action_no_more(self):
        """Button: he does not want to be approached any more; the consent is withdrawn, and no outreach reaches him."""
        for contact in self:
            contact.check_access("write")
            purpose = self.env["cpa.consent.purpose"].sudo().search([("code", "=", PURPOSES[contact.way])])
            if contact.state == "waiting":
                contact.write({"state": "not_interested"})
            # he says it himself, to who speaks with him
            self.env["cpa.consent"]._record(contact.beneficiary_id, purpose, "withdrawn", "phone")


class CpaConsent(models.Model):
    _inherit = "cpa.consent"

    def _append_events(self, partners, purpose, event, method, **values):
        rows = super()._append_events(partners, purpose, event, method, **values)
        if event == "withdrawn":
            # whoever withdraws is taken off every list at once
            contacts = self.env["cpa.outreach.contact"].sudo()
            ways = [way for way, code in PURPOSES.items() if code == purpose.code]
            contacts.search(
                Domain("beneficiary_id.partner_id", "in", partners.ids)
                & Domain("state", "=", "waiting")
                & Domain("way", "in", ways)
            )._skip(self.env._("The consent was withdrawn."))
        return rows
