from . import base_partner_merge, cpa_merge_wizard, cpa_move_wizard, cpa_reply_wizard, cpa_sighting_wizard
