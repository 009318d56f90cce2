from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from ..models.base import bulk_fill


@tagged("post_install", "-at_install")
class TestBulkFill(TransactionCase):
    def _indexes(self):
        self.env.cr.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'crm_lead' ORDER BY 1"
        )
        return self.env.cr.fetchall()

    def test_indexes_come_back_as_they_were(self):
        self.env["crm.lead"].create([{"name": "One"}, {"name": "Two"}])
        self.env.flush_all()
        before = self._indexes()
        with patch.object(bulk_fill, "LARGE_TABLE", 1):
            with bulk_fill.without_indexes(self.env, "crm_lead"):
                self.assertLess(len(self._indexes()), len(before) / 2)
            self.assertEqual(self._indexes(), before)

    def test_small_table_keeps_its_indexes(self):
        before = self._indexes()
        with bulk_fill.without_indexes(self.env, "crm_lead"):
            self.assertEqual(self._indexes(), before)
