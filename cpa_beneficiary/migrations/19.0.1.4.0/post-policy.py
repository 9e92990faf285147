"""Entered before: tools of the staff are read by all of the staff (P-27 to P-30); readings know their settings."""


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
    # the readings of this add-on are named after their code
    cr.execute(
        """UPDATE cpa_policy_reading reading
              SET code = replace(data.name, 'cpa_policy_reading_', '')
             FROM ir_model_data data
            WHERE data.module = 'cpa_beneficiary' AND data.model = 'cpa.policy.reading' AND data.res_id = reading.id
              AND reading.code IS NULL"""
    )
