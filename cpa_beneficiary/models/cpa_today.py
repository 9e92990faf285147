from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools.hijri import format_both
from ..tools.riyadh import cpa_today, riyadh_date, riyadh_datetime

SHOWN = 8


class CpaToday(models.AbstractModel):
    """What waits for the user today, by role: the first screen of the day."""

    _name = "cpa.today"
    _description = "Today"

    @api.model
    def get_today(self):
        """Return what the screen shows the user, in the user's language.

        :return: dict ``{"greeting", "date_text", "actions": [{"key", "title", "icon", "action"}], "sections": [{"key",
            "title", "empty", "icon", "model", "domain", "count", "rows": [{"model", "id", "title", "subtitle", "date",
            "late"}]}]}``; ``action`` is an action or its xml id; domain and rows are what the user may read
        """
        morning = riyadh_datetime(fields.Datetime.now()).hour < 12
        name = self.env.user.name
        return {
            "greeting": self.env._("Good morning, %s", name) if morning else self.env._("Good evening, %s", name),
            "date_text": format_both(cpa_today(), self.env.lang),
            "actions": self._actions(),
            # what waits comes first, what is empty stays calmly below
            "sections": sorted(map(self._section, self._sections()), key=lambda section: not section["count"]),
        }

    def _has(self, role):
        return self.env.user._has_group(f"cpa_beneficiary.group_{role}")

    def _actions(self):
        """Return the quick actions of this user, the first one is the main one; add-ons append theirs."""
        form = {"type": "ir.actions.act_window", "views": [(False, "form")]}
        session = {
            "key": "session",
            "title": self.env._("New session"),
            "icon": "fa-gavel",
            "action": form | {"name": self.env._("New session"), "res_model": "cpa.committee.session"},
        }
        sessions = [session] if self._has("secretary") else []
        if not (self._has("officer") or self._has("delegate")):
            return sessions
        return [
            {
                "key": "reception",
                "title": self.env._("Reception"),
                "icon": "fa-bell-o",
                "action": "cpa_beneficiary.cpa_reception_action",
            },
            {
                "key": "request",
                "title": self.env._("New request"),
                "icon": "fa-plus",
                "action": form | {"name": self.env._("New request"), "res_model": "cpa.request"},
            },
            {
                "key": "inquiry",
                "title": self.env._("New inquiry"),
                "icon": "fa-comments-o",
                "action": form
                | {
                    "name": self.env._("New inquiry"),
                    "res_model": "crm.lead",
                    "context": {"default_is_inquiry": True},
                },
            },
            *sessions,
        ]

    def _sections(self):
        """Return the specifications of the sections of this user; add-ons append theirs."""
        # `domain=` and `Domain(…)` matter: the export of terms takes a tuple straight after `_()` for its argument
        user = self.env.user
        sections = []
        if self._has("officer") or self._has("delegate"):
            mine = [("officer_id", "in", (user.id, False))]
            sections += [
                self._requests(
                    "waiting",
                    self.env._("To be handled"),
                    "fa-inbox",
                    domain=[("state", "in", ("draft", "submitted", "in_progress")), *mine],
                ),
                {
                    "key": "inquiries",
                    "title": self.env._("Inquiries without an answer"),
                    "empty": self.env._("Every question is answered."),
                    "icon": "fa-comments-o",
                    "model": "crm.lead",
                    "domain": Domain(
                        [
                            ("is_inquiry", "=", True),
                            ("question_ids", "any", [("state", "=", "open")]),
                            ("user_id", "in", (user.id, False)),
                        ]
                    ),
                    "order": "create_date",
                },
                self._requests(
                    "reply",
                    self.env._("Decided: tell the applicant"),
                    "fa-reply",
                    domain=[("state", "=", "decided"), ("reply_send_on", "=", False), *mine],
                ),
                self._requests(
                    "deliver",
                    self.env._("To be delivered"),
                    "fa-gift",
                    domain=[("state", "in", ("approved", "delivery")), *mine],
                ),
                self._requests(
                    "incomplete",
                    self.env._("Waiting for the applicant"),
                    "fa-hourglass-half",
                    domain=[("state", "=", "incomplete"), *mine],
                ),
            ]
        if self._has("researcher"):
            sections += [
                self._requests(
                    "research",
                    self.env._("To be studied"),
                    "fa-search",
                    domain=[("state", "=", "research"), ("researcher_id", "=", user.id)],
                ),
                {
                    "key": "referrals",
                    "title": self.env._("Questions referred to me"),
                    "empty": self.env._("No question waits for an answer."),
                    "icon": "fa-question-circle-o",
                    "model": "cpa.referral",
                    "domain": Domain([("state", "=", "open"), ("officer_id", "=", user.id)]),
                    "order": "asked_at",
                },
                {
                    "key": "visits",
                    "title": self.env._("My visits"),
                    "empty": self.env._("No visit is planned."),
                    "icon": "fa-map-marker",
                    "model": "cpa.visit",
                    "domain": Domain([("state", "=", "planned"), ("user_id", "=", user.id)]),
                    "order": "start",
                },
            ]
        if self._has("secretary"):
            sections.append(
                self._requests(
                    "agenda",
                    self.env._("Waiting for the committee"),
                    "fa-list-ol",
                    domain=[("state", "=", "committee")],
                )
            )
        if self._has("member"):
            sections.append(
                {
                    "key": "votes",
                    "title": self.env._("My votes"),
                    "empty": self.env._("No proposal waits for your vote."),
                    "icon": "fa-hand-paper-o",
                    "model": "cpa.committee.case",
                    "domain": Domain([("id", "in", self.env["cpa.committee.case"]._awaiting_my_vote().ids)]),
                    "order": "session_id, sequence, id",
                }
            )
        if self._has("member") or self._has("secretary"):
            sections.append(
                {
                    "key": "sign",
                    "title": self.env._("Minutes to sign"),
                    "empty": self.env._("No minutes wait for your signature."),
                    "icon": "fa-pencil",
                    "model": "cpa.committee.session",
                    "domain": Domain([("id", "in", self.env["cpa.committee.session"]._awaiting_my_signature().ids)]),
                    "order": "planned_at",
                }
            )
            sections.append(
                {
                    "key": "sessions",
                    "title": self.env._("Committee sessions"),
                    "empty": self.env._("No session is convened."),
                    "icon": "fa-gavel",
                    "model": "cpa.committee.session",
                    "domain": Domain([("state", "in", ("convened", "open", "counting", "minutes"))]),
                    "order": "planned_at",
                }
            )
        if self._has("manager"):
            sections.append(
                {
                    "key": "orders",
                    "title": self.env._("Payment orders to approve"),
                    "empty": self.env._("No payment order waits for approval."),
                    "icon": "fa-money",
                    "model": "cpa.payment.order",
                    "domain": Domain([("state", "=", "prepared")]),
                    "order": "id",
                }
            )
        if self._has("officer"):
            sections.append(
                {
                    "key": "pay",
                    "title": self.env._("Payment orders to pay"),
                    "empty": self.env._("No payment order waits to be paid."),
                    "icon": "fa-money",
                    "model": "cpa.payment.order",
                    "domain": Domain([("state", "=", "approved")]),
                    "order": "approved_at, id",
                }
            )
        if self._has("manager") or self._has("auditor"):
            sections += [
                self._requests(
                    "overdue",
                    self.env._("Past the latest day of reply"),
                    "fa-exclamation-triangle",
                    domain=[("is_overdue", "=", True)],
                ),
                self._requests(
                    "late",
                    self.env._("Past the target"),
                    "fa-clock-o",
                    domain=[("is_late", "=", True), ("is_overdue", "=", False)],
                ),
            ]
        sections.append(
            {
                "key": "calls",
                "title": self.env._("My call-backs and activities"),
                "empty": self.env._("Nothing is due today."),
                "icon": "fa-phone",
                "model": "mail.activity",
                "domain": Domain(
                    [("user_id", "=", user.id), ("date_deadline", "<=", fields.Date.to_string(cpa_today()))]
                ),
                "order": "date_deadline",
            }
        )
        return sections

    def _requests(self, key, title, icon, domain):
        return {
            "key": key,
            "title": title,
            "empty": self.env._("Nothing here: all done."),
            "icon": icon,
            "model": "cpa.request",
            "domain": domain,
            "order": "is_urgent desc, reply_target_date, id",
        }

    def _section(self, spec):
        """Return a section with its count and first rows, from its specification."""
        model, domain = self.env[spec["model"]], spec["domain"]
        records = model.search(domain, order=spec["order"], limit=SHOWN)
        return spec | {
            "domain": list(Domain(domain)),
            "count": len(records) if len(records) < SHOWN else model.search_count(domain),
            "rows": [self._row(record) for record in records],
        }

    def _row(self, record):
        """Return one row; the details come from ``_row_<table>``: ``date`` and ``late`` as ``date`` and ``bool``."""
        row = {"model": record._name, "id": record.id, "title": record.display_name, "subtitle": "", "date": False}
        row |= getattr(self, f"_row_{record._table}", lambda _record: {})(record)
        return row | {
            "date": row["date"] and format_date(self.env, row["date"], date_format="d MMM"),
            "late": row.get("late", False),
        }

    def _row_cpa_request(self, request):
        return {
            # the request is the user's to read, with its applicant
            "title": " · ".join(filter(None, [request.beneficiary_id.sudo().name, request.subject])),
            "subtitle": " · ".join(filter(None, [request.number, request._lifecycle_label(request.state)])),
            "date": request.reply_target_date,
            "late": request.is_late,
        }

    def _row_crm_lead(self, lead):
        return {"subtitle": lead.sudo().partner_id.name or "", "date": riyadh_date(lead.create_date)}  # as above

    def _row_cpa_referral(self, referral):
        return {"subtitle": referral.request_id.display_name, "date": riyadh_date(referral.asked_at)}

    def _row_cpa_visit(self, visit):
        day = riyadh_date(visit.start)
        return {"subtitle": visit.request_id.display_name, "date": day, "late": day < cpa_today()}

    def _row_cpa_committee_case(self, case):
        return {"subtitle": case.proposal_id.display_name, "date": riyadh_date(case.session_id.planned_at)}

    def _with_amount(self, name, amount, currency):
        """Return name and amount for one line; the amount keeps its own direction beside an Arabic name."""
        return " · ".join(filter(None, [name, f"\u2068{formatLang(self.env, amount, currency_obj=currency)}\u2069"]))

    def _row_cpa_payment_order(self, order):
        return {
            "title": self._with_amount(order.payee, order.amount, order.currency_id),
            "subtitle": " · ".join([order.number, order.purpose]),
            "date": order.prepared_on,
        }

    def _row_cpa_committee_session(self, session):
        return {
            "title": session.number,
            "subtitle": session._lifecycle_label(session.state),
            "date": riyadh_date(session.planned_at),
        }

    def _row_mail_activity(self, activity):
        return {
            # the document behind it is what the user works on
            "model": activity.res_model or activity._name,
            "id": activity.res_id or activity.id,
            "title": activity.summary or activity.activity_type_id.name,
            "subtitle": activity.res_name or "",
            "date": activity.date_deadline,
            "late": activity.date_deadline < cpa_today(),
        }
