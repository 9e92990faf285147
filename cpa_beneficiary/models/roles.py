"""The roles of the association, as the tables of moves name them (``security/groups.xml``)."""

APPLICANT = "cpa_beneficiary.group_applicant"
DELEGATE = "cpa_beneficiary.group_delegate"
MANAGER = "cpa_beneficiary.group_manager"
MEMBER = "cpa_beneficiary.group_member"
OFFICER = "cpa_beneficiary.group_officer"
PRIVACY = "cpa_beneficiary.group_privacy"
RESEARCHER = "cpa_beneficiary.group_researcher"
SECRETARY = "cpa_beneficiary.group_secretary"
# Held by ``user_website`` alone, which acts where an applicant without a login does something.
WEBSITE = "cpa_beneficiary.group_website"
