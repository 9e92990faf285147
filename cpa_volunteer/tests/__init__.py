from . import test_participation, test_volunteer, test_volunteering_website
