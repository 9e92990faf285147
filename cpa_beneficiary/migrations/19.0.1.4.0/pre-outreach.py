def migrate(cr, version):
    """Whoever asked before there was an outreach came by himself: said by the database, not counted row by row."""
    cr.execute("ALTER TABLE cpa_request ADD COLUMN IF NOT EXISTS outreach_contact_id integer")
    cr.execute("ALTER TABLE cpa_request ADD COLUMN IF NOT EXISTS outreach_id integer")
    cr.execute("ALTER TABLE cpa_request ADD COLUMN IF NOT EXISTS initiative varchar DEFAULT 'reactive'")
    cr.execute("ALTER TABLE cpa_request ALTER COLUMN initiative DROP DEFAULT")
