"""One door for every change of state.

A model that inherits ``cpa.lifecycle.mixin`` declares a table of moves. The door is ``create`` and ``write``
themselves, so a button, an RPC call, an import, a card dragged on a kanban board, an automation and the portal all
meet the same rules and the same message. Nothing opens it: no context key, no ``sudo()``, no superuser.
"""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.text import comma_list


class Move(NamedTuple):
    """One allowed move of a record from a state to another.

    :param roles: external ids of the groups whose members may do it; one is enough
    :param guards: names of methods ``(self, at) -> list[str]``, called on one record: what is missing, in the user's
        language; ``at`` is when the move happened (naive UTC)
    :param effects: names of methods ``(self, at)``, called on the records after the state is written
    :param reason: whether the user has to say why
    """

    roles: tuple[str, ...]
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    reason: bool = False


class CpaLifecycleMixin(models.AbstractModel):
    _name = "cpa.lifecycle.mixin"
    _description = "Lifecycle with guarded moves"
    _inherit = ["cpa.happened.mixin"]

    # Where a record begins, and in which states it may still be deleted.
    _lifecycle_initial = "draft"
    _lifecycle_deletable = frozenset({"draft"})
    # States in which the record is evidence: no field changes, except those named.
    _lifecycle_frozen = frozenset()
    _lifecycle_unfrozen = frozenset()
    # The field that says since when the record has been in its first state.
    _lifecycle_birth = "create_date"

    allowed_states = fields.Json(compute="_compute_allowed_states")

    # ------------------------------------------------------------------
    # What models declare
    # ------------------------------------------------------------------

    def _valid_field_parameter(self, field, name):
        # kept=True: a field that only effects write (numbers, clocks, results), never a user, an import or a portal
        # fixed=True: a field that is given when the record begins and never changes (whose, which, for what)
        return name in ("kept", "fixed") or super()._valid_field_parameter(field, name)

    @api.model
    def _lifecycle_kept(self):
        """Return the names of the fields that nobody types: declared ``kept=True``, or a stored compute."""
        return {
            name
            for name, field in self._fields.items()
            if getattr(field, "kept", False) or (field.store and field.compute and field.readonly and not field.inverse)
        }

    def _lifecycle_moves(self):
        """Return the model's table of moves: ``{(old state, new state): Move}``. Add-ons extend it by inheritance."""
        return {}

    def _lifecycle_request(self):
        """Return the request to whose story this record's moves belong (may be empty)."""
        return self.env["cpa.request"]

    def _lifecycle_born_at(self):
        """Return since when this record has been in its first state (naive UTC)."""
        return self[self._lifecycle_birth]

    def _lifecycle_has_role(self, role):
        """Return whether the acting user, also under ``sudo()``, holds ``role`` for this record.

        :param role: external id of a group
        """
        return self.env.user._has_group(role)

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_allowed_states(self):
        for record in self:
            record.allowed_states = [
                new
                for (old, new), move in record._lifecycle_moves().items()
                if old == record.state and any(record._lifecycle_has_role(role) for role in move.roles)
            ]

    # ------------------------------------------------------------------
    # The door
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Neither a context nor a default stored by a user (``ir.default``) decides a state or a kept field."""
        values = super().default_get(fields)
        for name in values.keys() & (self._lifecycle_kept() | {"state"}):
            default = self._fields[name].default
            values[name] = self._lifecycle_initial if name == "state" else default(self) if default else False
        return values

    @api.model_create_multi
    def create(self, vals_list):
        cleaned, told = [], []
        for vals in vals_list:
            vals = dict(vals)
            told.append(self._happened_pop(vals))
            if vals.get("state", self._lifecycle_initial) != self._lifecycle_initial:
                raise UserError(
                    self.env._(
                        "%(model)s begins as “%(state)s”; the way from there is by its moves.",
                        model=self.env["ir.model"]._get(self._name).name,
                        state=self._lifecycle_label(self._lifecycle_initial),
                    )
                )
            self._lifecycle_check_kept(vals)
            cleaned.append(vals)
        records = super().create(cleaned)
        for record, happened in zip(records, told, strict=True):
            if happened.is_set_back(record.create_date):
                record._lifecycle_set_birth_back(happened)
        return records

    def write(self, vals):
        vals = dict(vals)
        happened = self._happened_pop(vals)
        self._lifecycle_check_kept(vals)
        self._lifecycle_check_fixed(vals)
        new_state = vals.pop("state", None)
        moving = self.filtered(lambda record: record.state != new_state) if new_state else self.browse()
        moves = [(record, record._lifecycle_find_move(new_state)) for record in moving]
        if vals:
            self._lifecycle_check_frozen(vals)
            super().write(vals)
        if not moves:
            return True
        at = moving._lifecycle_check_moves(moves, new_state, happened)
        journal = moving._lifecycle_journal(new_state, at, happened)
        moving._lifecycle_enter(new_state, journal)
        for effect in dict.fromkeys(effect for _record, move in moves for effect in move.effects):
            records = moving.browse([record.id for record, move in moves if effect in move.effects])
            getattr(records, effect)(at)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unborn(self):
        for record in self:
            if record.state not in self._lifecycle_deletable:
                raise UserError(
                    self.env._(
                        "“%(record)s” is part of the record and cannot be deleted in the state “%(state)s”.",
                        record=record.display_name,
                        state=self._lifecycle_label(record.state),
                    )
                )

    def _lifecycle_enter(self, new_state, journal):
        """Write a state whose move has been checked, or follows from one that has been, with its rows of the journal.

        Private, so never reachable from outside the server.

        :param journal: values as returned by ``_lifecycle_journal``
        """
        super().write({"state": new_state})
        self.env["cpa.request.move"]._append(journal)

    def _lifecycle_set(self, vals):
        """Write kept or frozen fields from an effect. Private, so never reachable from outside the server.

        :param vals: values as for ``write``; never the state
        """
        if "state" in vals:
            raise ValueError("a state changes by its moves only")
        return super().write(vals)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _lifecycle_check_kept(self, vals):
        touched = sorted(name for name in self._lifecycle_kept() & vals.keys() if self or vals[name])
        if touched:
            raise UserError(
                self.env._(
                    "These fields are kept by the system and are not typed: %(fields)s.",
                    fields=comma_list(
                        (self._fields[name]._description_string(self.env) for name in touched), self.env.lang
                    ),
                )
            )

    def _lifecycle_check_fixed(self, vals):
        for name in vals:
            field = self._fields.get(name)
            if not getattr(field, "fixed", False):
                continue
            if any(field.convert_to_write(record[name], record) != vals[name] for record in self):
                raise UserError(
                    self.env._(
                        "“%(field)s” is given once, at the beginning, and does not change.",
                        field=field._description_string(self.env),
                    )
                )

    def _lifecycle_check_frozen(self, vals):
        if vals.keys() <= self._lifecycle_unfrozen:
            return
        for record in self:
            if record.state in self._lifecycle_frozen:
                raise UserError(
                    self.env._(
                        "“%(record)s” is evidence since it is “%(state)s” and cannot be changed any more.",
                        record=record.display_name,
                        state=self._lifecycle_label(record.state),
                    )
                )

    def _lifecycle_find_move(self, new_state):
        """Return the ``Move`` of this record to ``new_state``.

        :raise UserError: the table has no such move, or it belongs to a role that the user does not hold
        """
        self.ensure_one()
        move = self._lifecycle_moves().get((self.state, new_state))
        if not move:
            raise UserError(
                self.env._(
                    "“%(record)s” cannot go from “%(old)s” to “%(new)s”.",
                    record=self.sudo().display_name,  # the name only: the user sees the record that he tries to move
                    old=self._lifecycle_label(self.state),
                    new=self._lifecycle_label(new_state),
                )
            )
        if not any(self._lifecycle_has_role(role) for role in move.roles):
            raise UserError(
                self.env._(
                    "“%(record)s” cannot go from “%(old)s” to “%(new)s” by you: this belongs to %(roles)s.",
                    record=self.sudo().display_name,  # as above
                    old=self._lifecycle_label(self.state),
                    new=self._lifecycle_label(new_state),
                    roles=comma_list(self._lifecycle_role_names(move.roles), self.env.lang),
                )
            )
        return move

    def _lifecycle_check_moves(self, moves, new_state, happened):
        """Check every guard of every record and say all that is missing in one message.

        :param happened: ``Happened``, what the user says about the move
        :return: when the moves happened (naive UTC)
        :raise UserError: something is missing
        """
        now = fields.Datetime.now()
        at = happened.time(now)
        about_time = self._happened_missing(happened, now)
        last_moves = self.env["cpa.request.move"]._last_times(self)
        problems = []
        for record, move in moves:
            missing = list(about_time)
            if move.reason and not happened.reason and not missing:
                missing.append(self.env._("Give the reason."))
            if record.id in last_moves and at < last_moves[record.id]:
                missing.append(self.env._("It cannot happen before the step that came before it."))
            for guard in move.guards:
                missing += getattr(record, guard)(at)
            if missing:
                lines = "\n".join(f"• {line}" for line in missing)
                head = self.env._(
                    "“%(record)s” cannot become “%(state)s” yet:",
                    record=record.display_name,
                    state=self._lifecycle_label(new_state),
                )
                problems.append(f"{head}\n{lines}")
        if problems:
            raise UserError("\n\n".join(problems))
        return at

    def _lifecycle_journal(self, new_state, at, happened):
        """Return the values of the rows of ``cpa.request.move`` for moving ``self`` to ``new_state``."""
        return [
            {
                "res_model": record._name,
                "res_id": record.id,
                "request_id": record._lifecycle_request().id,
                "from_state": record.state,
                "to_state": new_state,
                "user_id": self.env.uid,
                "happened_at": at,
                "entered_at": fields.Datetime.now(),
                "reason": happened.reason or False,
                "scan_id": record._happened_keep_scan(happened).id,
            }
            for record in self
        ]

    def _lifecycle_set_birth_back(self, happened):
        """Record that this new record began earlier than it is entered: in its own field and in the journal.

        :param happened: ``Happened``
        :raise UserError: the reason or the paper's scan is missing
        """
        missing = self._happened_missing(happened, self.create_date)
        if missing:
            raise UserError("\n".join(missing))
        if self._lifecycle_birth != "create_date":
            self._lifecycle_set({self._lifecycle_birth: happened.at})
        [row] = self._lifecycle_journal(self.state, happened.at, happened)
        self.env["cpa.request.move"]._append([row | {"from_state": False}])

    def _lifecycle_carry(self, at):
        """Return what a move carries on to the moves that it sets off: the same time and the same paper.

        :param at: when this record's move happened (naive UTC)
        """
        self.ensure_one()
        # the row has just been written by this very move
        row = (
            self.env["cpa.request.move"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "=", self.id)], order="id desc", limit=1)
        )
        return {"move_happened_at": at, "move_scan_id": row.scan_id.id}

    # ------------------------------------------------------------------
    # Buttons and labels
    # ------------------------------------------------------------------

    def action_move(self):
        """Button: move to the state named by the button's context (``to_state``); asks for a reason that is due."""
        to_state = self.env.context.get("to_state")
        records = self.with_context(to_state=None, ask=None)  # what the button says is not for what the move sets off
        moves = [record._lifecycle_find_move(to_state) for record in records if record.state != to_state]
        if self.env.context.get("ask") or any(move.reason for move in moves):
            return records._lifecycle_ask(to_state)
        records.write({"state": to_state})
        return True

    def _lifecycle_ask(self, to_state):
        return {
            "type": "ir.actions.act_window",
            "name": self._lifecycle_label(to_state),
            "res_model": "cpa.move.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ids": self.ids,
                "default_to_state": to_state,
                "default_to_state_label": self._lifecycle_label(to_state),
            },
        }

    @api.model
    def _lifecycle_label(self, state):
        """Return the label of a state in the user's language (the bare value if there is no such state)."""
        return dict(self._fields["state"]._description_selection(self.env)).get(state, state)

    @api.model
    def _lifecycle_role_names(self, roles):
        # names of groups are no secret, and portal users may not read res.groups
        return [self.env.ref(role).sudo().name for role in roles if self.env.ref(role, raise_if_not_found=False)]
