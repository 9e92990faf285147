"""What was answered to one question after one kind of event within a year, in groups that figures are made of."""

from collections import defaultdict

from .disclosure import Ledger

FEWEST_ANSWERS = 5
FEWEST_STAFF = 2


class Answers:
    """Counts of answers by atom (month, place) and by who served.

    An atom is ``(month, *place)``, a place the ids of the dimensions in their order; a cell is the same as a place with
    None for each dimension over which it goes.
    """

    def __init__(self, has_staff):
        """Begin without answers.

        :param bool has_staff: whether these answers speak of the work of somebody
        """
        self.has_staff = has_staff
        self._atoms = defaultdict(dict)  # {atom: {staff: (n, good, bad)}}
        self._own = defaultdict(list)  # {staff: [atoms of a figure that he was told]}

    def add(self, month, place, staff, n, good, bad):
        """Take in the counts of one group of answers, each group once."""
        self._atoms[(month, *place)][staff] = (n, good, bad)

    def ledger(self):
        """Return a ledger in which no figure has been told yet."""
        return Ledger(self._atoms, self.is_small)

    def cells(self, axes, months):
        """Return the cells of a table in which there are answers, the fullest first; unknown places have none.

        :param axes: indexes of the table's dimensions
        :param months: set of dates
        """
        sizes = defaultdict(int)
        for atom, counts in self._atoms.items():
            place = atom[1:]
            if atom[0] in months and all(place[axis] for axis in axes):
                cell = tuple(value if axis in axes else None for axis, value in enumerate(place))
                sizes[cell] += sum(n for n, _good, _bad in counts.values())
        return sorted(sizes, key=lambda cell: (-sizes[cell], repr(cell)))

    def group(self, cell, months):
        """Return the atoms of a cell in these months (``frozenset``)."""
        return frozenset(
            atom
            for atom in self._atoms
            if atom[0] in months and all(own is None or own == value for own, value in zip(cell, atom[1:], strict=True))
        )

    def counts(self, atoms, staff=None):
        """Return ``(n, good, bad)`` of some atoms, of one provider's work where ``staff`` is given."""
        rows = [counts for atom in atoms for who, counts in self._atoms[atom].items() if staff is None or who == staff]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else (0, 0, 0)

    def is_small(self, atoms, without=None):
        """Return whether so few answers, or so few whose work they speak of, are in a group that nobody may see it.

        :param without: who knows his own answers and takes them off
        """
        n, staff = 0, set()
        for atom in atoms:
            for who, counts in self._atoms[atom].items():
                if without is None or who != without:
                    n += counts[0]
                    staff.add(who)
        return n < FEWEST_ANSWERS or (self.has_staff and len(staff - {None}) < FEWEST_STAFF)

    # ------------------------------------------------------------------
    # A provider's own figures
    # ------------------------------------------------------------------

    def staff(self, months):
        """Return who served in these months, as far as it is counted."""
        found = {who for atom, counts in self._atoms.items() if atom[0] in months for who in counts}
        return sorted(found - {None})

    def own(self, staff, months):
        """Return the atoms in which there are answers about the work of ``staff``."""
        return frozenset(atom for atom, counts in self._atoms.items() if atom[0] in months and staff in counts)

    def tell_own(self, staff, atoms, figures):
        """Note that ``staff`` learns the sum of the answers about his work in ``atoms``, if that is no small group and
        takes nobody's shelter in any figure told to all.

        :param figures: the groups of atoms of the figures told to all
        :return: whether he learns it
        """
        if self.counts(atoms, staff)[0] < FEWEST_ANSWERS:
            return False
        if any(group & atoms and self.is_small(group, without=staff) for group in figures):
            return False
        self._own[staff].append(atoms)
        return True

    def shelters(self, group):
        """Return whether a figure of ``group`` shelters colleagues from whoever knows figures of his own work."""
        return not any(
            group & atoms and self.is_small(group, without=staff) for staff, told in self._own.items() for atoms in told
        )
