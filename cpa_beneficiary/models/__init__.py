# mixins first: the models below inherit them
from . import base
from . import cpa_append_only_mixin
from . import cpa_happened_mixin
from . import cpa_lifecycle_mixin
from . import cpa_hijri_mixin
from . import cpa_person_mixin
from . import cpa_version_mixin
from . import cpa_channel
from . import cpa_channel_mixin
from . import cpa_satisfaction_source

# reference
from . import cpa_governorate
from . import cpa_segment
from . import cpa_branch
from . import cpa_department
from . import cpa_rejection_reason
from . import cpa_service
from . import cpa_service_requirement

# policy
from . import cpa_policy
from . import cpa_policy_clause
from . import cpa_policy_document
from . import cpa_policy_acknowledgement
from . import cpa_policy_reading

# people
from . import res_users
from . import res_partner
from . import cpa_access_trace
from . import cpa_identity
from . import cpa_beneficiary
from . import cpa_beneficiary_identity
from . import cpa_beneficiary_duplicates
from . import cpa_supporter
from . import cpa_social_profile
from . import cpa_representation
from . import cpa_household_member

# the website: logins of our people
from . import res_users_applicant
from . import cpa_consent_purpose
from . import cpa_consent
from . import cpa_beneficiary_consent
from . import cpa_consent_reach
from . import mailing_mailing
from . import mailing_subscription
from . import mail_compose_message
from . import mail_mail
from . import mail_blacklist
from . import sms_composer
from . import cpa_correction_proposal
from . import cpa_beneficiary_website

# the counter
from . import cpa_visitor

# inquiries
from . import mail_thread
from . import crm_stage
from . import crm_lead
from . import crm_lead_desk
from . import crm_lead_mail
from . import crm_lead_website
from . import crm_lead_call
from . import cpa_rate_limit
from . import cpa_proof_code
from . import cpa_inquiry_question
from . import cpa_channel_figures
from . import cpa_misconception
from . import cpa_reply_text

# the request's path
from . import cpa_lifecycle_applicant
from . import cpa_request
from . import cpa_request_beneficiary
from . import cpa_request_applicant
from . import cpa_request_move
from . import ir_attachment
from . import ir_http
from . import cpa_request_submission
from . import cpa_request_check
from . import cpa_request_check_automatic
from . import cpa_request_declaration
from . import cpa_declaration_text
from . import cpa_declaration
from . import cpa_declaration_correction
from . import cpa_explanation
from . import cpa_request_explanation
from . import cpa_request_clock
from . import cpa_request_decision
from . import cpa_request_reply
from . import cpa_request_notice
from . import cpa_letter
from . import cpa_request_timeliness
from . import cpa_request_hold
from . import cpa_request_clock_shown
from . import cpa_request_pin
from . import cpa_request_papers
from . import cpa_request_kind
from . import cpa_request_merchant
from . import cpa_request_consultation
from . import cpa_request_awareness
from . import cpa_request_voice
from . import cpa_request_privacy
from . import cpa_referral
from . import cpa_outside_body
from . import cpa_outside_referral
from . import cpa_request_inquiry
from . import cpa_request_research
from . import cpa_study_section
from . import cpa_study
from . import cpa_study_finding
from . import cpa_study_presentation
from . import cpa_study_assignment
from . import cpa_visit
from . import cpa_delivery
from . import cpa_delivery_receipt
from . import cpa_delivery_reminder
from . import cpa_payment_order
from . import cpa_request_delivery
from . import cpa_request_reminder

# committee
from . import cpa_committee_rules
from . import cpa_committee
from . import cpa_committee_member
from . import cpa_committee_session
from . import cpa_committee_mode
from . import cpa_committee_agenda
from . import cpa_committee_session_desk
from . import cpa_committee_minutes
from . import cpa_committee_minutes_text
from . import cpa_committee_signature
from . import cpa_committee_attendance
from . import cpa_committee_invitation
from . import cpa_committee_case
from . import cpa_committee_voters
from . import cpa_committee_continued
from . import cpa_committee_ratification
from . import cpa_committee_case_desk
from . import cpa_committee_recusal
from . import cpa_committee_proposal
from . import cpa_committee_vote
from . import cpa_committee_remark
from . import cpa_committee_addendum
from . import cpa_committee_seal
from . import cpa_committee_verification
from . import cpa_committee_papers
from . import cpa_committee_sealed_rows
from . import mail_message
from . import cpa_request_appeal
from . import cpa_committee_appeal
from . import cpa_service_budget
from . import cpa_service_budget_report
from . import cpa_budget_figures
from . import cpa_request_budget
from . import cpa_committee_letters

# across
from . import cpa_beneficiary_merge
from . import cpa_merge
from . import cpa_outreach
from . import cpa_outreach_audience
from . import cpa_outreach_contact
from . import cpa_outreach_message
from . import cpa_beneficiary_outreach
from . import cpa_request_outreach
from . import cpa_request_story
from . import cpa_request_desk
from . import cpa_request_tools
from . import cpa_request_portal
from . import cpa_request_check_online
from . import cpa_request_answer
from . import cpa_request_message
from . import cpa_request_withdrawal
from . import cpa_request_appeal_online
from . import cpa_request_receipt
from . import cpa_application
from . import cpa_application_document
from . import cpa_application_paper
from . import cpa_application_steps
from . import cpa_application_form
from . import cpa_application_read
from . import cpa_application_sent
from . import cpa_application_page
from . import cpa_application_proof
from . import cpa_application_request
from . import cpa_application_resume
from . import cpa_application_expiry
from . import cpa_request_track
from . import cpa_request_analysis
from . import res_users_login
from . import cpa_password_demand
from . import cpa_reception
from . import cpa_reception_search
from . import cpa_reception_chat
from . import cpa_today
from . import cpa_today_manager
from . import cpa_policy_reader
from . import cpa_policy_reading_settings
from . import cpa_policy_review
from . import cpa_policy_comparison
from . import cpa_policy_document_readers
from . import outside_services
from . import sms_gateway

# evidence that the policy is kept
from . import cpa_committee_exceptions
from . import cpa_policy_indicator
from . import cpa_policy_indicator_policy
from . import cpa_policy_indicator_service
from . import cpa_policy_indicator_channel
from . import cpa_policy_indicator_intake
from . import cpa_policy_indicator_reply
from . import cpa_policy_indicator_delivery
from . import cpa_policy_indicator_indexes
from . import cpa_scorecard
from . import spreadsheet_dashboard

# registers that were kept in Excel
from . import cpa_import
from . import cpa_import_row
from . import cpa_import_file
from . import cpa_import_reader
from . import cpa_import_people
from . import cpa_import_requests
from . import cpa_register_number
from . import res_company
from . import res_company_outreach
from . import res_company_uploads
from . import cpa_working_days
from . import cpa_automation
from . import ir_actions_report
from . import cpa_misconception_website
from . import cpa_policy_website
from . import cpa_service_website
from . import website

# agreements
from . import cpa_agreement_template
from . import cpa_agreement
from . import cpa_agreement_paper
from . import cpa_agreement_renewal
from . import cpa_charter_acknowledgement
