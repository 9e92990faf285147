from . import cpa_demo
