"""The roles of volunteering, as the tables of moves name them (``security/groups.xml``)."""

COORDINATOR = "cpa_volunteer.group_coordinator"
# A volunteer on the website, for what is his own.
VOLUNTEER = "cpa_volunteer.group_volunteer"
