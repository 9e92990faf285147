def migrate(cr, version):
    """Attempts are counted in one row for each period from now on; those of the last hours are forgotten."""
    cr.execute("TRUNCATE cpa_rate_limit")
