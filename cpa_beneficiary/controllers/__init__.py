from . import contact
from . import letter
from . import portal
