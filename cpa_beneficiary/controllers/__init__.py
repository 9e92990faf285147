from . import contact
from . import letter
from . import pages
from . import portal
