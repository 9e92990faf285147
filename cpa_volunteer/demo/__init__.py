from . import cpa_volunteer_demo
