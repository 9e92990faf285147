from odoo import api, models
from odoo.fields import Command


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _website_people(self, contact, holders):
        """An application that anybody may have sent, with anybody's number, closes nobody's login.

        Where a contact stands in the file of a person whom we know, what merely applied with it does not count.
        """
        people = super()._website_people(contact, holders)
        known = people.filtered(lambda person: not person._cpa_only_applied())
        return known or people


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _cpa_only_applied(self):
        """Return whether all that we know of a person is an application as a volunteer, which nobody has looked at."""
        self.ensure_one()
        files = self._cpa_files()
        return bool(files) and all(file._name == "cpa.volunteer" and file.state == "applied" for file in files)

    def _cpa_tie_user(self, user):
        super()._cpa_tie_user(user)
        self.cpa_volunteer_ids.sudo()._give_website_role()  # of the login that has just been proven


class CpaVolunteer(models.Model):
    _inherit = "cpa.volunteer"

    @api.model_create_multi
    def create(self, vals_list):
        volunteers = super().create(vals_list)
        volunteers._give_website_role()
        return volunteers

    def _give_website_role(self):
        """A person has one login: who is a beneficiary already does both with it (P-01)."""
        # logins of the website only; roles do not write users
        users = self.sudo().partner_id.user_ids.filtered("share")
        if users:  # writing logins, even none, empties what the server remembers of rules
            users.write({"group_ids": [Command.link(self.env.ref("cpa_volunteer.group_volunteer").id)]})
