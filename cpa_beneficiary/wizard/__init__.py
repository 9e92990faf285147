from . import base_partner_merge, cpa_move_wizard
