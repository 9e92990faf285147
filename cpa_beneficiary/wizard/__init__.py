from . import cpa_move_wizard
from . import base_partner_merge
