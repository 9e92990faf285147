"""Open requests out of a register, with their original dates: by the path's own moves, proven by the register's line.

What the register cannot prove is not made up: checks become "to be sighted" by a due date (P-32); a request whose
submission lacks something else (a signed declaration, say: P-34) stays a draft with a task that names it.
"""

import base64
import io
from datetime import timedelta

import xlsxwriter
from markupsafe import Markup
from odoo import fields, models
from odoo.tools import LazyTranslate

from ..tools.riyadh import cpa_today, riyadh_date, utc_start_of
from ..tools.saudi import normalise_identity
from ..tools.sheet import safe_text
from ..tools.text import clean_number, name_key
from .cpa_import import Column
from .cpa_import_people import DAY_NOTE
from .cpa_request import CLOSED_STATES
from .masked import mask

_lt = LazyTranslate(__name__)

# By when what a register cannot prove has to be sighted.
SIGHT_WITHIN_DAYS = 30
# The one detail of a channel that a register has, by channel.
CHANNEL_DETAIL = {
    "interview": "interview_place",
    "phone": "phone_number",
    "social": "social_account",
    "letter": "letter_reference",
    "help": "help_service",
}

COLUMNS = (
    Column(
        "person",
        _lt("Person|Identity number|File number|Identity or file number|Beneficiary"),
        "text",
        _lt("Identity number, file number or the number in the old register. Left empty: an anonymous request."),
    ),
    Column("service", _lt("Service|Kind of service"), "choice", _lt("From the list."), True, "service"),
    Column("subject", _lt("Subject|Title"), "text", _lt("In a few words. Left empty: the service.")),
    Column(
        "description",
        _lt("What is asked for|Need|Description|Details"),
        "text",
        _lt("The need in the applicant's words; without it the request stays a draft."),
    ),
    Column("amount", _lt("Amount|Amount requested"), "amount", _lt("In riyals, if an amount is asked for.")),
    Column("received_on", _lt("Received on|Date received|Date"), "day", DAY_NOTE, required=True),
    Column(
        "submitted_on",
        _lt("Submitted on|Submission date"),
        "day",
        _lt("The day on which the reply period began. Left empty: the request stays a draft."),
    ),
    Column("channel", _lt("Channel|Contact channel"), "choice", _lt("From the list (P-19 to P-26)."), True, "channel"),
    Column(
        "channel_detail",
        _lt("Channel details|Channel detail"),
        "text",
        _lt("Caller's number, account, number of the letter, place of the interview or the help-request service."),
    ),
    Column(
        "social_platform",
        _lt("Platform|Social platform"),
        "choice",
        _lt("For social media; left empty: WhatsApp."),
        options="platform",
    ),
    Column("letter_date", _lt("Date of the letter|Letter date"), "day", DAY_NOTE),
    Column(
        "officer",
        _lt("Received by|Officer|Employee"),
        "choice",
        _lt("Who received the applicant; left empty: in whose name it is imported."),
        options="officer",
    ),
    Column("researcher", _lt("Researcher|Social researcher"), "choice", _lt("From the list."), options="researcher"),
    Column("branch", _lt("Branch|Branch office"), "choice", _lt("Left empty: the person's branch."), options="branch"),
    Column(
        "explained",
        _lt("Explained|Explained to the applicant"),
        "yes",
        _lt("Yes, if the register says that the committee's way and the reply period were explained (P-35)."),
    ),
    Column(
        "reached",
        _lt("State|State reached|Status"),
        "choice",
        _lt("How far it is. Steps after the submission are taken anew by who decides them; a task names the state."),
        options="state",
    ),
    Column("note", _lt("Notes|Note|Remarks"), "text", _lt("Kept with the request.")),
    Column(
        "register_number",
        _lt("Number in the register|Request number|Register number"),
        "text",
        _lt("The number in your register, kept as a reference. The request gets a number of its own."),
    ),
)


class CpaImport(models.Model):
    _inherit = "cpa.import"

    kind = fields.Selection(selection_add=[("requests", "Open requests")], ondelete={"requests": "cascade"})

    def _columns_requests(self):
        return COLUMNS

    def _key_requests(self, values):
        """Return by what two rows of one file are the same request (``None``: nothing telling)."""
        number = values.get("register_number")
        person = normalise_identity(values.get("person"))
        return (number or values.get("received_on"), person, name_key(values.get("service"))) if person else None

    # ------------------------------------------------------------------
    # Cells
    # ------------------------------------------------------------------

    def _read_yes(self, text, _options):
        return name_key(text) not in {name_key(word) for word in (self.env._("No"), "No", "0", "-", "False")}

    def _options_service(self):
        return self._record_options("cpa.service", code="code")

    def _options_channel(self):
        return self._record_options("cpa.channel", code="code")

    def _options_platform(self):
        return self._selection_options("cpa.request", "social_platform")

    def _options_state(self):
        return self._selection_options("cpa.request", "state")

    def _options_officer(self):
        return self._user_options("cpa_beneficiary.group_officer") + self._user_options(
            "cpa_beneficiary.group_delegate"
        )

    def _options_researcher(self):
        return self._user_options("cpa_beneficiary.group_researcher")

    def _user_options(self, group):
        # names of colleagues, whom every employee may read; who holds which role is asked of the groups
        users = self.env.ref(group).sudo().all_user_ids.filtered(lambda user: not user.share)
        return [(user.id, [user.name, user.login]) for user in users]

    # ------------------------------------------------------------------
    # Checked before it is tried
    # ------------------------------------------------------------------

    def _look_up_requests(self, readings):
        """Add to each reading whose request it is, what its dates say together, and which request exists already."""
        people = self._find_people([reading.values.get("person") for reading in readings])
        services = self.env["cpa.service"].browse(
            {reading.values["service"] for reading in readings if reading.values.get("service")}
        )
        anonymous = services.filtered("allows_anonymous").ids
        for reading in readings:
            self._look_up_person(reading, people, anonymous)
            self._check_dates(reading)
            if reading.values.get("reached") in CLOSED_STATES:
                reading.problems.append(self.env._("It is closed: only open requests are imported."))
        self._find_existing_requests(readings)

    def _find_people(self, texts):
        """Return {number as typed, cleaned: files} by identity, file number or number in the old register."""
        typed = [text for text in texts if text]
        numbers = list({*typed, *map(normalise_identity, typed)})
        Beneficiary = self.env["cpa.beneficiary"]
        # found by the whole number by who has it in his register; only files that he may see are returned
        identities = self.env["cpa.identity"].sudo().search([("number_plain", "in", numbers)])
        holders = self._holders(identities)
        people = {
            identity.number_plain: holders[identity.partner_id]
            for identity in identities
            if identity.partner_id in holders
        }
        for field_name in ("file_number", "register_number"):
            for file in Beneficiary.with_context(active_test=False).search([(field_name, "in", numbers)]):
                number = normalise_identity(file[field_name])
                people[number] = people.get(number, Beneficiary) | (file.merged_into_id or file)
        return people

    def _look_up_person(self, reading, people, anonymous):
        text = reading.values.get("person")
        if not text:
            if reading.values.get("service") and reading.values["service"] not in anonymous:
                reading.problems.append(self.env._("Person: it is missing; this service is not given anonymously."))
            return
        found = people.get(normalise_identity(text))
        if not found:
            reading.problems.append(
                self.env._("Person: no file has this identity, file or register number. Import the people first.")
            )
        elif len(found) > 1:
            reading.problems.append(
                self.env._("Person: more than one file has this number; write the identity number instead.")
            )
        else:
            reading.values["beneficiary"] = found

    def _check_dates(self, reading):
        received, submitted = reading.values.get("received_on"), reading.values.get("submitted_on")
        if any(day and day > cpa_today() for day in (received, submitted)):
            reading.problems.append(self.env._("It cannot happen in the future."))
        if received and submitted and submitted < received:
            reading.problems.append(self.env._("It cannot be submitted before it was received."))
        if not submitted and reading.values.get("reached", "draft") != "draft":
            reading.problems.append(self.env._("Submitted on: it is missing, though the request has been submitted."))

    def _find_existing_requests(self, readings):
        """Find requests that are here already: surely by the register's number, likely by service and day."""
        people = self.env["cpa.beneficiary"].union(
            *(reading.values["beneficiary"] for reading in readings if "beneficiary" in reading.values)
        )
        requests = self.env["cpa.request"].search([("beneficiary_id", "in", people.ids)])
        known = requests.grouped(lambda request: (request.beneficiary_id, request.service_id.id))
        for reading in readings:
            values = reading.values
            same = known.get((values.get("beneficiary"), values.get("service")), requests.browse())
            number = values.get("register_number")
            by_number = same.filtered(lambda request: number and request.register_number == number)
            by_day = same.filtered(
                lambda request: (
                    not (number and request.register_number)
                    and riyadh_date(request.first_contact_at) == values.get("received_on")
                )
            )
            found = (by_number or by_day)[:1]
            if found:
                reading.existing, reading.is_same = found, bool(by_number)
                reading.notes.append(
                    self.env._("Exists already: request %(request)s.", request=found.number or found.display_name)
                )

    # ------------------------------------------------------------------
    # Made
    # ------------------------------------------------------------------

    def _make_requests(self, readings, checking):
        """Create the requests of many rows on their original days and submit those that lack nothing.

        A check does all but the last step: a submission gives numbers, which are not given twice.
        """
        requests = self.env["cpa.request"].create([self._request_vals(reading) for reading in readings])
        submitted = requests.browse(
            request.id
            for request, reading in zip(requests, readings, strict=True)
            if reading.values.get("submitted_on")
        )
        # what a register cannot prove is looked at later, and holds up nothing but the decision (P-32)
        pending = submitted.check_ids.filtered(
            lambda check: check.state == "pending" and check.is_obligatory and not check.is_met
        )
        pending.write({"due_date": cpa_today() + timedelta(days=SIGHT_WITHIN_DAYS), "state": "to_sight"})
        for request, reading in zip(requests, readings, strict=True):
            self._submit_request(request, reading, checking)
        return requests

    def _request_vals(self, reading):
        values = reading.values
        beneficiary = values.get("beneficiary", self.env["cpa.beneficiary"])
        service = self.env["cpa.service"].browse(values["service"])
        guardians = beneficiary.representation_ids.filtered(lambda r: r.kind == "guardian")
        return {
            "subject": values.get("subject") or service.name,
            "description": "\n\n".join(filter(None, [values.get("description"), values.get("note")])) or False,
            "service_id": service.id,
            "beneficiary_id": beneficiary.id,
            "is_anonymous": not beneficiary,
            "representation_id": guardians.id if beneficiary.is_minor and len(guardians) == 1 else False,
            "amount_requested": values.get("amount", 0.0),
            "officer_id": values.get("officer") or self.env.uid,
            "researcher_id": values.get("researcher", False),
            "branch_id": values.get("branch") or beneficiary.branch_id.id or self.branch_id.id,
            "company_id": self.company_id.id,
            "is_explained": values.get("explained", False),
            "register_number": values.get("register_number", False),
            **self._channel_vals(values, beneficiary),
            **self._proof(reading, values["received_on"]),
        }

    def _channel_vals(self, values, beneficiary):
        """Return the channel with the details that the register has; the channel's own rule says what is missing."""
        channel = self.env["cpa.channel"].browse(values["channel"])
        vals = {"channel_id": channel.id}
        if channel.code in CHANNEL_DETAIL:
            vals[CHANNEL_DETAIL[channel.code]] = values.get("channel_detail", False)
        officer = values.get("officer") or self.env.uid
        known = {
            "interview": {"interview_at": utc_start_of(values["received_on"]), "interviewer_id": officer},
            "phone": {"phone_direction": "in"},
            "social": {"social_platform": values.get("social_platform", "whatsapp")},
            "letter": {
                "letter_direction": "in",
                "letter_date": values.get("letter_date") or values["received_on"],
            },
            "delegate": {
                "channel_branch_id": values.get("branch") or beneficiary.branch_id.id or self.branch_id.id,
                "channel_delegate_id": values.get("officer", False),
            },
        }.get(channel.code, {})
        if channel.code in ("phone", "social") and not values.get("channel_detail"):
            known[CHANNEL_DETAIL[channel.code]] = beneficiary.phone
        return vals | known

    def _proof(self, reading, day):
        """Return what is said about an event of ``day``: when, from which line of which register, and that line."""
        row = reading.row
        return {
            "move_happened_at": utc_start_of(day),
            "move_reason": self._source_line(row),
            "move_scan": base64.b64encode(self._extract(reading)),
            "move_scan_name": self.env._("register-line-%(line)s.xlsx", line=row.line),
        }

    def _source_line(self, row):
        return self.env._("From the register “%(register)s”, line %(line)s", register=self.name, line=row.line)

    def _extract(self, reading):
        """Return a row of the register as a sheet (bytes) for one request's file: not the lines of other people.

        The identity number is the last thing that a request's readers need: its last digits show which it was.
        """
        row, values = reading.row, dict(reading.texts)
        person = clean_number(values.get("person"))
        values["person"] = mask(person)
        lines = [
            (self.env._("Extract from the register"), self.name),
            (self.env._("File"), self.file_name or ""),
            ("SHA-256", self.file_digest or ""),
            (self.env._("Line in the sheet"), f"{row.line} ({row.sheet})" if row.sheet else str(row.line)),
            *((self._labels(column)[0], values[column.name]) for column in COLUMNS if values.get(column.name)),
        ]
        output = io.BytesIO()
        book = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for at, text in enumerate(line):
                sheet.write_string(number, at, safe_text(text))
        sheet.set_column(0, 1, 40)
        book.close()
        return output.getvalue()

    def _submit_request(self, request, reading, checking):
        """Submit a request on its original day if nothing is missing; else leave the draft with a task.

        What is missing is what the path's own guard says.
        """
        submitted_on = reading.values.get("submitted_on")
        if not submitted_on:
            return  # a draft in the register too
        happened = utc_start_of(submitted_on)
        missing = request._guard_submission(happened)
        reading.outlook = (
            self.env._("Stays a draft; for its submission is missing:") + "".join(f"\n• {line}" for line in missing)
            if missing
            else ""
        )
        if checking:
            return
        if not missing:
            request.write({"state": "submitted", **self._proof(reading, submitted_on)})
        reached = reading.values.get("reached")
        further = reached and reached not in ("draft", "submitted")
        if missing or further:
            self._schedule_task(request, reading, missing, further and request._lifecycle_label(reached))

    def _schedule_task(self, request, reading, missing, reached):
        lines = [self._source_line(reading.row)]
        if missing:
            lines.append(
                self.env._(
                    "It was submitted on %(day)s; still missing:", day=reading.values["submitted_on"].isoformat()
                )
            )
            lines += [f"• {line}" for line in missing]
        if reached:
            lines.append(self.env._("In the register it had reached “%(state)s”: go on from there.", state=reached))
        request.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=request.officer_id.id,
            summary=self.env._("Complete the submission") if missing else self.env._("Go on as in the register"),
            note=Markup("<br/>").join(lines),
        )
