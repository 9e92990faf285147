from odoo import models

# Lists of people: what is written to many of one is a mailing, by whatever tool it goes.
LISTS_OF_PEOPLE = frozenset({"res.partner", "crm.lead", "cpa.beneficiary", "cpa.supporter", "cpa.volunteer"})


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _process_mail_values_state(self, mail_values_dict):
        """Cancel what would reach somebody without consent, whoever named the recipients (P-07).

        A mailing, and a message that staff write to a whole list of people.
        """
        values = super()._process_mail_values_state(mail_values_dict)
        if self.composition_mode != "mass_mail" or not (self.mass_mailing_id or self.model in LISTS_OF_PEOPLE):
            return values
        # whether they consent, nothing else
        reached = self.env["cpa.consent"].sudo()._reached(self.env[self.model].browse(values))
        for record_id, mail_values in values.items():
            if record_id not in reached.ids:
                mail_values.update(state="cancel", failure_type="mail_optout", is_notification=False)
        return values
