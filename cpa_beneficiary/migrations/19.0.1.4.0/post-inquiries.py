"""Asked before: an inquiry that nobody was assigned to belongs to its branch's association, else to the first one."""


def migrate(cr, version):
    cr.execute(
        """UPDATE crm_lead lead
              SET company_id = COALESCE(
                      (SELECT branch.company_id FROM cpa_branch branch WHERE branch.id = lead.cpa_branch_id),
                      (SELECT MIN(id) FROM res_company))
            WHERE lead.is_inquiry AND lead.company_id IS NULL"""
    )
