from . import cpa_volunteer, res_partner, res_users
