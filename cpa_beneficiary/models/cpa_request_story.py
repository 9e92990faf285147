"""The history of a request as sentences: who did what when, by which channel, what was checked and replied."""

from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import format_date, html2plaintext
from odoo.tools.misc import formatLang


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    story_html = fields.Html("History", compute="_compute_story_html", sanitize=False)

    @api.depends_context("uid", "lang")
    def _compute_story_html(self):
        for request in self:
            request.story_html = self.env["ir.qweb"]._render(
                "cpa_beneficiary.cpa_request_story", {"lines": request._story() if request._origin else []}
            )

    def _story(self):
        """Return the request's history, oldest first.

        :return: list of dicts: ``at`` (when it happened, naive UTC), ``entered_at``, ``who`` (name), ``icon``
            (FontAwesome), ``title`` and ``details`` (list of texts), in the user's language
        """
        self.ensure_one()
        moves = self.env["cpa.request.move"].search([("request_id", "=", self.id)]).filtered("from_state")
        told = [*map(self._story_of_move, moves), *map(self._story_of_notice, self._notices())]
        return [self._story_of_birth(), *sorted(told, key=itemgetter("at"))]

    def _story_of_birth(self):
        return {
            "at": self.first_contact_at,
            "entered_at": self.create_date,
            "who": self.create_uid.name,
            "icon": "fa-pencil-square-o",
            "title": self.env._("Request entered, by the channel “%(channel)s”", channel=self.channel_id.name),
            "details": [self.service_id.name],
        }

    def _story_of_move(self, move):
        document = self.env[move.res_model].browse(move.res_id)
        title, details = document._story_move(move)
        return {
            "at": move.happened_at,
            "entered_at": move.entered_at,
            "who": move.user_id.name,
            "icon": document._story_icon,
            "title": title,
            "details": details + ([move.reason] if move.reason else []),
        }

    def _story_of_notice(self, message):
        by_sms = message.message_type == "sms"
        return {
            "at": message.date,
            "entered_at": message.date,
            "who": self.company_id.sudo().name,  # the sender, as the applicant reads him
            "icon": "fa-mobile" if by_sms else "fa-envelope-o",
            "title": self.env._("Notice to the applicant by SMS")
            if by_sms
            else self.env._("Notice to the applicant by e-mail"),
            "details": [html2plaintext(message.body) if by_sms else message.subject],
        }

    _story_icon = "fa-arrow-circle-o-right"

    def _story_move(self, move):
        details = []
        if move.to_state == "submitted":
            details.append(self.env._("Reply by %(date)s", date=format_date(self.env, self.reply_target_date)))
        if move.to_state in ("approved", "rejected", "done") and self.reply_text:
            details += [
                self.env._("Told by the channel “%(channel)s”", channel=self.reply_channel_id.name),
                self.reply_text,
            ]
            if self.reply_early_reason:
                details.append(self.env._("Earlier than two weeks: %(reason)s", reason=self.reply_early_reason))
        return self.env._("Request: %(state)s", state=move.to_label), details


class CpaLifecycleMixin(models.AbstractModel):
    _inherit = "cpa.lifecycle.mixin"

    _story_icon = "fa-circle-o"

    def _story_move(self, move):
        """Return how a move of this record reads in its request's story: ``(title, details)``.

        :param move: row of ``cpa.request.move``
        """
        # the reader sees the request; what else its story tells of is written here, field by field
        document = self.sudo()
        return f"{self.env['ir.model']._get(self._name).name}: {move.to_label}", [document.display_name]


class CpaRequestCheck(models.Model):
    _inherit = "cpa.request.check"

    _story_icon = "fa-check-square-o"

    def _story_move(self, move):
        check = self.sudo()  # as in the mixin
        details = []
        if move.to_state == "passed" and check.valid_until:
            details.append(self.env._("Valid until %(date)s", date=format_date(self.env, check.valid_until)))
        if move.to_state == "to_sight":
            details.append(self.env._("By %(date)s", date=format_date(self.env, check.due_date)))
        return self.env._("Check “%(item)s”: %(state)s", item=check.name, state=move.to_label), details


class CpaDeclaration(models.Model):
    _inherit = "cpa.declaration"

    _story_icon = "fa-pencil"


class CpaExplanation(models.Model):
    _inherit = "cpa.explanation"

    _story_icon = "fa-comment-o"

    def _story_move(self, move):
        explanation = self.sudo()  # as in the mixin
        how = dict(self._fields["how"]._description_selection(self.env))[explanation.how]
        if move.to_state == "withdrawn":
            return self.env._("Explanation taken back: %(how)s", how=how), []
        title = self.env._("Explained who decides and until when we reply: %(how)s", how=how)
        return title, [explanation.text]


class CpaReferral(models.Model):
    _inherit = "cpa.referral"

    _story_icon = "fa-question-circle-o"

    def _story_move(self, move):
        referral = self.sudo()  # as in the mixin
        details = [referral.question]
        if move.to_state == "answered":
            details.append(referral.answer)
        return self.env._("Referral: %(state)s", state=move.to_label), details


class CpaOutsideReferral(models.Model):
    _inherit = "cpa.outside.referral"

    _story_icon = "fa-external-link"

    def _story_move(self, move):
        referral = self.sudo()  # as in the mixin
        title = self.env._("Outside referral to %(body)s: %(state)s", body=referral.display_name, state=move.to_label)
        return title, list(filter(None, [referral.asked, move.to_state == "answered" and referral.result]))


class CpaStudy(models.Model):
    _inherit = "cpa.study"

    _story_icon = "fa-search"

    def _story_move(self, move):
        recommendation = dict(self._fields["recommendation"]._description_selection(self.env))
        details = []
        if move.to_state == "presented" and self.has_access("read"):  # what is recommended is for who reads the study
            details.append(self.env._("Recommendation: %(what)s", what=recommendation.get(self.recommendation)))
        return self.env._("Social study: %(state)s", state=move.to_label), details


class CpaVisit(models.Model):
    _inherit = "cpa.visit"

    _story_icon = "fa-map-marker"


class CpaCommitteeProposal(models.Model):
    _inherit = "cpa.committee.proposal"

    _story_icon = "fa-gavel"

    def _story_move(self, move):
        proposal = self.sudo()  # as in the mixin
        outcome = proposal._outcome()
        details = [
            self.env._(
                "%(for)s for, %(against)s against, %(abstain)s abstained, in session %(session)s",
                **{key: outcome[key] for key in ("for", "against", "abstain")},
                session=proposal.session_id.number,
            )
        ]
        title = self.env._("Proposal “%(proposal)s”: %(state)s", proposal=proposal.display_name, state=move.to_label)
        return title, details


class CpaDelivery(models.Model):
    _inherit = "cpa.delivery"

    _story_icon = "fa-gift"

    def _story_move(self, move):
        title, details = super()._story_move(move)
        line = self.sudo()  # as in the mixin
        rests = [
            self.env._(
                "Still to be given: %(rest)s on %(date)s",
                rest=rest._measure(),
                date=format_date(self.env, rest.planned_date),
            )
            for rest in line.rest_ids
        ]
        return title, [*details, line._measure(), *(rests if move.to_state == "delivered" else [])]


class CpaPaymentOrder(models.Model):
    _inherit = "cpa.payment.order"

    _story_icon = "fa-money"

    def _story_move(self, move):
        title, details = super()._story_move(move)
        order = self.sudo()  # as in the mixin
        return title, [*details, formatLang(self.env, order.amount, currency_obj=order.currency_id)]
