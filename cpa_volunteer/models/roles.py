"""The roles of volunteering, as the tables of moves name them (``security/groups.xml``)."""

COORDINATOR = "cpa_volunteer.group_coordinator"
# A volunteer on the website, for what is his own.
VOLUNTEER = "cpa_volunteer.group_volunteer"
# Who reads which request an opportunity serves, and what it is about.
REQUEST_READERS = ",".join(
    f"cpa_beneficiary.group_{role}"
    for role in ("officer", "delegate", "researcher", "secretary", "manager", "auditor", "privacy")
)
