"""What anybody can work out from published figures by adding and subtracting them, and what may be told beside them.

Answers are counted in *atoms*: the smallest groups of answers that any table tells apart. A figure is the sum of some
atoms. Whoever holds several figures can add and subtract them, so the figures are kept as a system of linear equations
in reduced form: what its rows say is what can be worked out. A figure is told only if no row, and no sum or difference
of two, speaks of a group that is too small.
"""

from fractions import Fraction


class Ledger:
    """The figures told about one set of answers."""

    def __init__(self, atoms, is_small):
        """Begin with nothing told.

        :param atoms: iterable of hashable atoms
        :param is_small: function of a set of atoms: whether nobody may learn the sum of their answers
        """
        self._atoms = frozenset(atoms)
        self._is_small = is_small
        self._rows = {}  # the reduced rows by their pivot: {pivot: {atom: coefficient}}
        self._told = []

    def tell(self, group, force=False):
        """Tell the sum of a group of atoms, unless a small group could be worked out with it.

        :param group: iterable of atoms; those without any answer count for nothing
        :param bool force: it has been told already
        :return: whether it is told
        """
        group = self._atoms.intersection(group)
        if not group or (not force and (self._is_small(group) or any(map(self._is_gap, self._gaps(group))))):
            return False
        row = self._reduced(dict.fromkeys(group, Fraction(1)))
        if row:
            rows, new = self._rows_with(row)
            if not force and self._discloses(rows, new):
                return False
            self._rows = rows
        self._told.append(group)
        return True

    def _gaps(self, group):
        """Yield what is left between ``group`` and each told figure that holds it or that it holds."""
        for told in self._told:
            if group < told:
                yield told - group
            elif told < group:
                yield group - told

    def _is_gap(self, gap):
        return bool(gap) and self._is_small(gap)

    def _reduced(self, row):
        """Return ``row`` without what the rows told already say."""
        for pivot in [atom for atom in row if atom in self._rows]:
            _subtract(row, self._rows[pivot], row[pivot])
        return row

    def _rows_with(self, row):
        """Return the reduced rows together with ``row``, and those among them that are new."""
        pivot = min(row, key=repr)
        scale = row[pivot]
        row = {atom: value / scale for atom, value in row.items()}
        rows, new = {pivot: row}, [pivot]
        for other, told in self._rows.items():
            if pivot in told:
                told = dict(told)
                _subtract(told, row, told[pivot])
                new.append(other)
            rows[other] = told
        return rows, new

    def _discloses(self, rows, new):
        for pivot in new:
            if self._is_small(rows[pivot].keys()):
                return True
            for other, row in rows.items():
                if other == pivot:
                    continue
                for sign in (1, -1):
                    both = dict(rows[pivot])
                    _subtract(both, row, sign)
                    if both and self._is_small(both.keys()):
                        return True
        return False


def _subtract(row, other, times):
    """Take ``times`` the row ``other`` off ``row``, in place."""
    for atom, value in other.items():
        left = row.get(atom, 0) - times * value
        if left:
            row[atom] = left
        else:
            row.pop(atom, None)
