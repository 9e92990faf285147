from . import test_participation, test_volunteer
