from odoo import api, fields, models
from odoo.addons.cpa_beneficiary.tools.riyadh import cpa_today
from odoo.addons.cpa_beneficiary.tools.saudi import normalise_phone
from odoo.exceptions import UserError

# How many from one address within an hour.
MOST_CALLS = 5
MOST_LETTERS = {"name": 100, "phone": 30, "text": 1000}


class CpaSurveyCallback(models.Model):
    """Somebody who rated us asks to be called (P-18): his own choice, and tied to nothing that he answered."""

    _name = "cpa.survey.callback"
    _description = "Wish to be called"
    _order = "state desc, id desc"
    _log_access = False

    name = fields.Char("Name as given", readonly=True)
    phone = fields.Char("Phone as given", required=True, readonly=True)
    text = fields.Text("What it is about", readonly=True)
    asked_on = fields.Date(required=True, readonly=True)
    state = fields.Selection([("waiting", "Waiting"), ("called", "Called")], required=True, default="waiting")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)

    @api.model
    def _typed(self, params):
        """Return what was typed on the page, cut to what a person types."""
        return {name: (params.get(name) or "").strip()[:most] for name, most in MOST_LETTERS.items()}

    @api.model
    def _wish(self, typed, address):
        """Keep a wish to be called.

        :param dict typed: see ``_typed``
        :param str address: of the network, for the limit
        :return: "" if it was taken, else what is wrong, in the reader's language
        """
        phone = normalise_phone(typed["phone"])
        if not phone:
            return self.env._("Please write the number on which we reach you, for example 0501234567.")
        limit = self.env["cpa.rate.limit"]
        if not limit._allows("rate/call", limit._network(address), MOST_CALLS):
            return self.env._("Too many wishes came from here within an hour. Call us, or try again later.")
        # nobody has a row to create: whoever rates us may ask for a call, and says himself who he is
        self.sudo().create({**typed, "phone": phone, "asked_on": cpa_today(), "company_id": self.env.company.id})
        return ""

    def write(self, vals):
        if vals.keys() - {"state"}:
            raise UserError(self.env._("What somebody asked for stays as he wrote it."))
        return super().write(vals)

    def action_called(self):
        """Button: this person has been called."""
        self.state = "called"
        return True
