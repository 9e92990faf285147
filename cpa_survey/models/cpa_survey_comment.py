from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import unordered
from .cpa_survey_rule import EVENTS


class CpaSurveyComment(models.Model):
    """What somebody wrote with his answer: screened before anybody else reads it, and tied to no person, day or place.

    Who screens releases it as it is, shortens it (names and whatever else tells who wrote it go), or holds it back. The
    text as written is gone with that.
    """

    _name = "cpa.survey.comment"
    _description = "Comment"
    _order = "id"
    _rec_name = "text"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    event_code = fields.Selection(EVENTS, "After", required=True, readonly=True)
    text = fields.Text(readonly=True)
    released_text = fields.Text("Text to be read", help="Without names and whatever else tells who wrote it.")
    state = fields.Selection(
        [("new", "To be screened"), ("released", "Released"), ("held", "Held back")],
        required=True,
        readonly=True,
        default="new",
        index=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Comments are written by those who answer, never by hand."))

    @api.model
    def _take_in(self, place, texts):
        """Keep what was written with an answer, under a random key.

        :param dict place: where (see ``cpa.survey.fact``); only company and event are kept
        :param texts: list of str
        """
        for text in filter(None, map(str.strip, texts)):
            values = {"company_id": place["company_id"], "event_code": place["event_code"], "state": "new"}
            unordered.insert(self.env, self._table, values | {"text": text, "released_text": text})

    @api.model
    def _mix(self):
        """Write what waits to be screened anew, so that not even the database notes which came together."""
        columns = ("company_id", "event_code", "state", "text", "released_text")
        unordered.mix(self.env, self._table, columns, SQL("state = 'new'"))

    def write(self, vals):
        if vals.keys() - {"released_text"} or any(comment.state != "new" for comment in self):
            raise UserError(self.env._("Of a comment only the text to be read changes, until it has been screened."))
        return super().write(vals)

    def _screened(self, vals):
        """Write how a comment was screened; private, called by the buttons."""
        self.check_access("write")
        return super().write(vals)

    def action_release(self):
        """Button: let others read it as it now stands; what was written is forgotten."""
        for comment in self.filtered(lambda comment: comment.state == "new"):
            text = (comment.released_text or "").strip()
            if not text:
                raise UserError(self.env._("Nothing would be left to read: hold it back instead."))
            comment._screened({"text": text, "released_text": text, "state": "released"})
        return True

    def action_hold(self):
        """Button: nobody reads it; the text is deleted."""
        waiting = self.filtered(lambda comment: comment.state == "new")
        return waiting._screened({"text": False, "released_text": False, "state": "held"})
