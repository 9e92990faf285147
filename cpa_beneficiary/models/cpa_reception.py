"""The one screen of the counter (P-31): who is there, who is served, what was asked, what was taken in.

Everything is done by the models' own ``create`` and ``write`` as the clerk himself; a visitor is named in every call,
so that what is typed for one never lands with another.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.saudi import PASSPORT, guess_identity_type, normalise_identity, normalise_phone
from .cpa_visitor import OPEN_STATES, VISITOR_CHANNELS
from .roles import DELEGATE, OFFICER, RESEARCHER

LISTED = 40


class CpaReception(models.AbstractModel):
    _name = "cpa.reception"
    _description = "Reception"

    def _check_clerk(self):
        """:raise AccessError: the user neither is a relations officer nor a branch delegate"""
        if not self.env.user.has_groups(f"{OFFICER},{DELEGATE}"):
            raise AccessError(self.env._("The reception is for relations officers and branch delegates."))

    def _visitor(self, visitor_id):
        """Return the visitor whom the user serves; one who waits or is parked is taken up again.

        :raise UserError: a colleague serves him, or he has left
        """
        self._check_clerk()
        visitor = self.env["cpa.visitor"].browse(visitor_id)
        visitor.check_access("write")
        if visitor.state != "served" or visitor.user_id != self.env.user:
            self.serve(visitor_id)
        return visitor

    # ------------------------------------------------------------------
    # What the screen is made of
    # ------------------------------------------------------------------

    @api.model
    def get_setup(self):
        """Return what the screen needs once: channels, services and the lists of its forms, in the user's language.

        :return: dict of lists of ``{"id", "name", …}``; ``channel_id`` is the one that a new visitor comes by
        """
        self._check_clerk()
        channels = self.env["cpa.channel"].search([("code", "in", VISITOR_CHANNELS)])
        if not self.env.user._has_group(DELEGATE):
            channels = channels.filtered(lambda channel: channel.code != "delegate")
        services = self.env["cpa.service"].search([], limit=LISTED)
        researchers = self.env["res.users"].search(
            [("all_group_ids", "in", self.env["ir.model.data"]._xmlid_to_res_id(RESEARCHER)), ("share", "=", False)]
        )
        return {
            "channel_id": self.env["cpa.visitor"]._default_channel_id().id,
            "channels": channels.read(["name", "code"]),
            "services": [
                {
                    "id": service.id,
                    "name": service.name,
                    "asks_iban": "iban" in service.requirement_ids.mapped("automatic"),
                }
                for service in services
            ],
            "governorates": self.env["cpa.governorate"].search([], limit=LISTED).read(["name"]),
            # a sensitive segment needs its consent first, so it is given on the file, not in passing
            "segments": self.env["cpa.segment"]
            .search([("group", "=", "person"), ("needs_consent", "=", False)])
            .read(["name"]),
            "researchers": researchers.read(["name"]),
        }

    @api.model
    def get_desk(self):
        """Return who is there: the visitors who have not left, the first to come first.

        :return: ``{"visitors": [dict]}``; ``seconds`` is how long a visitor has been in his state
        """
        self._check_clerk()
        visitors = self.env["cpa.visitor"].search([("state", "in", OPEN_STATES)], order="arrived_at, id")
        return {"visitors": [self._visitor_values(visitor) for visitor in visitors]}

    def _visitor_values(self, visitor):
        now = fields.Datetime.now()
        return {
            "id": visitor.id,
            "title": visitor.display_name,
            "name": visitor.name or "",
            "phone": visitor.phone or "",
            "beneficiary_id": visitor.beneficiary_id.id,
            "channel_id": visitor.channel_id.id,
            "channel": visitor.channel_code,
            "state": visitor.state,
            "state_label": visitor._lifecycle_label(visitor.state),
            "mine": visitor.user_id == self.env.user,
            "clerk": visitor.user_id.name or "",
            "seconds": max(int((now - (visitor.moved_at or visitor.arrived_at)).total_seconds()), 0),
            "served_before": int(visitor.served_hours * 3600),
            "open_questions": visitor.open_question_count,
        }

    @api.model
    def get_visitor(self, visitor_id):
        """Return a visitor with his person and what was asked and taken in on this visit.

        :return: dict: ``visitor``, ``person`` (as ``search`` shows it, with what is still unknown of him, or False),
            ``ask`` (the names of what a new file or request still asks of him, P-08), ``inquiries`` of this visit
        """
        self._check_clerk()
        visitor = self.env["cpa.visitor"].browse(visitor_id)
        person = visitor.beneficiary_id
        values = {
            "visitor": self._visitor_values(visitor),
            "person": self._person_values(person)[0] if person else False,
            "ask": self._unknown(person),
            "inquiries": self._inquiry_values(visitor.inquiry_ids),
            "requests": self._request_values(visitor.request_ids),
            "pictures": self.get_pictures(visitor_id),
            "missing": [],
        }
        if person.state == "draft":
            values["missing"] = person._guard_registration(fields.Datetime.now())
        return values

    def _unknown(self, person):
        """Return the names of what is not known of a person yet, in the order in which a form asks for it."""
        known = {
            "name": person.name,
            "phone": person.phone,
            "identity_number": person.identity_number,
            "identity_expiry_date": person.identity_expiry_date,
            "governorate_id": person.governorate_id,
            "segment_ids": person.segment_ids,
            "iban": person.iban,
        }
        return [name for name, value in known.items() if not value]

    # ------------------------------------------------------------------
    # Visitors
    # ------------------------------------------------------------------

    @api.model
    def receive(self, vals, wait=False):
        """Receive a visitor: serve him at once, or let him wait for his turn.

        :param vals: ``beneficiary_id``, ``name``, ``phone``, ``channel_id``: what is known
        :param bool wait: he waits; whom the user serves now stays served
        :return: id of the visitor; a person who is there already is not received twice
        """
        self._check_clerk()
        Visitor = self.env["cpa.visitor"]
        given = {name: vals[name] for name in ("beneficiary_id", "name", "phone", "channel_id") if vals.get(name)}
        visitor = Visitor
        if given.get("beneficiary_id"):
            there = [("beneficiary_id", "=", given["beneficiary_id"]), ("state", "in", OPEN_STATES)]
            visitor = Visitor.search(there, limit=1)
        visitor = visitor or Visitor.create(given)
        if not wait:
            self.serve(visitor.id)
        return visitor.id

    @api.model
    def serve(self, visitor_id):
        """Serve this visitor now; whom the user served until now is parked.

        :raise UserError: a colleague serves him already
        """
        self._check_clerk()
        visitor = self.env["cpa.visitor"].browse(visitor_id)
        if visitor.state == "served" and visitor.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "%(clerk)s serves %(visitor)s already.",
                    clerk=visitor.user_id.name,
                    visitor=visitor.display_name,
                )
            )
        served = self.env["cpa.visitor"].search([("state", "=", "served"), ("user_id", "=", self.env.uid)])
        (served - visitor).write({"state": "parked"})
        visitor.write({"state": "served"})
        return True

    @api.model
    def park(self, visitor_id):
        """Park the visitor: he fills in a form, looks for a paper, waits on the line."""
        self._check_clerk()
        return self.env["cpa.visitor"].browse(visitor_id).write({"state": "parked"})

    @api.model
    def leave(self, visitor_id):
        """End the visit; what was answered is closed with it, a question left open stays open (P-31)."""
        self._check_clerk()
        visitor = self.env["cpa.visitor"].browse(visitor_id)
        answered = visitor.inquiry_ids.filtered(lambda lead: not lead.waiting_since and not lead.stage_id.is_won)
        for inquiry in answered:
            inquiry.stage_id = inquiry._stage_find(domain=[("is_won", "=", True)])
        return visitor.write({"state": "left"})

    @api.model
    def change(self, visitor_id, vals):
        """Write what is learned of the visitor: name, phone or channel."""
        visitor = self._visitor(visitor_id)
        return visitor.write({name: vals[name] for name in ("name", "phone", "channel_id") if name in vals})

    @api.model
    def identify(self, visitor_id, beneficiary_id):
        """Say whose file the visitor's is; his questions of this visit go with it.

        :raise UserError: he is known as another person already, of whom something was taken in on this visit
        """
        visitor = self._visitor(visitor_id)
        person = self.env["cpa.beneficiary"].browse(beneficiary_id)
        known = visitor.beneficiary_id
        if known and known != person and (visitor.inquiry_ids or visitor.request_ids):
            raise UserError(
                self.env._(
                    "This visit is %(visitor)s's already: receive the other person as a visitor of his own.",
                    visitor=known.name,
                )
            )
        visitor.beneficiary_id = person
        visitor.inquiry_ids.filtered(lambda lead: not lead.partner_id).partner_id = person.partner_id
        return True

    # ------------------------------------------------------------------
    # Inquiries (P-10, P-31)
    # ------------------------------------------------------------------

    @api.model
    def save_inquiry(self, visitor_id, vals):
        """Record a question of the visitor, answered on the spot, referred or left open.

        :param vals: ``question``; optional ``answer``, ``referred_to_id``, ``is_misconception``, ``name``, ``phone``
        :return: id of the inquiry; a visit's further questions join its first one's inquiry
        """
        visitor = self._visitor(visitor_id)
        learned = {name: vals[name].strip() for name in ("name", "phone") if (vals.get(name) or "").strip()}
        if learned:
            visitor.write(learned)
        question = (vals.get("question") or "").strip()
        if not question:
            raise UserError(self.env._("What was asked?"))
        values = {
            "name": question,
            "answer": (vals.get("answer") or "").strip(),
            "referred_to_id": vals.get("referred_to_id"),
        }
        inquiry = visitor.inquiry_ids.filtered(lambda lead: not lead.stage_id.is_won)[:1]
        if inquiry:
            inquiry.question_ids = [Command.create(values)]
        else:
            inquiry = self.env["crm.lead"]._cpa_quick_inquiry(self._new_inquiry(visitor, values))
        if vals.get("is_misconception"):
            inquiry.is_misconception = True
        return inquiry.id

    def _new_inquiry(self, visitor, question):
        """Return the values of the inquiry that begins with this question, for ``_cpa_quick_inquiry``."""
        values = {
            "user_id": self.env.uid,
            "company_id": visitor.company_id.id,
            "cpa_branch_id": visitor.branch_id.id,
            "visitor_id": visitor.id,
            "beneficiary_id": visitor.beneficiary_id.id,
            "questions": [question],
        }
        if not visitor.beneficiary_id:
            values |= {"contact_name": visitor.name, "phone": normalise_phone(visitor.phone)}
        return values | visitor._channel_values()

    # ------------------------------------------------------------------
    # Files and requests (P-08, P-32, P-36)
    # ------------------------------------------------------------------

    @api.model
    def save_person(self, visitor_id, vals):
        """Open the visitor's file, or complete it: only what is not known yet is written.

        :param vals: values of the file, and ``is_sighted``: the original identity lies before the clerk
        :return: id of the beneficiary
        """
        visitor = self._visitor(visitor_id)
        person = visitor.beneficiary_id
        given = {name: vals[name] for name in self._unknown(person) if vals.get(name)}
        if "identity_number" in given:
            number = normalise_identity(given["identity_number"])
            given["identity_type"] = guess_identity_type(number) or PASSPORT
        if "segment_ids" in given:
            given["segment_ids"] = [Command.set(given["segment_ids"])]
        if person:
            person.write(given)
        else:
            person = person.create(given | {"branch_id": visitor.branch_id.id})
            self.identify(visitor_id, person.id)
        if vals.get("is_sighted") and person.identity_id and not person.identity_sighted_at:
            person.action_sight_identity()
        return person.id

    @api.model
    def save_request(self, visitor_id, vals):
        """Take in a request, with what is still unknown of the person (P-08).

        :param vals: as for ``save_person``, and ``service_id``, ``description``, ``amount_requested``
        :return: id of the request, a draft: its checks and its declaration follow on its own form
        :raise UserError: what is missing, all of it at once
        """
        visitor = self._visitor(visitor_id)
        missing = self._missing_intake(visitor.beneficiary_id, vals)
        if missing:
            raise UserError("\n• ".join([self.env._("Still missing:"), *missing]))
        person = self.env["cpa.beneficiary"].browse(self.save_person(visitor_id, vals))
        service = self.env["cpa.service"].browse(vals["service_id"])
        inquiry = visitor.inquiry_ids[:1]
        request = self.env["cpa.request"].create(
            {
                "subject": (vals.get("subject") or "").strip() or service.name,
                "service_id": service.id,
                "beneficiary_id": person.id,
                "description": vals["description"].strip(),
                "amount_requested": vals.get("amount_requested") or 0,
                "visitor_id": visitor.id,
                "lead_id": inquiry.id,
                "branch_id": visitor.branch_id.id,
                "company_id": visitor.company_id.id,
                **visitor._channel_values(),
            }
        )
        return request.id

    def _missing_intake(self, person, vals):
        """Return what a request cannot begin without; what else is unknown is asked, but holds nobody up (P-32)."""
        due = {
            "name": self.env._("The name."),
            "phone": self.env._("The phone number."),
            "service_id": self.env._("The service."),
            "description": self.env._("What the applicant asks for."),
        }
        known = {"name", "phone"} - set(self._unknown(person))
        return [label for name, label in due.items() if name not in known and not str(vals.get(name) or "").strip()]

    @api.model
    def sight(self, visitor_id):
        """The original of the visitor's identity lies before the clerk (P-32)."""
        return self._visitor(visitor_id).beneficiary_id.action_sight_identity()

    @api.model
    def register(self, visitor_id):
        """Register the visitor, once all that it needs is there (P-36)."""
        return self._visitor(visitor_id).beneficiary_id.write({"state": "registered"})
