"""Numbers that are stored where no role can read them."""

from odoo import fields
from odoo.exceptions import UserError

SHOWN_DIGITS = 4
MASK = "•"
SEARCHED_NUMBERS = 10


def mask(plain):
    """Return ``plain`` with all but its last digits hidden; False for an empty value."""
    return MASK * max(len(plain) - SHOWN_DIGITS, 0) + plain[-SHOWN_DIGITS:] if plain else False


class Masked(fields.Char):
    """A number of which everyone sees the last digits only; type a number to replace it.

    What is typed is stored in the field named by ``plain`` (``groups=fields.NO_ACCESS``), brought to one form by the
    function ``normalise``; the model's constraint on that field checks it. It is searched whole, never by a part.
    """

    plain = None
    normalise = None

    def __init__(self, *args, **kwargs):
        if "plain" in kwargs:
            plain, normalise = kwargs["plain"], kwargs["normalise"]

            def compute(records):
                for record in records:
                    record[self.name] = mask(record.sudo()[plain])  # read to be masked

            def inverse(records):
                for record in records:
                    number = normalise(record[self.name])
                    if MASK not in number:
                        # the one way in: what was typed becomes the stored number, checked by the model's constraint
                        record.sudo()[plain] = number or False
                # from now on it is read as its mask, in this transaction too
                records.invalidate_recordset([self.name], flush=False)

            def search(records, operator, value):
                if operator not in ("=", "in"):
                    raise UserError(records.env._("This number is searched whole, never by a part."))
                values = [value] if operator == "=" else value
                numbers = [normalise(number) for number in values if isinstance(number, str)]
                if len(numbers) > SEARCHED_NUMBERS:
                    # a long list would find out the hidden digits; the ORM tries on after a UserError, value by value
                    raise ValueError("a masked number is searched a few at a time")
                # exact matches only: it finds a record for someone who already has the number
                found = records.sudo().with_context(active_test=False)._search([(plain, "in", numbers)])
                return [("id", "in", found)]

            kwargs |= {"compute": compute, "inverse": inverse, "search": search, "depends": (plain,)}
        super().__init__(*args, **kwargs)
