"""By which days the indicators look for what happened: a period's records are found without reading all of them."""

from odoo import models


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    _submitted_at_idx = models.Index("(submitted_at)")
    _replied_at_idx = models.Index("(replied_at)")
    _closed_at_idx = models.Index("(closed_at)")
    _decided_at_idx = models.Index("(decided_at) WHERE decided_at IS NOT NULL")


class CpaRequestMove(models.Model):
    _inherit = "cpa.request.move"

    _happened_idx = models.Index("(res_model, to_state, happened_at)")


class CpaRequestSubmission(models.Model):
    _inherit = "cpa.request.submission"

    _submitted_at_idx = models.Index("(submitted_at)")


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    _checked_at_idx = models.Index("(checked_at)")
    _due_idx = models.Index("(due_date, checked_at) WHERE due_date IS NOT NULL")


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    _delivered_at_idx = models.Index("(delivered_at)")


class CpaReferral(models.Model):
    _inherit = "cpa.referral"

    _asked_at_idx = models.Index("(asked_at)")


class CpaInquiryQuestion(models.Model):
    _inherit = "cpa.inquiry.question"

    _asked_at_idx = models.Index("(asked_at)")
    _answered_at_idx = models.Index("(answered_at)")
