"""Minutes that were signed keep their signatures; sessions that are closed begin the chain, in the order of closing.

The last step of the upgrade: what is sealed is what all of them have made of it.
"""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools.sql import column_exists


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"active_test": False})
    if column_exists(cr, "cpa_committee_attendance", "signed_at"):
        _keep_signatures(env)
        cr.execute("ALTER TABLE cpa_committee_attendance DROP COLUMN signed_at")
    cr.execute("ALTER TABLE cpa_committee_session DROP COLUMN IF EXISTS event_id")
    env.invalidate_all()
    for session in env["cpa.committee.session"].browse(_closed(cr)):
        session._effect_seal(None)


def _keep_signatures(env):
    env.cr.execute("SELECT DISTINCT session_id FROM cpa_committee_attendance WHERE signed_at IS NOT NULL")
    for session in env["cpa.committee.session"].browse(row[0] for row in env.cr.fetchall()):
        session._fix_minutes()
    env.flush_all()
    # drawn signatures begin with this version: until now members signed by their login
    env.cr.execute(
        """
        INSERT INTO cpa_committee_signature
               (session_id, attendance_id, user_id, signer_name, method, digest, signed_at, entered_at, recorded_by,
                create_uid, write_uid, create_date, write_date)
        SELECT line.session_id, line.id, member.user_id, partner.name, 'screen', session.minutes_digest, line.signed_at,
               line.signed_at, member.user_id, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM cpa_committee_attendance line
          JOIN cpa_committee_session session ON session.id = line.session_id
          JOIN cpa_committee_member member ON member.id = line.member_id
          JOIN res_users person ON person.id = member.user_id
          JOIN res_partner partner ON partner.id = person.partner_id
         WHERE line.signed_at IS NOT NULL
        """
    )


def _closed(cr):
    """Return the ids of the closed sessions without a seal, those closed first before the others."""
    cr.execute(
        """
        SELECT session.id
          FROM cpa_committee_session session
          LEFT JOIN cpa_request_move move
            ON move.res_model = 'cpa.committee.session' AND move.res_id = session.id AND move.to_state = 'closed'
         WHERE session.state = 'closed' AND session.seal_digest IS NULL
         ORDER BY move.happened_at, session.id
        """
    )
    return [row[0] for row in cr.fetchall()]
