"""What can be worked out from several figures: the arithmetic of it, against every sum and difference there is."""

import random
from fractions import Fraction
from itertools import chain, combinations

from odoo.tests import BaseCase, tagged

from ..tools.disclosure import Ledger


def spans(rows, target, atoms):
    """Return whether ``target`` is a sum of multiples of ``rows`` (plain elimination, as a check of ours)."""
    order = sorted(atoms)
    matrix = [[Fraction(atom in row) for row in rows] + [Fraction(atom in target)] for atom in order]
    rank = 0
    for column in range(len(rows)):
        pivot = next((line for line in range(rank, len(matrix)) if matrix[line][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        for line in range(len(matrix)):
            if line != rank and matrix[line][column]:
                factor = matrix[line][column] / matrix[rank][column]
                matrix[line] = [a - factor * b for a, b in zip(matrix[line], matrix[rank], strict=True)]
        rank += 1
    return all(not line[-1] for line in matrix[rank:])


@tagged("post_install", "-at_install")
class TestDisclosure(BaseCase):
    def ledger(self, **sizes):
        return Ledger(sizes, lambda group: sum(sizes[atom] for atom in group) < 5)

    def test_small_group(self):
        """P-16: no figure about fewer than five."""
        ledger = self.ledger(a=4, b=5)
        self.assertFalse(ledger.tell("a"))
        self.assertTrue(ledger.tell("b"))

    def test_complement(self):
        """What is left of a total must not be small either: it may be all or at least five."""
        ledger = self.ledger(a=20, b=4)
        self.assertTrue(ledger.tell("ab"))
        self.assertFalse(ledger.tell("a"), "b would be the difference")
        ledger = self.ledger(a=20, b=4, c=3)
        self.assertTrue(ledger.tell("abc"))
        self.assertTrue(ledger.tell("a"), "b and c together are seven")

    def test_nested_figures_of_two_tables(self):
        """A service that is given in one branch only is no way into the others of that branch."""
        ledger = self.ledger(a=10, b=3)
        self.assertTrue(ledger.tell("a"))
        self.assertFalse(ledger.tell("ab"), "b would be the difference")

    def test_three_figures_together(self):
        """No two of them disclose anything, all three do."""
        ledger = self.ledger(a=6, b=6, c=6, d=2)
        self.assertTrue(ledger.tell("abcd"))
        self.assertTrue(ledger.tell("ab"))
        self.assertFalse(ledger.tell("c"), "d is the total less ab less c")

    def test_against_all_sums(self):
        """Whatever is told in whatever order: no small group is a sum of multiples of what was told."""
        chance = random.Random(19)
        for _turn in range(25):
            sizes = {atom: chance.choice((1, 2, 3, 4, 6, 9)) for atom in "abcdefg"}
            ledger = self.ledger(**sizes)
            told = []
            for _figure in range(12):
                group = frozenset(chance.sample(sorted(sizes), chance.randint(1, 6)))
                if ledger.tell(group):
                    told.append(group)
            small = chain.from_iterable(combinations(sizes, length) for length in range(1, 5))
            for group in (set(group) for group in small):
                if sum(sizes[atom] for atom in group) < 5:
                    self.assertFalse(spans(told, group, sizes), f"{told} of {sizes} tell {group}")
