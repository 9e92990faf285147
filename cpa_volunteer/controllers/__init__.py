from . import certificate, volunteering
