"""What each event says about itself to the survey rules: who may be asked, and where it happened (P-12)."""

from odoo import models

DIMENSIONS = ("service_id", "channel_id", "branch_id", "department_id")


class CpaSatisfactionSource(models.AbstractModel):
    _inherit = "cpa.satisfaction.source"

    def _satisfaction_event(self, code):
        super()._satisfaction_event(code)
        self.env["cpa.survey.invitation"]._queue(code, self)

    def _satisfaction_company(self):
        """Return the association (``res.company``) that served."""
        self.ensure_one()
        if "company_id" in self._fields:
            return self.company_id
        return self.request_id.company_id if "request_id" in self._fields else self.env.company

    def _satisfaction_person(self):
        """Return the contact who may be asked (``res.partner``, one or none), whoever sets the event off."""
        self.ensure_one()
        return self.volunteer_id.partner_id if "volunteer_id" in self._fields else self.env["res.partner"]

    def _satisfaction_staff(self):
        """Return who served (``res.users``, one or none)."""
        self.ensure_one()
        return self.env["res.users"]

    def _satisfaction_place(self):
        """Return where it happened: ids by the names of ``DIMENSIONS``, as far as this model knows them."""
        self.ensure_one()
        return {name: self[name].id for name in DIMENSIONS if name in self._fields}


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    def _satisfaction_person(self):
        return self._applicant()

    def _satisfaction_staff(self):
        return self.officer_id or self.replied_by


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    def _satisfaction_person(self):
        return self._receiver()

    def _satisfaction_staff(self):
        return self.user_id

    def _satisfaction_place(self):
        return self.request_id._satisfaction_place() | {"branch_id": self.branch_id.id}


class CpaVisit(models.Model):
    _inherit = "cpa.visit"

    def _satisfaction_person(self):
        return self.request_id._applicant()

    def _satisfaction_staff(self):
        return self.user_id

    def _satisfaction_place(self):
        return self.request_id._satisfaction_place() | {"branch_id": self.branch_id.id}


class CpaVisitor(models.Model):
    _inherit = "cpa.visitor"

    def _satisfaction_person(self):
        return self.beneficiary_id.partner_id

    def _satisfaction_staff(self):
        return self.user_id
