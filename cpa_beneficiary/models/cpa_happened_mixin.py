"""Two times of every event: when it happened and when it was entered.

Most events are entered as they happen, and both are now. After a power cut, from the road, out of the letter tray an
event is *set back*: its own time is given with the reason and the scan of the paper on which it was noted meanwhile.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models

# Two clocks never agree to the second: an event "just now" needs no reason for having been entered late.
SET_BACK_TOLERANCE = timedelta(minutes=5)
# What a create or write may say about the event that it is.
HAPPENED_FIELDS = frozenset({"move_reason", "move_happened_at", "move_scan", "move_scan_name", "move_scan_id"})


class Happened(NamedTuple):
    """What the user says about an event, beside the event itself.

    :param at: when it happened (naive UTC); None is now
    :param reason: why, or why it is entered late ("" for none)
    :param scan: the paper's scan, base64; or None
    :param scan_name: the name of its file
    :param scan_id: id of an attachment that is the scan already; or None
    """

    at: datetime | None = None
    reason: str = ""
    scan: bytes | None = None
    scan_name: str = ""
    scan_id: int | None = None

    def time(self, now):
        """Return when it happened (naive UTC)."""
        return self.at or now

    def is_set_back(self, now):
        """Return whether it is entered later than it happened."""
        return bool(self.at) and self.at < now - SET_BACK_TOLERANCE

    def again(self, at):
        """Return the values with which another event happens at the same time ``at``, proven by the same paper."""
        return {
            "move_happened_at": at,
            "move_scan": self.scan,
            "move_scan_name": self.scan_name,
            "move_scan_id": self.scan_id,
        }


class CpaHappenedMixin(models.AbstractModel):
    _name = "cpa.happened.mixin"
    _description = "Event that happened and was entered"

    # Given in the same create or write as the event itself; kept with the event, never in the record's own columns.
    move_reason = fields.Text("Reason of the move", store=False)
    move_happened_at = fields.Datetime("When it happened", store=False)
    move_scan = fields.Binary("Scan of the paper on which it was noted", store=False)
    move_scan_name = fields.Char("File name of the scan", store=False)
    move_scan_id = fields.Many2one("ir.attachment", "Scan that is stored already", store=False)

    @api.model
    def _happened_pop(self, vals):
        """Take what is said about the event out of ``vals`` (changed in place) and return it as ``Happened``."""
        return Happened(
            at=fields.Datetime.to_datetime(vals.pop("move_happened_at", None)) or None,
            reason=(vals.pop("move_reason", None) or "").strip(),
            scan=vals.pop("move_scan", None) or None,
            scan_name=vals.pop("move_scan_name", None) or self.env._("Scan"),
            scan_id=vals.pop("move_scan_id", None) or None,
        )

    @api.model
    def _happened_missing(self, happened, now):
        """Return what an event's time still lacks: a list of messages in the user's language.

        :param happened: ``Happened``
        :param now: when it is entered (naive UTC)
        """
        if happened.time(now) > now + SET_BACK_TOLERANCE:
            return [self.env._("It cannot happen in the future.")]
        missing = []
        if happened.is_set_back(now):
            if not happened.reason:
                missing.append(self.env._("Say why it is entered later than it happened."))
            if not (happened.scan or happened.scan_id):
                missing.append(self.env._("Attach the scan of the paper on which it was noted."))
        if happened.scan_id:
            # a scan that one may not see is none that one can give
            self.env["ir.attachment"].browse(happened.scan_id).check_access("read")
        return missing

    def _happened_keep_scan(self, happened):
        """Return the attachment that proves the event: the given one, or one newly attached to this record."""
        self.ensure_one()
        Attachment = self.env["ir.attachment"]
        if happened.scan_id or not happened.scan:
            return Attachment.browse(happened.scan_id)
        # whoever may record the event may prove it, also where he does not edit the record otherwise
        return Attachment.sudo().create(
            {"name": happened.scan_name, "datas": happened.scan, "res_model": self._name, "res_id": self.id}
        )
