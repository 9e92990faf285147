"""Tools of the staff that were entered before readers were named are read by all of the staff (P-27 to P-30)."""


def migrate(cr, version):
    cr.execute(
        """INSERT INTO cpa_policy_document_reader_rel (document_id, group_id)
                SELECT document.id, data.res_id
                  FROM cpa_policy_document document,
                       ir_model_data data
                 WHERE document.kind IN ('bylaws', 'research_guide', 'support_guide', 'support_form')
                   AND data.module = 'cpa_beneficiary' AND data.name = 'group_staff' AND data.model = 'res.groups'
           ON CONFLICT DO NOTHING"""
    )
