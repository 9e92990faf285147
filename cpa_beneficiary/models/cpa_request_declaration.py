"""What the applicant declares to be true (P-34): his signature covers it as long as its substance does not change."""

import hashlib
import json
from difflib import SequenceMatcher

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.text import comma_list
from .roles import DELEGATE, OFFICER

# How much of a text a clerical correction leaves as it was; what changes more says something else.
SLIP_OF_THE_PEN = 0.8


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    declaration_ids = fields.One2many("cpa.declaration", "request_id", "Declarations")
    correction_ids = fields.One2many("cpa.declaration.correction", "request_id", "Clerical corrections")
    declaration_state = fields.Selection(
        [
            ("none", "Not needed"),
            ("missing", "Not signed yet"),
            ("changed", "Changed after signing"),
            ("signed", "Signed"),
        ],
        "Declaration",
        compute="_compute_declaration_state",
    )
    # A slip of the pen, put right in the same write with its reason: logged, and the signature holds.
    correction_reason = fields.Char("Reason of the clerical correction", store=False)

    @api.model
    def _declared_fields(self):
        """Return the names of the fields whose data is declared to be correct; kinds of requests add theirs."""
        return ["beneficiary_id", "service_id", "description", "amount_requested"]

    @api.model
    def _clerical_fields(self):
        """Return which declared fields a clerical correction may touch: words; never a person, a sum or a date."""
        return [name for name in self._declared_fields() if self._fields[name].type in ("char", "text")]

    def _declared_data(self):
        """Return the declared data as it stands now: ``{field name: text}``, what is empty left out."""
        self.ensure_one()
        data = {}
        for name in self._declared_fields():
            value = self[name]
            if value:
                data[name] = str(value.id if self._fields[name].relational else value)
        return data

    def _declared_digest(self, beneficiary=None):
        """Return the digest (SHA-256, hex) of the data that the applicant declares to be true (P-34).

        :param beneficiary: the file that the applicant had then, if not this one: a file merged into it
        """
        data = self._declared_data()
        if beneficiary:
            data["beneficiary_id"] = str(beneficiary.id)
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    @api.depends(lambda self: ["declaration_ids.state", "correction_ids", "service_id", *self._declared_fields()])
    def _compute_declaration_state(self):
        for request in self:
            signed = request.declaration_ids.filtered(lambda d: d.state == "signed")[:1]
            signed = signed.with_prefetch(request.declaration_ids._prefetch_ids)  # read together
            if not request.service_id.needs_declaration:
                request.declaration_state = "none"
            elif signed and signed._covers(request):
                request.declaration_state = "signed"
            elif signed or "void" in request.declaration_ids.mapped("state"):
                request.declaration_state = "changed"
            else:
                request.declaration_state = "missing"

    def write(self, vals):
        vals = dict(vals)
        reason = (vals.pop("correction_reason", None) or "").strip()
        declared = vals.keys() & set(self._declared_fields())
        if not declared:
            return super().write(vals)
        signed = self.declaration_ids.filtered(lambda d: d.state == "signed")
        before = {declaration: declaration.request_id._declared_data() for declaration in signed}
        covered = {d for d in signed if d._covers(d.request_id)}
        result = super().write(vals)
        for declaration in covered:
            request = declaration.request_id
            if not declaration._covers(request):
                request._declared_data_changed(declaration, before[declaration], reason)
        return result

    def _declared_data_changed(self, declaration, before, reason):
        """Data changed under a signature: a clerical correction is logged, a change of substance voids the signature.

        :param declaration: the signed ``cpa.declaration``
        :param before: declared data as it was (``_declared_data``)
        :param reason: of a clerical correction; "" for a change of substance
        :raise UserError: the correction is not the user's to make, or touches what no clerical correction may
        """
        after = self._declared_data()
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        labels = comma_list((self._fields[name]._description_string(self.env) for name in changed), self.env.lang)
        if not reason:
            declaration._void_by_change(labels)
            return
        if not self.env.user.has_groups(f"{OFFICER},{DELEGATE}"):
            raise UserError(
                self.env._(
                    "A clerical correction belongs to %(roles)s.",
                    roles=comma_list(declaration._lifecycle_role_names((OFFICER, DELEGATE)), self.env.lang),
                )
            )
        slips = {
            name
            for name in set(changed) & set(self._clerical_fields())
            if SequenceMatcher(None, before.get(name, ""), after.get(name, "")).ratio() >= SLIP_OF_THE_PEN
        }
        if substance := set(changed) - slips:
            raise UserError(
                self.env._(
                    "%(fields)s: a change of substance, not a clerical correction. It needs a new signature (P-34).",
                    fields=comma_list(
                        sorted(self._fields[name]._description_string(self.env) for name in substance), self.env.lang
                    ),
                )
            )
        self.env["cpa.declaration.correction"]._append(
            declaration,
            reason,
            {name: [before.get(name, ""), after.get(name, "")] for name in changed},
            self._declared_digest(),
        )

    def action_correct(self):
        """Button: put a slip of the pen right, with its reason; the signature holds."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clerical correction"),
            "res_model": "cpa.correction.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }
