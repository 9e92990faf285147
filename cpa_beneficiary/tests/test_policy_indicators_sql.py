from datetime import date

from freezegun import freeze_time
from odoo.fields import Domain
from odoo.tests import tagged

from ..models.cpa_policy_indicator import Scope
from . import evidence
from .common import CpaCommon

# Each figure once more, written by hand over days in Riyadh: of how many, how many, and the value where it is a mean.
# {r}: whose a request is, {d}: whose what belongs to a request is and has a branch of its own.
RIYADH = "+ interval '3 hours')::date"
OF_REQUEST = """r.company_id = %(company)s AND (%(branch)s IS NULL OR r.branch_id = %(branch)s)
    AND (%(service)s IS NULL OR r.service_id = %(service)s)"""
OWN_BRANCH = """r.company_id = %(company)s AND (%(branch)s IS NULL OR x.branch_id = %(branch)s)
    AND (%(service)s IS NULL OR r.service_id = %(service)s)"""
IN_PERIOD = "BETWEEN %(first)s AND %(last)s"


def day(name):
    return f"({name} {RIYADH}"


def during(name):
    return f"{day(name)} {IN_PERIOD}"


def done(name):
    return f"({day(name)} <= %(last)s) IS TRUE"


def open_(name):
    return f"({day(name)} <= %(last)s) IS NOT TRUE"


def since(name):
    return f"({day(name)} < %(first)s) IS NOT TRUE"


def requests(moment, counted, also="TRUE", mean="NULL::float"):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), avg({mean}) FILTER (WHERE {counted})
        FROM cpa_request r WHERE {OF_REQUEST} AND {during(moment)} AND {also}"""


def moves(model, also, counted="TRUE", mean="NULL::float"):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), avg({mean})
        FROM cpa_request_move x JOIN cpa_request r ON r.id = x.request_id JOIN cpa_service s ON s.id = r.service_id
        WHERE {OF_REQUEST} AND x.res_model = '{model}' AND {during("x.happened_at")} AND {also}"""


def of_request(table, when, counted, whose=OF_REQUEST, mean="NULL::float", join=""):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), avg({mean}) FILTER (WHERE {counted})
        FROM {table} x JOIN cpa_request r ON r.id = x.request_id {join} WHERE {whose} AND {when}"""


def questions(when, counted, mean="NULL::float", channel="TRUE"):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted} AND {channel}),
            avg({mean}) FILTER (WHERE {counted} AND {channel})
        FROM cpa_inquiry_question x JOIN crm_lead l ON l.id = x.lead_id LEFT JOIN cpa_channel c ON c.id = l.channel_id
        WHERE (l.company_id = %(company)s OR l.company_id IS NULL)
            AND (%(branch)s IS NULL OR l.cpa_branch_id = %(branch)s) AND {when}"""


def leads(counted, mean="NULL::float"):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), avg({mean}) FILTER (WHERE {counted})
        FROM crm_lead l JOIN cpa_channel c ON c.id = l.channel_id
        WHERE l.is_inquiry AND (l.company_id = %(company)s OR l.company_id IS NULL)
            AND (%(branch)s IS NULL OR l.cpa_branch_id = %(branch)s) AND {during("l.create_date")}"""


def own(table, moment, counted, mean="NULL::float", service=False):
    by_service = "(%(service)s IS NULL OR service_id = %(service)s)" if service else "TRUE"
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), avg({mean}) FILTER (WHERE {counted}) FROM {table}
        WHERE company_id = %(company)s AND (%(branch)s IS NULL OR branch_id = %(branch)s) AND {by_service}
            AND {during(moment)}"""


def approached(states):
    return f"""SELECT count(*), count(*) FILTER (WHERE x.state IN ({states})), NULL
        FROM cpa_outreach_contact x JOIN cpa_outreach o ON o.id = x.outreach_id
        WHERE x.company_id = %(company)s AND (%(branch)s IS NULL OR x.branch_id = %(branch)s)
            AND (%(service)s IS NULL OR o.service_id = %(service)s) AND {during("x.contacted_at")}"""


def readers(kind, counted):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), NULL FROM (
            SELECT DISTINCT doc.id, usr.id, ack.acknowledged_at, GREATEST(doc.in_force_from,
                (usr.create_date + interval '3 hours')::date) + company.cpa_acknowledge_days AS due_on
            FROM cpa_policy_document doc JOIN res_company company ON company.id = doc.company_id
            JOIN res_groups_users_rel own ON own.gid = (SELECT id FROM res_groups WHERE name->>'en_US' = 'Test readers')
            JOIN res_users usr ON usr.id = own.uid
            LEFT JOIN cpa_policy_acknowledgement ack ON ack.document_id = doc.id AND ack.user_id = usr.id
            WHERE doc.state = 'in_force' AND doc.kind = '{kind}' AND doc.company_id = %(company)s) q"""


def in_force(table, counted, due=None):
    of = f"max({due})" if due else "count(*)"
    return f"""SELECT {of}, count(*) FILTER (WHERE {counted}), NULL FROM {table}
        WHERE company_id = %(company)s AND in_force_from <= %(until)s
            AND (in_force_until IS NULL OR in_force_until > %(until)s)"""


def documents(kinds, due):
    return f"SELECT {due}, n, NULL FROM ({in_force('cpa_policy_document', f'kind IN ({kinds})')}) q(total, n, nothing)"


UNANSWERED = f"{open_('replied_at')} AND {open_('closed_at')}"
COMMITTEE = "decided_at IS NOT NULL"
LATE = "reply_timing IN ('late', 'past_ceiling')"
IN_HAND = f"{done('submitted_at')} AND {since('replied_at')} AND {since('closed_at')}"
CHANNELS = range(19, 27)
TOOLS = ((27, "bylaws"), (28, "research_guide"), (29, "support_guide"), (30, "support_form"))


def in_hand(counted, also="TRUE"):
    return f"""SELECT count(*), count(*) FILTER (WHERE {counted}), NULL FROM cpa_request r
        WHERE {OF_REQUEST} AND {IN_HAND} AND {also}"""


AGREEMENTS = f"""FROM cpa_agreement WHERE company_id = %(company)s AND {done("signed_at")} AND date_from <= %(until)s
    AND (date_to >= %(until)s) IS NOT FALSE AND (ended_on > %(until)s) IS NOT FALSE"""
DISPUTES = """FROM cpa_agreement_dispute x JOIN cpa_agreement a ON a.id = x.agreement_id
    WHERE a.company_id = %(company)s AND opened_on <= %(last)s AND (settled_on >= %(first)s) IS NOT FALSE"""
SUBMISSION = "JOIN cpa_request_submission b ON b.id = x.submission_id"
WAITING = (f"{done('x.asked_at')} AND {since('x.answered_at')}", open_("x.answered_at"))
DELIVERY_IN_HAND = f"x.state != 'cancelled' AND x.planned_date <= %(last)s AND {since('x.delivered_at')}"
INTERNAL = "EXISTS (SELECT FROM cpa_beneficiary f WHERE f.id = r.beneficiary_id AND f.is_internal)"

BY_HAND = {
    "P-01.charters": documents("'charter_beneficiary', 'charter_supporter', 'charter_volunteer'", 3),
    "P-02.in_force": f"SELECT count(*), count(*), NULL {AGREEMENTS}",
    "P-02.expiring": f"SELECT count(*), count(*) FILTER (WHERE date_to < %(until)s + 60), NULL {AGREEMENTS}",
    "P-02.settled": f"SELECT count(*), count(*) FILTER (WHERE settled_on <= %(last)s), NULL {DISPUTES}",
    "P-02.disputes": f"SELECT count(*), count(*) FILTER (WHERE (settled_on <= %(last)s) IS NOT TRUE), NULL {DISPUTES}",
    "P-03.path": requests("closed_at", "replied_at IS NOT NULL"),
    "P-03.cancelled": requests("closed_at", "state = 'cancelled'"),
    "P-03.entered_later": moves("cpa.request", "TRUE", "lag_hours >= 24"),
    "P-04.overdue": in_force("cpa_policy", "next_review_date < %(until)s"),
    "P-04.unplanned": in_force("cpa_policy", "next_review_date IS NULL"),
    "P-04.former": requests(
        "replied_at", "EXISTS (SELECT FROM cpa_policy p WHERE p.id = r.policy_id AND p.in_force_until <= %(last)s)"
    ),
    "P-05.days": requests("replied_at", "TRUE", mean="reply_days"),
    "P-05.late": requests("replied_at", LATE),
    "P-05.suggestions": requests("submitted_at", done("replied_at"), "kind = 'suggestion'"),
    "P-05.unanswered": in_hand(f"{UNANSWERED} AND reply_target_date < %(until)s", "kind = 'suggestion'"),
    "P-06.answered": of_request("cpa_outside_referral", during("x.referred_at"), done("x.answered_at"), OWN_BRANCH),
    "P-06.overdue": of_request(
        "cpa_outside_referral",
        f"x.state != 'closed' AND {done('x.referred_at')} AND {since('x.answered_at')}",
        f"{open_('x.answered_at')} AND x.follow_up_date < %(until)s",
        OWN_BRANCH,
    ),
    "P-06.closed": moves("cpa.outside.referral", "to_state IN ('answered', 'closed')", "to_state = 'closed'"),
    "P-07.proactive": requests("submitted_at", "initiative = 'proactive'"),
    "P-07.reached": approached("'reached', 'wants', 'not_interested'"),
    "P-07.missed": approached("'no_answer', 'wrong_number'"),
    "P-07.withdrawn": f"""SELECT count(*), count(*) FILTER (WHERE event = 'withdrawn'), NULL FROM cpa_consent
        WHERE {during("happened_at")}""",
    "P-08.assessed": requests(
        "decided_at", "EXISTS (SELECT FROM cpa_study s WHERE s.request_id = r.id AND s.need_level IS NOT NULL)"
    ),
    "P-08.again": of_request("cpa_request_submission", during("x.submitted_at"), "x.round > 1"),
    "P-09.online": requests("submitted_at", "channel_id = (SELECT id FROM cpa_channel WHERE code = 'website')"),
    "P-09.expired": own("cpa_application", "submitted_at", "state = 'expired'", service=True),
    "P-10.answered": questions(during("x.asked_at"), done("x.answered_at")),
    "P-10.time": questions(during("x.asked_at"), done("x.answered_at"), "x.answer_hours * 60"),
    "P-10.waiting": questions(*WAITING),
    "P-11.his_place": of_request(
        "cpa_delivery", during("x.delivered_at"), "x.place IN ('home', 'remote', 'transfer')", OWN_BRANCH
    ),
    "P-11.visits": of_request("cpa_visit", during("x.start"), "x.state = 'done'", OWN_BRANCH),
    "P-11.missed": of_request("cpa_visit", during("x.start"), "x.state = 'missed'", OWN_BRANCH),
    "P-14.met": questions(during("x.asked_at"), "x.misconception_id IS NOT NULL"),
    "P-14.waiting": questions(WAITING[0], f"{WAITING[1]} AND x.misconception_id IS NOT NULL"),
    "P-17.internal": requests("submitted_at", INTERNAL),
    "P-17.late": requests("replied_at", LATE, INTERNAL),
    **{
        f"P-{n}.requests": requests(
            "submitted_at", f"(SELECT clause_code FROM cpa_channel c WHERE c.id = r.channel_id) = 'P-{n}'"
        )
        for n in CHANNELS
    },
    **{f"P-{n}.inquiries": leads(f"c.clause_code = 'P-{n}'") for n in CHANNELS},
    **{
        f"P-{n}.time": leads(f"c.clause_code = 'P-{n}' AND l.first_answered_at IS NOT NULL", "l.answer_hours * 60")
        for n in CHANNELS
    },
    **{f"P-{n}.waiting": questions(*WAITING, channel=f"c.clause_code = 'P-{n}'") for n in CHANNELS},
    "P-27.in_force": documents("'bylaws'", 1),
    "P-28.in_force": documents("'research_guide'", 1),
    "P-29.in_force": documents("'support_guide'", 1),
    "P-30.in_force": documents("'support_form'", 1),
    **{f"P-{n}.read": readers(kind, done("acknowledged_at")) for n, kind in TOOLS},
    **{f"P-{n}.unread": readers(kind, f"{open_('acknowledged_at')} AND due_on < %(until)s") for n, kind in TOOLS},
    "P-31.wait": own("cpa_visitor", "arrived_at", "started_at IS NOT NULL", "waited_hours * 60"),
    "P-31.served": own("cpa_visitor", "arrived_at", "started_at IS NOT NULL", "served_hours * 60"),
    "P-31.left": own("cpa_visitor", "arrived_at", "started_at IS NULL AND ended_at IS NOT NULL"),
    "P-31.open": own("cpa_visitor", "arrived_at", "left_open_count > 0"),
    "P-32.complete": of_request(
        "cpa_request_check",
        f"x.state != 'pending' AND {during('b.submitted_at')}",
        "x.state = 'passed' AND x.due_date IS NULL",
        join=SUBMISSION,
    ),
    "P-32.later": of_request(
        "cpa_request_check",
        f"x.state != 'pending' AND {during('b.submitted_at')}",
        "x.state = 'passed' AND x.due_date IS NOT NULL",
        join=SUBMISSION,
    ),
    "P-32.later_days": moves(
        "cpa.request.check", "from_state = 'to_sight' AND to_state = 'passed'", mean="hours_in_from / 24.0"
    ),
    "P-32.overdue": of_request(
        "cpa_request_check",
        f"x.due_date IS NOT NULL AND {done('b.submitted_at')} AND {since('x.checked_at')}",
        f"{open_('x.checked_at')} AND x.due_date < %(until)s",
        join=SUBMISSION,
    ),
    "P-32.waived": of_request("cpa_request_check", during("x.checked_at"), "x.state = 'waived'"),
    "P-33.answered": of_request("cpa_referral", during("x.asked_at"), done("x.answered_at")),
    "P-33.time": of_request("cpa_referral", during("x.asked_at"), done("x.answered_at"), mean="x.answer_hours * 60"),
    "P-33.waiting": of_request("cpa_referral", f"x.state != 'cancelled' AND {WAITING[0]}", WAITING[1]),
    "P-34.signed": of_request(
        "cpa_request_submission",
        f"{during('x.submitted_at')} AND s.needs_declaration",
        "x.declaration_id IS NOT NULL",
        join="JOIN cpa_service s ON s.id = r.service_id",
    ),
    "P-34.again": moves("cpa.declaration", "to_state IN ('signed', 'void')", "to_state = 'void'"),
    "P-34.entered_later": moves(
        "cpa.declaration", "to_state IN ('signed', 'void')", "to_state = 'signed' AND lag_hours >= 24"
    ),
    "P-35.explained": requests("replied_at", "reply_explained", COMMITTEE),
    "P-35.days": requests("replied_at", "TRUE", COMMITTEE, "reply_days"),
    "P-35.days_contact": requests("replied_at", "TRUE", COMMITTEE, "reply_days_contact"),
    "P-35.before": requests("replied_at", "reply_two_weeks = 'before'", COMMITTEE),
    "P-35.on": requests("replied_at", "reply_two_weeks = 'on'", COMMITTEE),
    "P-35.after": requests("replied_at", "reply_two_weeks = 'after'", COMMITTEE),
    "P-35.early": requests("replied_at", "reply_timing = 'early'", COMMITTEE),
    "P-35.late": requests("replied_at", LATE, COMMITTEE),
    "P-35.past_ceiling": requests("replied_at", "reply_timing = 'past_ceiling'", COMMITTEE),
    "P-35.waiting": in_hand(f"{UNANSWERED} AND reply_ceiling_date < %(until)s AND paused_on IS NULL"),
    "P-35.changed": requests(
        "replied_at", "appeal_result IN ('changed', 'reversed')", f"appeal_of_id IS NOT NULL AND {COMMITTEE}"
    ),
    "P-35.deferred": of_request(
        "cpa_committee_case",
        during("e.opened_at"),
        "x.state IN ('deferred', 'undecided')",
        join="JOIN cpa_committee_session e ON e.id = x.session_id",
    ),
    "P-35.minutes": f"""SELECT count(*), count(*) FILTER (WHERE {open_("sealed_at")}), NULL FROM cpa_committee_session
        WHERE company_id = %(company)s AND {during("opened_at")}""",
    "P-36.registered": own("cpa_beneficiary", "create_date", "registered_on <= %(last)s"),
    "P-36.incomplete": f"""SELECT count(*), count(*) FILTER (WHERE (registered_on <= %(last)s) IS NOT TRUE), NULL
        FROM cpa_beneficiary WHERE company_id = %(company)s AND (%(branch)s IS NULL OR branch_id = %(branch)s)
            AND {done("create_date")}""",
    "P-37.delivered": of_request(
        "cpa_delivery",
        f"x.state != 'cancelled' AND x.planned_date {IN_PERIOD}",
        done("x.delivered_at"),
        OWN_BRANCH,
    ),
    "P-37.days": moves(
        "cpa.delivery", "from_state = 'planned' AND to_state = 'delivered'", mean="hours_in_from / 24.0"
    ),
    "P-37.overdue": of_request(
        "cpa_delivery",
        DELIVERY_IN_HAND,
        f"{open_('x.delivered_at')} AND x.planned_date < %(until)s",
        OWN_BRANCH,
    ),
    "P-37.unacknowledged": of_request(
        "cpa_delivery",
        f"x.state != 'cancelled' AND {during('x.delivered_at')}",
        open_("x.acknowledged_at"),
        OWN_BRANCH,
    ),
    "P-37.undelivered": moves(
        "cpa.request",
        "to_state = 'done' AND from_state IN ('approved', 'delivery') AND s.needs_delivery",
        "from_state = 'approved'",
    ),
    "P-37.returned": moves("cpa.payment.order", "to_state IN ('paid', 'returned')", "to_state = 'returned'"),
    "P-38.in_force": f"SELECT 1, n, NULL FROM ({in_force('cpa_policy', 'TRUE')}) q(total, n, nothing)",
    "P-38.incomplete": in_force(
        "cpa_policy",
        "coalesce(approval_session, '') = '' OR coalesce(resolution_number, '') = '' OR coalesce(approved_by, '') = ''",
    ),
    "P-38.open": """SELECT count(*), count(*) FILTER (WHERE (settled_on <= %(until)s) IS NOT TRUE), NULL
        FROM cpa_policy_reading""",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-11-20 09:00:00")
class TestPolicyIndicatorsSql(CpaCommon):
    """Each figure is recomputed by a query written by hand, over rows that differ by branch, service, day and hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.other_branch = env["cpa.branch"].create(
            {"name": "Other branch", "governorate_id": cls.branch.governorate_id.id}
        )
        cls.suggestion = env["cpa.service"].search([("kind", "=", "suggestion")], limit=1)
        cls.branches = cls.branch | cls.other_branch
        cls.consultation.write({"needs_declaration": True, "needs_delivery": True})
        cls.services = cls.support | cls.consultation | cls.suggestion
        cls.papers()
        evidence.fill(env, 400, date(2025, 12, 1), 150, cls.branches, cls.services)
        cls.Indicator = env["cpa.policy.indicator"].with_user(cls.manager)

    @classmethod
    def papers(cls):
        """Make versions, documents, agreements and disputes that begin and end around the periods."""
        env = cls.env
        cls.policy = env["cpa.policy"]._in_force()
        former = cls.policy.copy({"version": "0"})
        staff = cls.officer | cls.manager | cls.auditor | cls.secretary | cls.researcher | cls.delegate
        readers = env["res.groups"].create({"name": "Test readers", "user_ids": staff.ids})
        env.flush_all()
        env.cr.execute(
            """
            UPDATE cpa_policy SET state = 'superseded', in_force_from = '2020-01-01', in_force_until = '2026-02-20'
            WHERE id = %(former)s;
            UPDATE cpa_policy SET in_force_from = '2026-03-10', next_review_date = '2026-03-05' WHERE id = %(policy)s;
            UPDATE cpa_policy_document SET state = 'superseded' WHERE state = 'in_force';
            INSERT INTO cpa_policy_document (company_id, version, state, kind, name, in_force_from, in_force_until)
            SELECT %(company)s, 'T', CASE WHEN kind LIKE 'charter%%' THEN 'superseded' ELSE 'in_force' END, kind,
                '{"en_US": "T"}', since::date, until::date
            FROM (VALUES ('bylaws', '2026-03-02', NULL), ('research_guide', '2026-03-03', NULL),
                ('support_guide', '2026-03-04', NULL), ('support_form', '2026-03-05', NULL),
                ('charter_supporter', '2025-01-01', '2026-02-20'), ('charter_volunteer', '2026-03-31', NULL)
            ) AS v(kind, since, until);
            UPDATE res_company SET cpa_acknowledge_days = 10;
            UPDATE res_users SET create_date = '2025-01-01' WHERE id IN %(readers)s;
            INSERT INTO cpa_policy_document_reader_rel (document_id, group_id)
            SELECT id, %(group)s FROM cpa_policy_document WHERE version = 'T' AND state = 'in_force';
            INSERT INTO cpa_policy_acknowledgement (document_id, user_id, acknowledged_at)
            SELECT d.id, u.id, CASE WHEN u.id %% 2 = 0 THEN timestamp '2026-03-20 09:00' ELSE '2026-03-31 21:30' END
            FROM cpa_policy_document d, res_users u
            WHERE d.state = 'in_force' AND u.id IN %(readers)s AND u.id %% 3 > 0;
            UPDATE cpa_policy_reading SET settled_on = '2026-03-10', is_settled = TRUE
            WHERE id = (SELECT MIN(id) FROM cpa_policy_reading);
            INSERT INTO cpa_agreement_template (company_id, version, state, code, party, name)
            VALUES (%(company)s, '1', 'draft', 'T', 'volunteer', '{"en_US": "T"}');
            INSERT INTO cpa_agreement (template_id, partner_id, company_id, state, method, signed_at, date_from,
                date_to, ended_on)
            SELECT (SELECT MAX(id) FROM cpa_agreement_template), %(partner)s, %(company)s, 'signed', 'screen',
                signed::timestamp, signed::date, until::date, ended::date
            FROM (VALUES ('2025-10-01 09:00', '2026-02-28', NULL), ('2025-10-01 09:00', '2026-04-20', NULL),
                ('2025-10-01 09:00', NULL, '2026-03-20'), ('2026-02-28 21:30', NULL, NULL),
                ('2026-03-31 21:30', '2027-01-01', NULL)) AS v(signed, until, ended);
            INSERT INTO cpa_agreement_dispute (agreement_id, state, subject, opened_on, settled_on)
            SELECT (SELECT MAX(id) FROM cpa_agreement), 'open', 'S', opened::date, settled::date
            FROM (VALUES ('2026-01-10', '2026-01-20'), ('2026-01-10', '2026-03-02'), ('2026-02-10', NULL),
                ('2026-03-20', '2026-04-02'), ('2026-04-02', NULL)) AS v(opened, settled)
            """,
            {
                "former": former.id,
                "policy": cls.policy.id,
                "company": env.company.id,
                "partner": env.user.partner_id.id,
                "group": readers.id,
                "readers": tuple(readers.user_ids.ids),
            },
        )
        env.invalidate_all()

    def scopes(self):
        """Return scopes over the same rows: a quarter, a month, each branch, a service, both, and nothing."""
        none = (self.env["cpa.branch"], self.env["cpa.service"])
        quarter = Scope(self.env.company, date(2026, 1, 1), date(2026, 3, 31), *none)
        return [
            quarter,
            quarter._replace(date_from=date(2026, 2, 1), date_to=date(2026, 2, 28)),
            quarter._replace(branch=self.branch),
            quarter._replace(branch=self.other_branch),
            quarter._replace(service=self.support),
            quarter._replace(service=self.suggestion, branch=self.branch),
            quarter._replace(date_from=date(2019, 1, 1), date_to=date(2019, 3, 31)),
        ]

    def by_hand(self, indicator, scope):
        """Return the same figure as the query written by hand has it: ``(value, counted, of)``."""
        values = {
            "company": scope.company.id,
            "branch": scope.branch.id if scope.branch and indicator.by_branch else None,
            "service": scope.service.id if scope.service and indicator.by_service else None,
            "first": scope.date_from,
            "last": scope.date_to,
            "until": scope.date_to,
        }
        self.env.cr.execute(BY_HAND[indicator.code], values)
        [(of, counted, mean)] = self.env.cr.fetchall()
        if indicator.unit in ("days", "minutes"):
            return (None if mean is None else round(float(mean), 4), counted, of)
        if not of:
            return (None, counted, of)
        return (round(100 * counted / of, 4) if indicator.unit == "share" else counted, counted, of)

    def test_each_has_its_query(self):
        ours = self.env["ir.model.data"].search(
            [("module", "=", "cpa_beneficiary"), ("model", "=", "cpa.policy.indicator")]
        )
        self.assertEqual(
            set(self.Indicator.browse(ours.mapped("res_id")).mapped("code")), set(BY_HAND), "an indicator, a query"
        )

    def test_each_is_what_the_query_says(self):
        told = {}
        for scope in self.scopes():
            measured = self.Indicator._measured(scope, BY_HAND)
            for indicator in self.Indicator.search([("code", "in", list(BY_HAND))]):
                measure = measured[indicator.code]
                value = measure.value if measure.value is None else round(measure.value, 4)
                with self.subTest(code=indicator.code, scope=scope):
                    self.assertEqual((value, measure.counted, measure.of), self.by_hand(indicator, scope))
                told.setdefault(indicator, []).append((measure.value, measure.counted, measure.of))
        for indicator, figures in told.items():
            with self.subTest(code=indicator.code):
                # else the rows could not tell a wrong filter
                self.assertNotEqual(figures[0], figures[1], "a month differs from its quarter")
                self.assertEqual(figures[0] != figures[2], indicator.by_branch, "by branch, or it says that it is not")
                self.assertEqual(figures[0] != figures[4], indicator.by_service)

    def test_each_opens_what_it_counted(self):
        for scope in self.scopes()[:6:5]:
            measured = self.Indicator._measured(scope)
            for indicator in self.Indicator.search(Domain.TRUE):
                action = indicator._opened(scope)
                found = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
                with self.subTest(code=indicator.code):
                    self.assertEqual(len(found.search(action["domain"])), measured[indicator.code].counted)

    def test_as_many_queries_for_many_records(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Indicator._measured(self.scopes()[0])
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        evidence.fill(self.env, 200, date(2026, 1, 1), 90, self.branches, self.services)
        self.assertEqual(count(), few)
        self.assertLess(few, len(BY_HAND), "what is asked about the same records is one query")
