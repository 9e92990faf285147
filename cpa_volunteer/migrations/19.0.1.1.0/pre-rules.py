"""Record rules are renewed with every update from this version on."""


def migrate(cr, version):
    cr.execute("UPDATE ir_model_data SET noupdate = false WHERE module = 'cpa_volunteer' AND model = 'ir.rule'")
