"""People by the hundred thousand, as one association would have after many years: all synthetic, written in SQL.

What the ORM would have written stands in the rows, computed columns too (``test_scale_people`` compares a sample).
"""

from itertools import islice, product

from odoo.tools import SQL

FIRST = """محمد أحمد عبدالله علي سالم صالح خالد سعود فهد ناصر مانع هادي يحيى إبراهيم حسين مبارك راشد حمد عايض مسفر
فاطمة نورة سارة مريم هدى عائشة منيرة حصة لطيفة أمل جميلة ريم شيخة وضحى زهراء خديجة غادة بدرية مها ظافرة"""
FATHER = """محمد أحمد عبدالرحمن علي سالم صالح خالد سعود فهد ناصر مانع هادي يحيى إبراهيم حسين مبارك راشد حمد عايض مسفر
قاسم جابر حسن مهدي عوض سعيد دخيل مرعي شبيب هزاع جلوي تركي بندر ماجد طلال وليد زيد فيصل مشعل عبدالعزيز"""
FAMILY = """اليامي الوادعي القحطاني الشهراني العتيبي الدوسري الغامدي الزهراني المالكي الحارثي العمري الأحمري
البيشي الشريف المطيري الحربي السبيعي البقمي الشمري الرشيدي الصيعري المهري النهدي الكربي العوامي الهمامي المنصوري
الحكمي النجراني العسيري الخالدي السلمي الجهني البلوي الفيفي المدخلي الصميلي الحازمي التميمي الهاجري"""
# The tables that carry people; the planner knows their sizes after ANALYZE only.
TABLES = ("res_partner", "cpa_beneficiary", "cpa_identity", "cpa_beneficiary_cpa_segment_rel", "cpa_request")


def phone(number):
    """Return the mobile of person ``number``."""
    return f"+9665{number:08}"


def identity(number):
    """Return the national ID of person ``number``, with its check digit."""
    digits = f"1{number:08}"
    total = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def file_number(number):
    """Return the file number of person ``number``."""
    return f"7{number:08}"


def make_people(env, count, branches=None, researcher=None):
    """Insert contacts with file, identity and segment, and a request of each tenth of them.

    Names are as unequal as in life: one person in six has the commonest first name.

    :param env: environment; nothing is committed
    :param count: how many people
    :param branches: two ``cpa.branch`` records: to the second one belongs one in 53 of them, to the first the rest
    :param researcher: ``res.users`` record who studies a few of the requests
    :return: ``range`` of the numbers of the people, which are the ids of their contacts
    """
    from odoo.addons.cpa_beneficiary.tools.text import (
        name_key,
    )  # a script knows the add-ons only once it has a database

    env.flush_all()
    execute = env.cr.execute
    execute("SELECT nextval('res_partner_id_seq')")
    [first] = env.cr.fetchone()
    numbers = range(first, first + count)
    words = {
        name: list(zip(*((word, name_key(word)) for word in listed.split()), strict=True))
        for name, listed in (("first", FIRST), ("father", FATHER), ("family", FAMILY))
    }
    shared = {
        "uid": env.uid,
        "company": env.company.id,
        "main_branch": branches[0].id if branches else None,
        "small_branch": branches[1].id if branches else None,
        "segment": env["cpa.segment"].search([], limit=1).id,
        "governorate": env["cpa.governorate"].search([], limit=1).id,
        "service": env.ref("cpa_beneficiary.service_consult").id,
        "channel": env.ref("cpa_beneficiary.channel_website").id,
        "numbers": SQL("generate_series(%s::bigint, %s) AS n", numbers[0], numbers[-1]),
        "logged": SQL("%s, %s, LOCALTIMESTAMP, LOCALTIMESTAMP", env.uid, env.uid),
    }
    for name, (spelt, keys) in words.items():
        shared |= {name: list(spelt), f"{name}_keys": list(keys)}
    execute(
        SQL(
            """
            INSERT INTO res_partner (id, name, complete_name, active, type, is_company, commercial_partner_id, lang,
                phone, phone_sanitized, email, email_normalized, partner_share, cpa_person, cpa_name_key,
                create_uid, write_uid, create_date, write_date)
            SELECT n, name, name, TRUE, 'contact', FALSE, n, 'ar_001',
                phone, phone, email, email, TRUE, TRUE, key, %(logged)s
            FROM %(numbers)s,
            LATERAL (SELECT
                1 + floor(40 * power(n * 7919 %% 1013 / 1013.0, 2))::int AS a,
                1 + floor(40 * power(n * 6101 %% 997 / 997.0, 2))::int AS b,
                1 + floor(40 * power(n * 4409 %% 991 / 991.0, 2))::int AS c,
                1 + floor(40 * (n * 3307 %% 1009 / 1009.0))::int AS d) AS part,
            LATERAL (SELECT
                concat_ws(' ', (%(first)s::text[])[a], 'بن', (%(father)s::text[])[b], (%(father)s::text[])[c],
                    (%(family)s::text[])[d]) AS name,
                concat_ws(' ', (%(first_keys)s::text[])[a], (%(father_keys)s::text[])[b],
                    (%(father_keys)s::text[])[c], (%(family_keys)s::text[])[d]) AS key,
                '+9665' || lpad(n::text, 8, '0') AS phone,
                CASE WHEN n %% 3 = 0 THEN 'person' || n || '@example.com' END AS email) AS made
            """,
            **shared,
        )
    )
    execute(
        SQL(
            """
            INSERT INTO cpa_identity (partner_id, type, number_plain, birth_date, expiry_date,
                sighted_at, sighted_by, sighted_how, create_uid, write_uid, create_date, write_date)
            SELECT n, 'NAT', digits || (10 - total %% 10) %% 10, DATE '1950-01-01' + (n %% 18000)::int,
                DATE '2040-01-01', LOCALTIMESTAMP, %(uid)s, 'counter', %(logged)s
            FROM %(numbers)s,
            LATERAL (SELECT '1' || lpad(n::text, 8, '0') AS digits) AS typed,
            LATERAL (SELECT sum(CASE WHEN place %% 2 = 0 THEN digit ELSE digit * 2 / 10 + digit * 2 %% 10 END) AS total
                FROM (SELECT place, substr(digits, place, 1)::int AS digit FROM generate_series(1, 9) AS place) AS each)
                AS summed
            """,
            **shared,
        )
    )
    execute(
        SQL(
            """
            WITH file AS (
                INSERT INTO cpa_beneficiary (partner_id, company_id, governorate_id, branch_id, officer_id, state,
                    file_number, registered_on, active, is_internal, create_uid, write_uid, create_date, write_date)
                SELECT n, %(company)s, %(governorate)s,
                    CASE WHEN n %% 53 = 0 THEN %(small_branch)s::int ELSE %(main_branch)s::int END, %(uid)s,
                    'registered', '7' || lpad(n::text, 8, '0'), DATE '2020-01-01' + (n %% 2000)::int, TRUE, FALSE,
                    %(logged)s
                FROM %(numbers)s
                RETURNING id, branch_id
            ), tagged AS (
                INSERT INTO cpa_beneficiary_cpa_segment_rel (cpa_beneficiary_id, cpa_segment_id)
                SELECT id, %(segment)s FROM file
            )
            INSERT INTO cpa_request (beneficiary_id, branch_id, company_id, service_id, kind, channel_id, state,
                subject, officer_id, researcher_id, first_contact_at, create_uid, write_uid, create_date, write_date)
            SELECT id, branch_id, %(company)s, %(service)s, 'consultation', %(channel)s, 'draft', 'Request ' || id,
                %(uid)s, CASE WHEN id %% 70 = 0 THEN %(researcher)s::int END, LOCALTIMESTAMP, %(logged)s
            FROM file WHERE id %% 10 = 0
            """,
            **shared,
            researcher=researcher.id if researcher else None,
        )
    )
    execute(SQL("SELECT setval('res_partner_id_seq', %s)", numbers[-1]))
    env.invalidate_all()
    # what autovacuum would have done in the meantime: trigrams into their index, sizes into the statistics
    execute(
        SQL(
            """SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE indrelid = 'res_partner'::regclass AND relam = (SELECT oid FROM pg_am WHERE amname = 'gin')"""
        )
    )
    for table in TABLES:
        execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return numbers


def make_decided(env, count):
    """Return requests that a committee has decided weeks ago, every third one rejected, and that wait for their reply.

    :param env: environment of who may take requests in; nothing is committed
    """
    names = map(" ".join, product(FIRST.split(), FATHER.split(), FAMILY.split()))
    people = env["cpa.beneficiary"].create(
        [{"name": name, "phone": f"+96655{number:07}"} for number, name in enumerate(islice(names, count))]
    )
    people.partner_id.sudo().lang = "ar_001"
    service = env.ref("cpa_beneficiary.service_sup_cash")
    requests = env["cpa.request"].create(
        [
            {
                "subject": "دعم مالي",
                "service_id": service.id,
                "channel_id": env.ref("cpa_beneficiary.channel_website").id,
                "beneficiary_id": person.id,
            }
            for person in people
        ]
    )
    env.flush_all()
    policy = env["cpa.policy"]._in_force()
    reason = env.ref("cpa_beneficiary.cpa_rejection_reason_no_budget")
    # the way of each from the counter to the decision is walked in other tests
    env.cr.execute(
        SQL(
            """UPDATE cpa_request
                  SET state = 'decided', number = '2000-' || LPAD(id::text, 6, '0'), policy_id = %s,
                      submitted_at = now() - INTERVAL '40 days', decided_at = now() - INTERVAL '10 days',
                      reply_floor_mode = 'warn', reply_floor_date = CURRENT_DATE - 26,
                      reply_target_date = CURRENT_DATE - 26, reply_ceiling_date = CURRENT_DATE - 10,
                      decision = CASE WHEN id %% 3 = 0 THEN 'reject' ELSE 'accept' END,
                      decision_amount = CASE WHEN id %% 3 = 0 THEN 0 ELSE 1500 END,
                      rejection_reason_id = CASE WHEN id %% 3 = 0 THEN %s END
                WHERE id IN %s""",
            policy.id,
            reason.id,
            requests._ids,
        )
    )
    env.invalidate_all()
    return requests
