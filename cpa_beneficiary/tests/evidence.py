"""Rows of every kind that the indicators count, made up in SQL: as few as a test can check, or a million requests.

Who, where and when are drawn by a hash of the row's number: the same each time, and unequal between branches,
services, channels and days. A fifth of all moments lies at 21:30 UTC, which is the next day in Riyadh. States follow
from the moments; nothing else of a row is as the ORM would have written it.
"""

import re

from odoo.tools import SQL

TABLES = (
    "cpa_request",
    "cpa_declaration",
    "cpa_request_submission",
    "cpa_request_check",
    "cpa_request_move",
    "cpa_referral",
    "cpa_outside_referral",
    "cpa_delivery",
    "cpa_visit",
    "cpa_study",
    "cpa_beneficiary",
    "cpa_visitor",
    "crm_lead",
    "cpa_inquiry_question",
)


def fill(env, count, begin, days, branches, services, people=None):
    """Insert ``count`` requests and what belongs to them; nothing is committed.

    :param env: environment of the superuser
    :param begin: ``date`` of the first day
    :param days: over how many days they are spread
    :param branches: ``cpa.branch`` records
    :param services: ``cpa.service`` records; what is asked of the first two is decided by the committee
    :param people: how many files, by default one for each third request
    """
    env.flush_all()
    cr = env.cr
    ids = {}
    for table in (*TABLES, "res_partner", "cpa_committee_session", "cpa_consent", "cpa_application"):
        cr.execute(SQL("SELECT COALESCE(MAX(id), 0) + 1 FROM %s", SQL.identifier(table)))
        [ids[table]] = cr.fetchone()
    values = {
        "count": count,
        "people": people or count // 3 + 1,
        "begin": begin,
        "days": days,
        "branches": branches.ids,
        "services": services.ids,
        "kinds": services.mapped("kind"),
        "channels": env["cpa.channel"].search([], order="sequence").ids,
        "company": env.company.id,
        "uid": env.uid,
        "policies": env["cpa.policy"].search([]).ids,
        "misconception": env["cpa.misconception"].search([], limit=1).id,
        "body": env["cpa.outside.body"].search([], limit=1).id,
        "requirement": services[0].requirement_ids[:1].id,
        "committee": env["cpa.committee"].search([], limit=1).id,
        "text": env["cpa.declaration.text"].search([], limit=1).id,
        "purpose": env["cpa.consent.purpose"].search([], limit=1).id,
        "wording": env["cpa.consent.wording"].search([], limit=1).id,
    } | {f"id_{table}": number - 1 for table, number in ids.items()}
    cr.execute(
        """
        CREATE OR REPLACE FUNCTION pg_temp.draw(n bigint, what int, size int) RETURNS int LANGUAGE sql IMMUTABLE AS
        'SELECT (abs(hashint8extended(n, what)) % size)::int';
        CREATE OR REPLACE FUNCTION pg_temp.moment(n bigint, what int, begin date, days int) RETURNS timestamp
        LANGUAGE sql IMMUTABLE AS
        'SELECT begin + make_interval(days => pg_temp.draw(n, what, days)) + CASE WHEN pg_temp.draw(n, what + 1, 5) = 0
            THEN interval ''21:30'' ELSE make_interval(secs => pg_temp.draw(n, what + 2, 86400)) END';
        """
    )
    for statement in STATEMENTS:
        cr.execute(statement, values)
    for table in (*TABLES, "res_partner", "cpa_committee_session", "cpa_consent", "cpa_application"):
        cr.execute(SQL("SELECT setval(%s, (SELECT MAX(id) FROM %s))", f"{table}_id_seq", SQL.identifier(table)))
    if count > 10_000:
        for table in TABLES:
            cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


STATEMENTS = (
    # people
    """
    INSERT INTO res_partner (id, name, complete_name, active, type, cpa_person)
    SELECT %(id_res_partner)s + n, 'P' || n, 'P' || n, TRUE, 'contact', TRUE FROM generate_series(1, %(people)s) n
    """,
    """
    INSERT INTO cpa_beneficiary (id, partner_id, company_id, branch_id, state, is_internal, create_date, registered_on)
    SELECT %(id_cpa_beneficiary)s + n, %(id_res_partner)s + n, %(company)s,
        (%(branches)s)[1 + draw(n, 301, cardinality(%(branches)s))],
        CASE WHEN draw(n, 302, 4) = 0 THEN 'draft' ELSE 'registered' END, draw(n, 303, 5) = 0, t,
        CASE WHEN draw(n, 302, 4) > 0 THEN t::date + draw(n, 304, 30) END
    FROM (SELECT n, pg_temp.moment(n, 305, %(begin)s, %(days)s) t FROM generate_series(1, %(people)s) n) x
    """,
    # requests
    """
    INSERT INTO cpa_request (id, number, subject, company_id, branch_id, service_id, kind, channel_id, beneficiary_id,
        policy_id, submitted_at, first_contact_at, decided_at, replied_at, closed_at, paused_on,
        reply_floor_date, reply_target_date, reply_ceiling_date, reply_days, reply_days_contact, reply_two_weeks,
        reply_timing, reply_explained, appeal_of_id, appeal_result, state, create_date)
    SELECT %(id_cpa_request)s + n, 'E' || %(id_cpa_request)s + n, 'R', %(company)s,
        (%(branches)s)[1 + draw(n, 1, cardinality(%(branches)s))], (%(services)s)[s], (%(kinds)s)[s],
        (%(channels)s)[1 + draw(n, 3, 8) * draw(n, 4, 8) / 7], %(id_cpa_beneficiary)s + 1 + draw(n, 5, %(people)s),
        (%(policies)s)[1 + draw(n, 6, cardinality(%(policies)s))], submitted, submitted - interval '1 day',
        CASE WHEN s < 3 THEN replied - interval '1 day' END, replied,
        CASE WHEN replied IS NULL AND draw(n, 7, 3) = 0 THEN submitted + interval '9 days'
            WHEN draw(n, 8, 4) > 0 THEN replied + interval '5 days' END,
        CASE WHEN replied IS NULL AND draw(n, 9, 4) = 0 THEN submitted::date END,
        submitted::date + 14, submitted::date + 14, submitted::date + 30, replied::date - submitted::date,
        replied::date - submitted::date + 1,
        CASE WHEN s < 3 AND replied IS NOT NULL THEN (ARRAY['before', 'on', 'after'])[1 + draw(n, 10, 3)] END,
        CASE WHEN replied IS NOT NULL
            THEN (ARRAY['on_time', 'on_time', 'late', 'early', 'past_ceiling'])[1 + draw(n, 11, 5)] END,
        draw(n, 12, 3) > 0, NULL, NULL,
        CASE WHEN replied IS NULL THEN CASE WHEN draw(n, 7, 3) = 0 THEN 'cancelled' ELSE 'submitted' END
            WHEN draw(n, 8, 4) > 0 THEN 'done' ELSE 'approved' END, submitted
    FROM (
        SELECT n, 1 + draw(n, 2, cardinality(%(services)s)) s, submitted,
            CASE WHEN draw(n, 13, 5) > 0 THEN submitted + make_interval(days => draw(n, 14, 40)) END replied
        FROM (SELECT n, pg_temp.moment(n, 15, %(begin)s, %(days)s) submitted FROM generate_series(1, %(count)s) n) x
    ) x
    """,
    """
    UPDATE cpa_request SET appeal_of_id = id - 1,
        appeal_result = CASE WHEN replied_at IS NOT NULL THEN (ARRAY['upheld', 'changed', 'reversed'])[1 + id %% 3] END
    WHERE id > %(id_cpa_request)s + 1 AND draw(id, 16, 12) = 0
    """,
    """
    INSERT INTO cpa_declaration (id, request_id, text_id, state, signer_name, method)
    SELECT %(id_cpa_declaration)s + row_number() OVER (), id, %(text)s, 'signed', 'S', 'paper'
    FROM cpa_request WHERE id > %(id_cpa_request)s AND draw(id, 17, 3) > 0
    """,
    """
    INSERT INTO cpa_request_submission (id, request_id, round, submitted_at, declaration_id)
    SELECT %(id_cpa_request_submission)s + row_number() OVER (), r.id, i,
        r.submitted_at + make_interval(days => i * 5 - 5), d.id
    FROM cpa_request r CROSS JOIN generate_series(1, 2) i LEFT JOIN cpa_declaration d ON d.request_id = r.id
    WHERE r.id > %(id_cpa_request)s AND (i = 1 OR draw(r.id, 21, 5) = 0)
    """,
    """
    INSERT INTO cpa_request_check (id, submission_id, request_id, requirement_id, name, sighted_how, state, due_date,
        checked_at)
    SELECT %(id_cpa_request_check)s + row_number() OVER (), s.id, s.request_id, %(requirement)s, 'I', 'counter',
        CASE draw(s.id * 4 + i, 32, 6) WHEN 0 THEN 'pending' WHEN 1 THEN 'to_sight' WHEN 2 THEN 'waived'
            ELSE 'passed' END,
        CASE WHEN draw(s.id * 4 + i, 32, 6) IN (1, 2, 3) THEN s.submitted_at::date + draw(s.id * 4 + i, 33, 40) END,
        CASE WHEN draw(s.id * 4 + i, 32, 6) >= 2
            THEN s.submitted_at + make_interval(days => draw(s.id * 4 + i, 34, 45)) END
    FROM cpa_request_submission s, generate_series(1, 2) i WHERE s.id > %(id_cpa_request_submission)s
    """,
    # the journal
    """
    INSERT INTO cpa_request_move (id, res_model, res_id, request_id, from_state, to_state, user_id, happened_at,
        entered_at, lag_hours, hours_in_from)
    SELECT %(id_cpa_request_move)s + row_number() OVER (), k.model, r.id, r.id, k.before, k.after, %(uid)s,
        r.submitted_at + make_interval(days => draw(r.id * 32 + k.i, 41, 50)),
        r.submitted_at + interval '60 days', draw(r.id * 32 + k.i, 42, 48), draw(r.id * 32 + k.i, 43, 2000)
    FROM cpa_request r, (VALUES
        (1, 'cpa.request', 'draft', 'submitted', 1), (2, 'cpa.request', 'submitted', 'research', 2),
        (3, 'cpa.request', 'research', 'committee', 2), (4, 'cpa.request', 'approved', 'done', 7),
        (5, 'cpa.request', 'delivery', 'done', 2), (6, 'cpa.request.check', 'to_sight', 'passed', 3),
        (7, 'cpa.request.check', 'pending', 'passed', 2), (8, 'cpa.declaration', 'draft', 'signed', 2),
        (9, 'cpa.declaration', 'signed', 'void', 5), (10, 'cpa.delivery', 'planned', 'delivered', 4),
        (11, 'cpa.payment.order', 'approved', 'paid', 4), (12, 'cpa.payment.order', 'paid', 'returned', 15),
        (13, 'cpa.outside.referral', 'open', 'answered', 8), (14, 'cpa.outside.referral', 'open', 'closed', 12)
    ) AS k(i, model, before, after, one_in)
    WHERE r.id > %(id_cpa_request)s AND draw(r.id * 32 + k.i, 44, k.one_in) = 0
    """,
    # what belongs to a request
    """
    INSERT INTO cpa_referral (id, request_id, officer_id, question, state, asked_at, answered_at, answer_hours)
    SELECT %(id_cpa_referral)s + row_number() OVER (), id, %(uid)s, 'Q',
        (ARRAY['answered', 'answered', 'open', 'cancelled'])[1 + draw(id, 51, 4)], asked,
        CASE WHEN draw(id, 51, 4) < 2 THEN asked + make_interval(hours => draw(id, 52, 400)) END, draw(id, 52, 400)
    FROM (SELECT id, submitted_at + make_interval(hours => draw(id, 53, 300)) asked FROM cpa_request
        WHERE id > %(id_cpa_request)s AND draw(id, 54, 4) = 0) x
    """,
    """
    INSERT INTO cpa_outside_referral (id, request_id, branch_id, body_id, user_id, asked, consent_how, state,
        follow_up_date, referred_at, answered_at)
    SELECT %(id_cpa_outside_referral)s + row_number() OVER (), id, branch_id, %(body)s, %(uid)s, 'A', 'none',
        (ARRAY['answered', 'open', 'closed'])[1 + draw(id, 61, 3)], referred::date + draw(id, 62, 30), referred,
        CASE WHEN draw(id, 61, 3) = 0 THEN referred + make_interval(days => draw(id, 63, 40)) END
    FROM (SELECT id, branch_id, submitted_at + make_interval(hours => draw(id, 64, 300)) referred FROM cpa_request
        WHERE id > %(id_cpa_request)s AND draw(id, 65, 5) = 0) x
    """,
    """
    INSERT INTO cpa_delivery (id, request_id, branch_id, name, kind, place, state, planned_date, delivered_at,
        acknowledged_at, quantity)
    SELECT %(id_cpa_delivery)s + row_number() OVER (), id, (%(branches)s)[1 + draw(id, 71, cardinality(%(branches)s))],
        'D', 'item', (ARRAY['branch', 'home', 'transfer', 'remote', 'site'])[1 + draw(id, 72, 5)],
        (ARRAY['planned', 'delivered', 'acknowledged', 'acknowledged', 'cancelled'])[1 + draw(id, 73, 5)], planned,
        CASE WHEN draw(id, 73, 5) IN (1, 2, 3) THEN planned + make_interval(hours => draw(id, 74, 500)) END,
        CASE WHEN draw(id, 73, 5) IN (2, 3) THEN planned + make_interval(hours => draw(id, 74, 500) + 200) END, 1
    FROM (SELECT id, replied_at::date + draw(id, 75, 20) planned FROM cpa_request
        WHERE id > %(id_cpa_request)s AND replied_at IS NOT NULL AND draw(id, 76, 2) = 0) x
    """,
    """
    INSERT INTO cpa_visit (id, request_id, branch_id, user_id, kind, state, start, stop)
    SELECT %(id_cpa_visit)s + row_number() OVER (), id, (%(branches)s)[1 + draw(id, 81, cardinality(%(branches)s))],
        %(uid)s, 'home', (ARRAY['planned', 'done', 'done', 'missed', 'cancelled'])[1 + draw(id, 82, 5)], t,
        t + interval '1 hour'
    FROM (SELECT id, submitted_at + make_interval(hours => draw(id, 83, 500)) t FROM cpa_request
        WHERE id > %(id_cpa_request)s AND draw(id, 84, 3) = 0) x
    """,
    """
    INSERT INTO cpa_study (id, request_id, researcher_id, state, need_level)
    SELECT %(id_cpa_study)s + row_number() OVER (), id, %(uid)s, 'presented',
        CASE WHEN draw(id, 91, 3) > 0 THEN 'high' END
    FROM cpa_request WHERE id > %(id_cpa_request)s AND decided_at IS NOT NULL AND draw(id, 92, 5) > 0
    """,
    """
    INSERT INTO cpa_committee_session (id, committee_id, company_id, minimum_votes, quorum_rule, majority_rule, mode,
        state, planned_at, opened_at, sealed_at)
    SELECT %(id_cpa_committee_session)s + n, %(committee)s, %(company)s, 2, 'half', 'more_for', 'meeting', 'minutes',
        t, t, CASE WHEN draw(n, 101, 3) > 0 THEN t + make_interval(days => draw(n, 102, 20)) END
    FROM (SELECT n, pg_temp.moment(n, 103, %(begin)s, %(days)s) t
        FROM generate_series(1, GREATEST(%(days)s / 7, 9)) n) x
    """,
    """
    INSERT INTO cpa_committee_case (session_id, request_id, state)
    SELECT %(id_cpa_committee_session)s + 1 + draw(id, 111, GREATEST(%(days)s / 7, 9)), id,
        (ARRAY['decided', 'decided', 'deferred', 'undecided'])[1 + draw(id, 112, 4)]
    FROM cpa_request WHERE id > %(id_cpa_request)s AND decided_at IS NOT NULL
    """,
    # inquiries and visitors
    """
    INSERT INTO crm_lead (id, name, type, active, is_inquiry, company_id, cpa_branch_id, channel_id, create_date,
        first_answered_at, answer_hours)
    SELECT %(id_crm_lead)s + n, 'L', 'opportunity', draw(n, 120, 6) > 0, draw(n, 121, 7) > 0,
        CASE WHEN draw(n, 122, 3) > 0 THEN %(company)s END,
        (%(branches)s)[1 + draw(n, 123, cardinality(%(branches)s))],
        (%(channels)s)[1 + draw(n, 124, 8) * draw(n, 125, 8) / 7], t,
        CASE WHEN draw(n, 126, 3) > 0 THEN t + interval '3 hours' END, draw(n, 127, 100)
    FROM (SELECT n, pg_temp.moment(n, 128, %(begin)s, %(days)s) t FROM generate_series(1, %(count)s) n) x
    """,
    """
    INSERT INTO cpa_inquiry_question (id, lead_id, name, state, asked_at, answered_at, answer_hours, misconception_id)
    SELECT %(id_cpa_inquiry_question)s + row_number() OVER (), id, 'Q',
        CASE WHEN draw(id, 131, 4) > 0 THEN 'answered' ELSE 'open' END, create_date,
        CASE WHEN draw(id, 131, 4) > 0 THEN create_date + make_interval(hours => draw(id, 132, 700)) END,
        draw(id, 132, 700), CASE WHEN draw(id, 133, 4) = 0 THEN %(misconception)s END
    FROM crm_lead WHERE id > %(id_crm_lead)s AND is_inquiry
    """,
    """
    INSERT INTO cpa_visitor (id, channel_id, company_id, branch_id, state, arrived_at, started_at, ended_at,
        waited_hours, served_hours, left_open_count)
    SELECT %(id_cpa_visitor)s + n, (%(channels)s)[1], %(company)s,
        (%(branches)s)[1 + draw(n, 141, cardinality(%(branches)s))], 'left', t,
        CASE WHEN draw(n, 142, 4) > 0 THEN t + interval '9 minutes' END,
        CASE WHEN draw(n, 143, 6) > 0 THEN t + interval '1 hour' END, draw(n, 144, 90) / 60.0, draw(n, 145, 90) / 60.0,
        draw(n, 146, 3)
    FROM (SELECT n, pg_temp.moment(n, 147, %(begin)s, %(days)s) t FROM generate_series(1, %(count)s) n) x
    """,
    # outreach, consents and applications
    """
    INSERT INTO cpa_outreach (name, state, way, company_id, service_id)
    SELECT '{"en_US": "O"}', 'running', 'call', %(company)s, s FROM unnest(%(services)s) s
    """,
    """
    INSERT INTO cpa_outreach_contact (outreach_id, beneficiary_id, branch_id, company_id, way, state, contacted_at)
    SELECT (SELECT MAX(id) FROM cpa_outreach) - draw(n, 171, cardinality(%(services)s)), %(id_cpa_beneficiary)s + n,
        (%(branches)s)[1 + draw(n, 172, cardinality(%(branches)s))], %(company)s, 'call',
        (ARRAY['reached', 'wants', 'no_answer', 'wrong_number', 'waiting'])[1 + draw(n, 173, 5)],
        CASE WHEN draw(n, 173, 5) < 4 THEN pg_temp.moment(n, 174, %(begin)s, %(days)s) END
    FROM generate_series(1, %(people)s) n
    """,
    """
    UPDATE cpa_request SET initiative = CASE draw(id, 175, 6) WHEN 0 THEN 'proactive' ELSE 'reactive' END
    WHERE id > %(id_cpa_request)s
    """,
    """
    INSERT INTO cpa_consent (id, partner_id, purpose_id, wording_id, user_id, event, method, happened_at, entered_at)
    SELECT %(id_cpa_consent)s + n, %(id_res_partner)s + n, %(purpose)s, %(wording)s, %(uid)s,
        CASE WHEN draw(n, 151, 3) = 0 THEN 'withdrawn' ELSE 'given' END, 'counter', t, t
    FROM (SELECT n, pg_temp.moment(n, 152, %(begin)s, %(days)s) t FROM generate_series(1, %(people)s) n) x
    """,
    """
    INSERT INTO cpa_application (id, company_id, branch_id, service_id, state, token, submitted_at)
    SELECT %(id_cpa_application)s + n, %(company)s, (%(branches)s)[1 + draw(n, 161, cardinality(%(branches)s))],
        (%(services)s)[1 + draw(n, 162, cardinality(%(services)s))],
        (ARRAY['accepted', 'accepted', 'expired', 'refused'])[1 + draw(n, 163, 4)],
        'evidence-' || %(id_cpa_application)s + n, t
    FROM (SELECT n, pg_temp.moment(n, 164, %(begin)s, %(days)s) t FROM generate_series(1, %(people)s) n) x
    """,
)
# the functions are of the session that fills
STATEMENTS = tuple(re.sub(r"(?<=[ (])draw\(", "pg_temp.draw(", statement) for statement in STATEMENTS)
