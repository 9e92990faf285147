"""What an applicant sees of his request on the website: the one place that says it (P-09, P-35).

Portal users have no access row on requests, nor on anything that hangs on them: what a domain opened, a remote call
would read whole, with the decision that nobody has told yet, the officers' notes and the amounts. So a page finds its
request by ``_portal_find`` (who asks, for whom, which request), and shows what ``_portal_values`` returns: texts and
days, never a record.
"""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, riyadh_date
from ..tools.text import comma_list, shown_number
from .cpa_request import CLOSED_STATES
from .cpa_request_clock import WAITING_STATES
from .crm_lead_website import NOT_TYPED

PAGE = "/my/requests"
# Where the request is, as its applicant is told: a decision is with the committee until its reply goes out.
STAGES = {
    "submitted": "received",
    "incomplete": "missing",
    "research": "study",
    "in_progress": "work",
    "committee": "committee",
    "decided": "committee",
    "approved": "answered",
    "rejected": "answered",
    "delivery": "delivery",
    "done": "done",
    "withdrawn": "withdrawn",
    "cancelled": "cancelled",
}
# How a stage looks: a tone of ``part_status``; the others say that it is our turn.
TONES = {
    "missing": "you",
    "answered": "good",
    "delivery": "good",
    "done": "good",
    "withdrawn": "",
    "cancelled": "",
}
# What an applicant himself wrote or was asked for, as far as it is filled.
ASKED_FIELDS = ("description", "amount_requested", "appeal_grounds")


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    # ------------------------------------------------------------------
    # Who sees which
    # ------------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Return the domain of the requests that this user follows on the website: of those for whom he acts now.

        What staff enters is shown once it is submitted: a draft is nobody's word yet.
        """
        return Domain("beneficiary_id", "in", self.env.user.cpa_acts_for()) & Domain("state", "!=", "draft")

    @api.model
    def _portal_find(self, number):
        """Return the request ``number`` of this user, as superuser in his name; empty for any other.

        The moves of its path still ask for the user's own role: they look at ``env.user``, not at the superuser.
        """
        number = NOT_TYPED.sub("", number)
        # the domain is the check: it names the people for whom this user acts
        return self.sudo().search(Domain("number", "=", number) & self._portal_domain(), limit=1)

    # ------------------------------------------------------------------
    # The whole page
    # ------------------------------------------------------------------

    def _portal_values(self):
        """Return all that the applicant sees of this request, in the language of the environment.

        Nothing here depends on a decision that has not been told: ``decided`` reads as ``committee``, word for word.

        :return: dict of texts, days, lists and dicts; no record. See the methods it calls
        """
        self.ensure_one()
        todo = self._portal_todo()
        return {
            **self._portal_row(),
            "asked": self._portal_asked(),
            "told": self._portal_told(),
            "steps": self._portal_steps(),
            "timeline": self._portal_timeline(),
            "now": self._portal_now(),
            "todo": todo,
            "awaited": self._portal_awaited(todo),
            "reply": self._portal_reply(),
            "actions": self._portal_actions(),
            "papers": self._portal_papers(),
        }

    def _portal_row(self):
        """Return what a list shows of this request: ``number``, ``url``, ``service``, ``subject``, ``acting_for`` (the
        name of whom the user acts for, "" for himself), ``stage``, ``status`` (dict ``label``, ``tone``),
        ``submitted`` (day), ``is_open`` and ``is_awaited`` (of him).
        """
        self.ensure_one()
        stage = self._portal_stage()
        person = self.beneficiary_id.partner_id
        return {
            "number": self.number,
            "url": self._portal_url(),
            "service": self.service_id.name,
            "subject": self.subject,
            "acting_for": person.name if person != self.env.user.partner_id else "",
            "stage": stage,
            "status": {"label": self._portal_stage_label(stage), "tone": TONES.get(stage, "us")},
            "submitted": self._portal_day(riyadh_date(self.submitted_at)),
            "is_open": self.state not in CLOSED_STATES,
            "is_awaited": self._portal_is_awaited(),
        }

    def _portal_is_awaited(self):
        """Return whether the request, or what it gives, waits for the applicant: for lists."""
        if self.state == "delivery":
            return "delivered" in self.delivery_ids.mapped("state")
        return self.state == "incomplete"

    def _track_values(self):
        """Return the least: what is said to who has number and PIN, perhaps on somebody else's telephone.

        Neither person, service, subject nor items.

        :return: dict ``number``, ``status`` (dict ``label``, ``tone``), ``now`` (sentence), ``awaited`` (sentence) and
            ``reply`` (see ``_portal_reply``)
        """
        self.ensure_one()
        row = self._portal_row()
        return {
            "number": row["number"],
            "status": row["status"],
            "now": self._portal_now(),
            "awaited": self._portal_awaited(self._portal_todo())["text"],
            "reply": self._portal_reply(),
        }

    def _portal_url(self, page=""):
        """Return the address of this request's page, or of one below it."""
        self.ensure_one()
        return f"{PAGE}/{self.number}{page and '/'}{page}"

    @api.model
    def _portal_day(self, day):
        return format_both(day, self.env.lang)

    # ------------------------------------------------------------------
    # Where it is
    # ------------------------------------------------------------------

    def _portal_stage(self):
        """Return where the request is, as its applicant is told: a value of ``STAGES``."""
        self.ensure_one()
        return STAGES.get(self.state, "received")

    @api.model
    def _portal_stage_label(self, stage):
        return {
            "received": self.env._("Request received"),
            "missing": self.env._("Something is missing"),
            "study": self.env._("Being studied"),
            "work": self.env._("In hand"),
            "committee": self.env._("With the committee"),
            "answered": self.env._("Answered"),
            "delivery": self.env._("Being delivered"),
            "done": self.env._("Finished"),
            "withdrawn": self.env._("Withdrawn"),
            "cancelled": self.env._("Closed"),
        }[stage]

    def _portal_path(self):
        """Return the stages that a request of this service passes through, in order."""
        service = self.service_id
        return [
            stage
            for stage, is_passed in (
                ("received", True),
                ("study", service.needs_study),
                ("committee", service.needs_committee),
                ("work", not service.needs_study and not service.needs_committee),
                ("answered", service.needs_committee),
                ("delivery", service.needs_delivery and self.state != "rejected"),
                ("done", True),
            )
            if is_passed
        ]

    def _portal_steps(self):
        """Return the way of this request: dict ``steps`` (list of ``(key, label)``) and ``current`` (key)."""
        path = self._portal_path()
        passed = [STAGES.get(move.to_state) for move in self._portal_moves()]
        # a request that waits, or was closed on its way, stands where it was
        reached = next((stage for stage in reversed(passed) if stage in path), path[0])
        if self.state in ("rejected", "done"):
            reached = path[-1]
        return {"steps": [(stage, self._portal_stage_label(stage)) for stage in path], "current": reached}

    def _portal_moves(self):
        """Return the moves of the request itself, oldest first; of each run within one stage the first one."""
        told, stage = [], None
        # only the states, which become stages: who moved it and why stays inside
        for move in self.move_ids.filtered("from_state").sorted(lambda move: (move.happened_at, move.id)):
            if STAGES.get(move.to_state) != stage:
                told.append(move)
                stage = STAGES.get(move.to_state)
        return told

    def _portal_now(self):
        """Return where the request is now, in one sentence."""
        self.ensure_one()
        if self.state == "rejected" or (self.state == "approved" and not self.service_id.needs_delivery):
            return self.env._("We have answered your request: please read our letter.")
        return {
            "received": self.env._("We have your request and are checking it."),
            "missing": self.env._("Your request waits for something from you."),
            "study": self.env._("Your request is being studied."),
            "work": self.env._("We are working on your request."),
            "committee": self.env._("Your request is with the committee, which decides on it."),
            "answered": self.env._("We have answered your request and are preparing what comes next."),
            "delivery": self.env._("What our letter says is being delivered."),
            "done": self.env._("Your request is finished."),
            "withdrawn": self.env._("This request was withdrawn. You can apply again at any time."),
            "cancelled": self.env._("This request was closed. Write to us or call us if you want to know why."),
        }[self._portal_stage()]

    def _portal_timeline(self):
        """Return what has happened so far, oldest first: list of dicts ``day`` (text) and ``text``."""
        first = {
            "received": self.env._("We received your request."),
            "missing": self.env._("Something was missing, and we asked you for it."),
            "study": self.env._("We began to study your request."),
            "work": self.env._("We took your request in hand."),
            "committee": self.env._("Your request was put before the committee."),
            "answered": self.env._("We answered you."),
            "delivery": self.env._("The delivery began."),
            "done": self.env._("Your request was finished."),
            "withdrawn": self.env._("The request was withdrawn."),
            "cancelled": self.env._("The request was closed."),
        }
        again = {
            **first,
            "received": self.env._("We received what was missing."),
            "study": self.env._("We went on studying your request."),
            "committee": self.env._("Your request was put before the committee again."),
        }
        events, seen = [], set()
        for move in self._portal_moves():
            stage = STAGES[move.to_state]
            events.append((move.happened_at, (again if stage in seen else first)[stage]))
            seen.add(stage)
        # what is answered without a committee ends with its answer
        if self.replied_at and "answered" not in seen:
            events.insert(-1, (self.replied_at, first["answered"]))
        for line in self.delivery_ids if self.replied_at else ():
            if line.delivered_at:
                events.append((line.delivered_at, self.env._("We handed over: %(what)s.", what=line.name)))
            if line.acknowledged_at:
                events.append(
                    (line.acknowledged_at, self.env._("The receipt was confirmed: %(what)s.", what=line.name))
                )
        events.sort(key=lambda event: event[0])
        return [{"day": self._portal_day(riyadh_date(at)), "text": text} for at, text in events]

    # ------------------------------------------------------------------
    # What is awaited
    # ------------------------------------------------------------------

    def _portal_todo(self):
        """Return what is awaited of the applicant; each concern adds its own.

        :return: list of dicts ``text``, ``hint``, ``url`` and ``button`` ("" where nothing can be done on the website)
        """
        self.ensure_one()
        return []

    def _portal_awaited(self, todo):
        """Return of whom something is awaited now: dict ``who`` ("you", "us", "outside", "") and ``text``.

        :param todo: as returned by ``_portal_todo``
        """
        self.ensure_one()
        if self.state in CLOSED_STATES:
            return {"who": "", "text": self.env._("Nothing is awaited.")}
        if self.state == "incomplete":
            return {"who": "you", "text": self.env._("We wait for you, and go on as soon as you have answered.")}
        if todo:
            return {
                "who": "you",
                "text": self.env._("We go on with your request, and need something from you meanwhile."),
            }
        bodies = self.outside_referral_ids.filtered(lambda referral: referral.state == "open").body_id
        if bodies:
            names = comma_list(bodies.mapped("name"), self.env.lang)
            return {"who": "outside", "text": self.env._("We wait for an answer from: %(bodies)s.", bodies=names)}
        return {"who": "us", "text": self.env._("It is our turn. Nothing more is needed from you now.")}

    # ------------------------------------------------------------------
    # Until when we reply, and what we replied
    # ------------------------------------------------------------------

    def _portal_reply(self):
        """Return what the reply clock says to the applicant (P-35): dict ``label``, ``day`` (text), ``note`` (pauses
        and lateness explained, or "")
        """
        self.ensure_one()
        label, day = self._reply_promise()
        return {"label": label, "day": self._portal_day(day), "note": self._portal_reply_note()}

    def _portal_reply_note(self):
        if self.replied_at or self.closed_at or not self.reply_target_date:
            return ""
        if self.paused_on:
            return self.env._(
                "The period is paused since %(day)s, because we wait for what is missing. It goes on when it has come, "
                "and the day moves by as many days.",
                day=self._portal_day(self.paused_on),
            )
        if self.state in WAITING_STATES and self.reply_target_date < cpa_today():
            return self.env._("This day has passed, and we are sorry for it. We are still working on your request.")
        if self.paused_days:
            return self.env._(
                "The day moved by %(days)s days, while we waited for what was missing.",
                days=shown_number(self.paused_days, self.env.lang),
            )
        return ""

    def _portal_told(self):
        """Return what was answered: list of dicts ``label``, ``value``; empty until the reply went out (P-35)."""
        self.ensure_one()
        if not self.replied_at:
            return []
        facts = [(self.env._("We answered on"), self._portal_day(riyadh_date(self.replied_at)))]
        if self.decision:
            decision = dict(self._fields["decision"]._description_selection(self.env))[self.decision]
            facts.insert(0, (self.env._("Decision"), decision))
        if self.decision in ("accept", "partial") and self.decision_amount:
            facts.append((self.env._("Granted"), self._portal_money(self.decision_amount)))
        return [{"label": label, "value": value} for label, value in facts]

    def _portal_money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    # ------------------------------------------------------------------
    # What was asked, the papers, what can be done
    # ------------------------------------------------------------------

    def _portal_asked(self):
        """Return what the applicant asked for, in his own words: list of dicts ``label``, ``value``."""
        self.ensure_one()
        # kinds add columns of their own; what staff adds to a request is in none of these
        names = (*ASKED_FIELDS, *self._kind_fields().get(self.kind, ()))
        rows = self.env["ir.actions.report"]._paper_rows(self, names)
        return [{"label": label, "value": value} for label, value in rows]

    def _portal_papers(self):
        """Return the papers that the applicant may read: list of dicts ``text`` and ``url``."""
        self.ensure_one()
        return []

    def _portal_actions(self):
        """Return what the applicant can do now; add-ons extend it.

        :return: list of dicts ``code``, ``label`` (of the button), ``url`` (of a page that says more before anything
            is done), ``is_primary``
        """
        self.ensure_one()
        return []

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @api.model
    def _portal_filters(self):
        """Return the filters of the list: ``{key: (label, domain)}``, the default one first."""
        closed = Domain("state", "in", CLOSED_STATES)
        return {
            "open": (self.env._("Open"), ~closed),
            "closed": (self.env._("Finished"), closed),
            "all": (self.env._("All"), Domain.TRUE),
        }

    @api.model
    def _portal_list(self, show, page, size):
        """Return a page of this user's requests, the latest first: dict ``rows``, ``counts``, ``show`` and ``page``.

        :param str show: key of ``_portal_filters``; anything else is the default one
        :param int page: from 1; past the end is the last one
        :param int size: how many on a page
        """
        filters = self._portal_filters()
        show = show if show in filters else next(iter(filters))
        requests = self.sudo()  # the domain is the check, as in _portal_find
        own = self._portal_domain()
        by_state = dict(requests._read_group(own, ["state"], ["__count"]))
        closed = sum(count for state, count in by_state.items() if state in CLOSED_STATES)
        total = sum(by_state.values())
        counts = {"open": total - closed, "closed": closed, "all": total}
        page = min(max(page, 1), max(-(-counts[show] // size), 1))
        found = requests.search(own & filters[show][1], order="id desc", limit=size, offset=(page - 1) * size)
        return {
            "rows": [request._portal_row() for request in found],
            "filters": [
                {"key": key, "label": label, "count": counts[key]} for key, (label, _domain) in filters.items()
            ],
            "show": show,
            "page": page,
            "pages": max(-(-counts[show] // size), 1),
            "total": counts[show],
        }
