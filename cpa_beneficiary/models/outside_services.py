"""Nothing leaves the machine unless an administrator switches it on (PDPL; design "Who sees a contact").

Core's paid services would send typed names, e-mail addresses and texts to outside servers. Each has one place where it
asks to; that place asks the parameter below first.
"""

from odoo import api, models
from odoo.addons.sms.tools.sms_api import SmsApiBase

SWITCH = "cpa_beneficiary.outside_services"


def _is_on(env):
    # a setting, the same for every user
    return env["ir.config_parameter"].sudo().get_param(SWITCH) == "on"


class IapAutocompleteApi(models.AbstractModel):
    _inherit = "iap.autocomplete.api"

    @api.model
    def _request_partner_autocomplete(self, action, params, timeout=15):
        if not _is_on(self.env):
            return False, "No account token"  # what core answers, silently, without an account
        return super()._request_partner_autocomplete(action, params, timeout=timeout)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def autocomplete_by_vat(self, vat, query_country_id, timeout=15):
        # without an answer of the paid service core asks a public register abroad
        return super().autocomplete_by_vat(vat, query_country_id, timeout=timeout) if _is_on(self.env) else []


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def iap_enrich(self, *, batch_size=50):
        if _is_on(self.env):
            return super().iap_enrich(batch_size=batch_size)
        return None


class PublisherWarrantyContract(models.AbstractModel):
    _inherit = "publisher_warranty.contract"

    def update_notification(self, cron_mode=True):
        return super().update_notification(cron_mode=cron_mode) if _is_on(self.env) else True


class MailLinkPreview(models.Model):
    _inherit = "mail.link.preview"

    @api.model
    def _is_link_preview_enabled(self):
        return _is_on(self.env) and super()._is_link_preview_enabled()


class NoGateway(SmsApiBase):
    """Answers for a text message what is true while no gateway is set: the account is not there."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {"unregistered": "sms_acc"}

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        return [
            {"uuid": number["uuid"], "state": "unregistered"} for message in messages for number in message["numbers"]
        ]


class SmsSms(models.Model):
    _inherit = "sms.sms"

    def _split_by_api(self):
        # core's queue asks the company for its gateway; a message sent at once would go past it to the paid service
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            yield company._get_sms_api_class()(self.with_company(company).env), messages


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_sms_api_class(self):
        return super()._get_sms_api_class() if _is_on(self.env) else NoGateway
