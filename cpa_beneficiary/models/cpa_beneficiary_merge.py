"""Two files of one person become one (P-32): what pointed to the one points to the other, and nothing is lost.

Core merges contacts in SQL: it deletes rows and rewrites frozen ones. Here only pointers move, found in the registry,
so that models of add-ons follow without a line of code. Nothing is deleted: the merged file stays, archived, with its
number, and so does its contact; evidence that names them keeps naming them.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, html2plaintext, mute_logger
from psycopg2.errors import UniqueViolation

from ..tools.riyadh import cpa_today
from .masked import MASK, Masked
from .roles import MANAGER

# What the manager chooses of a contact where the two differ; all columns of the file itself and ours are added.
CONTACT_FIELDS = (
    "name",
    "phone",
    "email",
    "lang",
    "website",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "comment",
)


class CpaBeneficiary(models.Model):
    _inherit = "cpa.beneficiary"

    merged_into_id = fields.Many2one(
        "cpa.beneficiary",
        "Merged into",
        kept=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    merged_ids = fields.One2many(
        "cpa.beneficiary", "merged_into_id", "Merged files", context={"active_test": False}, readonly=True
    )

    # ------------------------------------------------------------------
    # The merge
    # ------------------------------------------------------------------

    def _merge_into(self, survivor, reason, taken=None, one_person=False):
        """Merge this file into another one of the same person.

        :param survivor: the file that stays, with its number, its status and its requests
        :param reason: how it is known that both are one person
        :param taken: names of fields whose value is taken from this file; by default those that the survivor lacks
        :param one_person: a manager's word that two identities, both sighted and valid, are of one person
        :return: the row of ``cpa.merge`` that tells what moved
        :raise AccessError: the user may not merge
        :raise UserError: all that stands against it, in one message
        """
        self.ensure_one()
        survivor.ensure_one()
        if not self.env.user._has_group(MANAGER):
            raise AccessError(self.env._("Files are merged by the manager."))
        (self | survivor).check_access("write")
        (self | survivor)._merge_lock()
        # from here on all that hangs on the two files follows, whether or not a manager reads it
        merged, kept = self.sudo(), survivor.sudo()
        problems = merged._merge_check(kept)
        if not (reason or "").strip():
            problems.append(self.env._("Say how you know that both files are of one person."))
        if not one_person and merged._merge_has_two_identities(kept):
            problems.append(
                self.env._("Both identities are valid and were sighted: confirm that they are of one person.")
            )
        if problems:
            head = self.env._("These files cannot be merged:")
            raise UserError("\n• ".join([head, *problems]))

        dropped = merged._merge_values(kept, merged._merge_lacking(kept) if taken is None else taken)
        moved, stayed = merged._merge_pointers(kept)
        identity = merged._merge_identity(kept)
        if identity:
            moved.append({"model": identity._name, "field": "partner_id", "ids": identity.ids})
        merged._lifecycle_set({"active": False, "merged_into_id": kept.id})
        merged.partner_id.write({"active": False})
        self.env.invalidate_all()
        self.env.registry.clear_cache()  # rules remember whose contact a login has
        log = self.env["cpa.merge"]._append(
            {
                "survivor_id": kept.id,
                "merged_id": merged.id,
                "reason": reason.strip(),
                "is_confirmed": bool(one_person),
                "moved": moved,
                "stayed": stayed,
                "dropped": dropped,
            }
        )
        merged._message_log(body=self.env._("Merged into %(file)s: %(reason)s", file=kept.display_name, reason=reason))
        kept._message_log(
            body=self.env._("%(file)s was merged into this file: %(reason)s", file=merged.display_name, reason=reason)
        )
        return log

    def _merge_lock(self):
        """Keep these files and contacts to this transaction; who comes second is sent back and tried anew.

        The rows are written too, so that a transaction that began earlier fails instead of working on what it saw.
        """
        self.env.flush_all()
        for records in (self.partner_id, self):
            table = SQL.identifier(records._table)
            ids = tuple(records.ids)
            self.env.cr.execute(SQL("SELECT 1 FROM %s WHERE id IN %s FOR UPDATE NOWAIT", table, ids))
            self.env.cr.execute(SQL("UPDATE %s SET write_uid = write_uid WHERE id IN %s", table, ids))

    # ------------------------------------------------------------------
    # What stands against it
    # ------------------------------------------------------------------

    def _merge_check(self, survivor):
        """Return what stands against merging this file into ``survivor``; add-ons add their own.

        :param survivor: the file that is to stay (both with all rights)
        :return: list of texts in the user's language
        """
        if self == survivor:
            return [self.env._("It is one and the same file.")]
        problems = [
            self.env._("%(file)s has been merged already.", file=file.display_name)
            for file in self | survivor
            if file.merged_into_id
        ]
        if self.company_id != survivor.company_id:
            problems.append(self.env._("They belong to two companies."))
        if survivor.state == "draft" and self.state != "draft":
            problems.append(self.env._("The new file goes into the registered one, not the other way round."))
        if self.state == "suspended" and survivor.state != "suspended":
            problems.append(self.env._("The file that goes is suspended: settle that first."))
        contacts = self.partner_id | survivor.partner_id
        everybody = self.env["res.users"].with_context(active_test=False)
        if len(everybody.search([("partner_id", "in", contacts.ids)]).partner_id) > 1:
            problems.append(self.env._("Both have a login: an administrator has to remove one of them first."))
        if self.env["res.company"].search_count([("partner_id", "=", self.partner_id.id)], limit=1):
            problems.append(self.env._("The contact of a company does not go into another one."))
        problems += self._merge_check_supporters(contacts)
        if self.partner_id.is_company != survivor.partner_id.is_company:
            problems.append(self.env._("One is a person and the other an institution."))
        acting = (self | survivor).representation_ids.filtered(lambda r: r.representative_id in contacts)
        if acting:
            problems.append(self.env._("One acts for the other, so they are two people."))
        if any(
            contacts.search_count([("id", "child_of", one.id), ("id", "=", (contacts - one).id)]) for one in contacts
        ):
            problems.append(self.env._("One is a contact below the other."))
        return problems

    def _merge_check_supporters(self, contacts):
        if self.env["cpa.supporter"].search_count([("partner_id", "in", contacts.ids)], limit=2) > 1:
            return [self.env._("Both have a supporter's file as well, and those are not merged.")]
        return []

    def _merge_has_two_identities(self, survivor):
        """Return whether both files have an identity that was sighted and is valid: most likely two people."""
        return all(file._merge_identity_rank() == 3 for file in self | survivor)

    def _merge_identity_rank(self):
        """Return how much this file's identity is worth: 0 none, 1 typed only, 2 sighted, 3 sighted and valid."""
        identity = self.partner_id.cpa_identity_ids
        if not identity.sighted_at:
            return min(len(identity), 1)
        return 2 if identity.expiry_date and identity.expiry_date < cpa_today() else 3

    # ------------------------------------------------------------------
    # Which values stay
    # ------------------------------------------------------------------

    @api.model
    def _merge_fields(self):
        """Return the names of the fields of which the manager chooses the value that stays."""
        contact = self.env["res.partner"]._fields
        own = [name for name, field in self._fields.items() if not field.inherited]
        ours = [name for name in contact if name.startswith("cpa_") and name in self._fields]
        return [
            *CONTACT_FIELDS,
            *(
                name
                for name in [*own, *ours]
                if self._merge_is_chosen(contact[name] if name in ours else self._fields[name])
            ),
        ]

    @api.model
    def _merge_is_chosen(self, field):
        if not field.store or not field.column_type or field.readonly or field.related:
            return False
        return not (getattr(field, "kept", False) or getattr(field, "fixed", False)) and field.name not in (
            "active",
            "company_id",
            "state",
        )

    def _merge_differing(self, survivor):
        """Return the names of the fields that this file fills with another value than ``survivor``."""
        return [name for name in self._merge_fields() if self[name] and self[name] != survivor[name]]

    def _merge_lacking(self, survivor):
        """Return the names of the fields that this file fills and ``survivor`` does not."""
        return [name for name in self._merge_differing(survivor) if not survivor[name]]

    def _merge_values(self, survivor, taken):
        """Give ``survivor`` the values that are taken from this file, and every tag of it.

        :return: the values that were not kept, as rows of ``{"field", "kept", "dropped"}`` to be read by people
        """
        dropped = []
        vals = {}
        for name in self._merge_differing(survivor):
            stays, goes = (self, survivor) if name in taken else (survivor, self)
            if name in taken:
                vals[name] = self._fields[name].convert_to_write(self[name], self)
            if goes[name]:
                dropped.append({"field": name, "kept": stays._merge_text(name), "dropped": goes._merge_text(name)})
        for name, field in self._fields.items():
            if field.type == "many2many" and field.store and not field.inherited and self[name] - survivor[name]:
                vals[name] = [fields.Command.link(record.id) for record in self[name] - survivor[name]]
        if vals:
            survivor.write(vals)
        return dropped

    @api.model
    def _merge_shown(self, name):
        """Return the field by which people see the field ``name``: of a number that none reads, its mask."""
        masks = (field for field in self._fields.values() if isinstance(field, Masked) and field.plain == name)
        return next(masks, self._fields[name])

    @api.model
    def _merge_label(self, name):
        """Return what a field is called, in the user's language."""
        return self._merge_shown(name)._description_string(self.env)

    def _merge_text(self, name):
        """Return the value of a field as people read it; what not every role may read is masked."""
        field = self._merge_shown(name)
        value = self[field.name]
        if field.groups and value:
            return MASK * 4
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "html":
            return html2plaintext(value or "")
        return str(value or "")

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    @api.model
    def _merge_evidence(self):
        """Return ``{(model, field)}`` of what keeps naming the person as he was then; add-ons add theirs.

        Rows that are only appended always do.
        """
        return {
            ("cpa.import.row", "res_id"),
            # each file and each identity has its own contact
            ("cpa.beneficiary", "partner_id"),
            ("cpa.identity", "partner_id"),
        }

    def _merge_pointers(self, survivor):
        """Let all that points to this file or its contact point to ``survivor`` and its contact.

        :return: what moved, and what stayed since the survivor has the same (who follows a document follows it once):
            two lists of ``{"model", "field", "ids"}``
        """
        moved, stayed = [], []
        targets = {
            self._name: (self.id, survivor.id),
            self.partner_id._name: (self.partner_id.id, survivor.partner_id.id),
        }
        for model, field, target in self._merge_pointing_fields(targets):
            records, value = self._merge_pointing(model, field, target, *targets[target])
            if not records:
                continue
            followed = self._merge_follow(records, {field.name: value})
            for rows, found in ((moved, followed), (stayed, records - followed)):
                if found:
                    rows.append({"model": model._name, "field": field.name, "ids": found.ids})
        return moved, stayed

    @api.model
    def _merge_pointing_fields(self, targets):
        """Yield ``(model, field, target)`` of every stored field that may point to a record of a ``target`` model."""
        evidence = self._merge_evidence()
        # a many2many kept in the table of a model moves with the rows of that model
        tables = {model._table for model in self.env.registry.models.values() if not model._abstract}
        relations = set()
        for name in sorted(self.env.registry):
            # all that points there moves, whoever may see it; that the user may merge was checked before
            model = self.env[name].sudo().with_context(active_test=False)
            if model._abstract or model._transient or not model._auto or model._table_query:
                continue
            if isinstance(model, self.env.registry["cpa.append.only.mixin"]):
                continue
            for field in model._fields.values():
                if not field.store or (name, field.name) in evidence or (field.compute and field.readonly):
                    continue
                if field.type == "many2one" and field.comodel_name in targets:
                    yield model, field, field.comodel_name
                elif field.type == "many2many" and field.comodel_name in targets:
                    if field.relation not in tables | relations:
                        relations.add(field.relation)
                        yield model, field, field.comodel_name
                elif field.type == "reference" or (
                    field.type == "many2one_reference" and model._fields[field.model_field].store
                ):
                    yield from ((model, field, target) for target in targets)

    @api.model
    def _merge_pointing(self, model, field, target, from_id, to_id):
        """Return the records of ``model`` whose ``field`` points to ``from_id``, and what is written instead."""
        if field.type == "many2one":
            return model.search([(field.name, "=", from_id)], order="id"), to_id
        if field.type == "many2many":
            commands = [fields.Command.unlink(from_id), fields.Command.link(to_id)]
            return model.search([(field.name, "in", [from_id])], order="id"), commands
        if field.type == "reference":
            return model.search([(field.name, "=", f"{target},{from_id}")], order="id"), f"{target},{to_id}"
        # files that are the value of a field (a contact's picture) are left out by the search of attachments
        return model.search([(field.model_field, "=", target), (field.name, "=", from_id)], order="id"), to_id

    @api.model
    def _merge_follow(self, records, vals):
        """Write a pointer, and only the pointer: a merge is not a change of substance.

        So it passes by what the models do when their data changes: the freeze of closed records, tracking, mails,
        automations; and what was typed on a record is not filled anew from the other contact. The ORM's own rules
        (constraints, computed fields, the cache) hold.

        :return: the records that followed: all but those of which the survivor has the same already
        """
        typed = [f for f in records._fields.values() if f.compute and f.store and not f.readonly]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(), self.env.protecting(typed, records):
                models.BaseModel.write(records, vals)
                records.flush_recordset()
            return records
        except UniqueViolation:
            if len(records) == 1:
                return records.browse()
            half = len(records) // 2
            return self._merge_follow(records[:half], vals) | self._merge_follow(records[half:], vals)

    def _merge_identity(self, survivor):
        """Leave ``survivor`` the better of the two identities; the other one stays with the archived contact.

        Past the identity's own rule that another person's document is sighted anew: it is the same person.

        :return: the identity that changed hands (may be empty)
        """
        if self._merge_identity_rank() <= survivor._merge_identity_rank():
            return self.env["cpa.identity"]
        identity, other = self.partner_id.cpa_identity_ids, survivor.partner_id.cpa_identity_ids
        models.BaseModel.write(identity, {"partner_id": survivor.partner_id.id})
        models.BaseModel.write(other, {"partner_id": self.partner_id.id})
        (identity | other).flush_recordset(["partner_id"])  # in one statement: one identity per contact
        return identity

    # ------------------------------------------------------------------
    # A merged file is closed for good
    # ------------------------------------------------------------------

    def write(self, vals):
        self._check_not_merged()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_merged(self):
        self._check_not_merged()

    def _check_not_merged(self):
        """:raise UserError: one of these files was merged into another one"""
        for file in self.filtered("merged_into_id"):
            raise UserError(
                self.env._(
                    "%(file)s was merged into %(survivor)s: work in that file.",
                    file=file.display_name,
                    survivor=file.merged_into_id.display_name,
                )
            )

    @api.depends("merged_into_id")
    def _compute_allowed_states(self):
        merged = self.filtered("merged_into_id")
        merged.allowed_states = []
        super(CpaBeneficiary, self - merged)._compute_allowed_states()

    @api.depends("merged_into_id")
    def _compute_duplicates(self):
        merged = self.filtered("merged_into_id")
        merged.duplicates = []
        super(CpaBeneficiary, self - merged)._compute_duplicates()

    @api.depends("merged_into_id")
    def _compute_registration_missing(self):
        merged = self.filtered("merged_into_id")
        merged.registration_missing = ""
        super(CpaBeneficiary, self - merged)._compute_registration_missing()

    def action_merge(self):
        """Button: compare this file with another one of the same person and merge them."""
        return self.env["ir.actions.act_window"]._for_xml_id("cpa_beneficiary.cpa_merge_wizard_action") | {
            "context": {"active_model": self._name, "active_ids": self.ids}
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if vals.get("active"):
            # whoever asks, and whether or not he sees the file
            self.sudo().with_context(active_test=False).cpa_beneficiary_ids._check_not_merged()
        return super().write(vals)


class CpaRequest(models.Model):
    _inherit = "cpa.request"

    @api.constrains("beneficiary_id")
    def _check_beneficiary_not_merged(self):
        for request in self:
            if request.beneficiary_id.sudo().merged_into_id:  # whether, not into whose
                raise ValidationError(self.env._("This file was merged into another one: take that one."))
