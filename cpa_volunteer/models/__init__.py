from . import cpa_beneficiary, cpa_volunteer, res_partner, res_users
