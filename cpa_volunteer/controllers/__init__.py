from . import certificate, guardian, my_volunteering, volunteering
