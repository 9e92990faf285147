from . import contact
from . import portal
