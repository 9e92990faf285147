from . import application
from . import contact
from . import letter
from . import my_file
from . import pages
from . import portal
from . import portal_request
