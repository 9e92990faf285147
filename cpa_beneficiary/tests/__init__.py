from . import test_policy
from . import test_request_path
from . import test_tools
from . import test_committee
from . import test_today
