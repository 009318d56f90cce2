from odoo.tests import tagged

from .priority_common import PriorityCase


@tagged("post_install", "-at_install")
class TestPriorityRule(PriorityCase):
    def test_a_ticket_of_the_best_customer_is_raised_when_it_is_created(self):
        self._rule()
        best, small, stranger = (
            self._ticket(self.best), self._ticket(self.small), self._ticket(self.stranger)
        )
        self.end()
        self.assertEqual(
            [ticket.priority for ticket in (best, small, stranger)], ["3", "0", "0"]
        )
        row = self.applied(best)
        self.assertEqual(
            (row.tier_id, row.cause, row.priority_before, row.priority, row.company_id),
            (self.tiers["A"], "create", "0", "3", self.company),
        )
        self.assertFalse(self.applied(small + stranger))
