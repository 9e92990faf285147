"""The roles of the association, as the tables of moves name them (``security/groups.xml``)."""

DELEGATE = "cpa_beneficiary.group_delegate"
MANAGER = "cpa_beneficiary.group_manager"
MEMBER = "cpa_beneficiary.group_member"
OFFICER = "cpa_beneficiary.group_officer"
RESEARCHER = "cpa_beneficiary.group_researcher"
SECRETARY = "cpa_beneficiary.group_secretary"
