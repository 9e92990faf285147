from . import cpa_volunteer
from . import res_partner
from . import res_users
