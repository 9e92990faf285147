from . import base_partner_merge
from . import cpa_correction_wizard
from . import cpa_merge_wizard
from . import cpa_move_wizard
from . import cpa_reassign_wizard
from . import cpa_reply_wizard
from . import cpa_sighting_wizard
