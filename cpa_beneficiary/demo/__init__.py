from . import cpa_demo
from . import cpa_demo_outreach
from . import cpa_demo_policy
