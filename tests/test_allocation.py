import random
from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase, tagged

from ..tools.allocation import split

CENT = Decimal("0.01")


@tagged("post_install", "-at_install", "fault")
class TestAllocation(BaseCase):
    def test_textbook_seats(self):
        """Largest remainder (Hare quota) of 10 seats; the example every textbook has."""
        votes = [47000, 16000, 15900, 12000, 6000, 3100]
        self.assertEqual(split(Decimal(10), votes, Decimal(1)), [5, 2, 1, 1, 1, 0])

    def test_thirds_of_a_cent_go_to_the_first(self):
        self.assertEqual(split(Decimal("100"), [1, 1, 1], CENT),
                         [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")])
        self.assertEqual(split(Decimal("-0.01"), [1, 1], CENT), [Decimal("-0.01"), 0])
        self.assertEqual(split(Decimal("0"), [1, 2], CENT), [0, 0])

    def test_C6_parts_add_up_exactly(self):
        """10,000 random amounts, weights and currencies: no difference at all."""
        chance = random.Random(6)
        for _number in range(10_000):
            unit = chance.choice([CENT, Decimal(1), Decimal("0.001"), Decimal("0.05")])
            total = unit * chance.randrange(-10**9, 10**9)
            weights = [chance.choice([0, 1, chance.random(), chance.randrange(10**6)])
                       for _part in range(chance.randrange(1, 12))]
            weights[chance.randrange(len(weights))] = 1 + chance.random()
            parts = split(total, weights, unit)
            self.assertEqual(sum(parts), total)
            whole = sum(Fraction(str(weight)) for weight in weights)
            for part, weight in zip(parts, weights, strict=True):
                self.assertEqual(part % unit, 0)
                quota = Fraction(total) * Fraction(str(weight)) / whole
                self.assertLess(abs(Fraction(part) - quota), Fraction(unit))

    def test_what_has_no_weight_gets_nothing(self):
        self.assertEqual(split(Decimal("9.99"), [0, 5, 0], CENT), [0, Decimal("9.99"), 0])

    def test_a_rest_below_the_unit_is_not_lost(self):
        self.assertEqual(sum(split(Decimal("10.005"), [1, 2], CENT)), Decimal("10.005"))

    def test_refused(self):
        for weights in ([0, 0], [], [1, -1], [float("nan")], [float("inf"), 1]):
            with self.assertRaises(ValueError):
                split(Decimal(1), weights, CENT)
