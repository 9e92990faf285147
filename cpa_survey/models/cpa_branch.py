from datetime import datetime

from odoo import api, models
from odoo.addons.cpa_beneficiary.tools import links
from odoo.addons.cpa_beneficiary.tools.qr import qr_image
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today

from .cpa_survey_invitation import PAGE

COUNTER = f"{PAGE}/counter"
# A sheet hangs for years, and the same one is printed again; it ends when the branch office is archived.
HANGS_UNTIL = datetime(2100, 1, 1)


class CpaBranch(models.Model):
    """Whoever stands at the counter rates the reception by the code that hangs there, with or without a file (P-16)."""

    _inherit = "cpa.branch"

    # ------------------------------------------------------------------
    # The sheet
    # ------------------------------------------------------------------

    def _counter_link(self):
        """Return the address of the counter's page: signed, and the same for everybody."""
        self.ensure_one()
        return self.get_base_url() + links.sign(self.env, COUNTER, self.ids, HANGS_UNTIL)

    def _counter_code(self):
        """Return the square code of the counter's page, as an image that stands in the paper itself."""
        return qr_image(self._counter_link(), hangs=True)

    @api.model
    def _counter_langs(self):
        """Return the languages of the sheet: Arabic, then English, as far as they are installed."""
        Text = self.env["cpa.reply.text"]
        return list(dict.fromkeys((Text._lang_of(None), Text._lang_of("en_US"))))

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    @api.model
    def _of_counter(self, token):
        """Return the branch office whose code was read, as superuser; empty for what is no code of ours.

        :raise LinkExpired: the sheet's time is over
        """
        ids = links.read(self.env, COUNTER, token)
        # the signature says that the code was printed by us; what it opens is the same for everybody
        return self.sudo().browse(ids or ()).exists().filtered("active")

    def _counter_survey(self):
        """Return the survey of this counter (``survey.survey``), empty while nobody is asked there."""
        self.ensure_one()
        # the rule is the manager's; whoever stands at the counter learns only the questions
        rules = self.env["cpa.survey.rule"].sudo()
        rule = rules.search([("event_code", "=", "counter"), ("company_id", "=", self.company_id.id)], limit=1)
        return rule.survey_id.filtered(lambda survey: survey._cpa_is_open())

    def _counter_answer(self, values):
        """Count what somebody at the counter answered: office and month, and nothing of the person.

        :param values: ``{survey.question: value}``, checked
        """
        self.ensure_one()
        place = {
            "company_id": self.company_id.id,
            "event_code": "counter",
            "month": cpa_today().replace(day=1),
            "branch_id": self.id,
        }
        self._counter_survey()._cpa_count(values, place)
