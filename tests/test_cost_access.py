from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_costs import CostCase

MODELS = ("crm.roi.cost", "crm.roi.cost.day", "crm.roi.cost.share", "crm.roi.cost.allocation",
          "crm.roi.cost.allocation.line")


@tagged("post_install", "-at_install", "fault")
class TestCostAccess(CostCase):
    """Whose costs a manager sees and changes: those of the companies ticked, on every way out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allocation = cls.env["crm.roi.cost.allocation"].create({
            "name": "Teams", "company_id": cls.company.id,
            "line_ids": [Command.create({"team_id": cls.team.id, "percent": 100})],
        })
        cls.ours = cls.cost(3, "2026-03-01", "2026-03-03", allocation_id=cls.allocation.id)
        cls.theirs = cls.cost(
            7, "2026-03-01", "2026-03-07", company_id=cls.other_company.id,
            currency_id=cls.other_company.currency_id.id,
        )
        cls.env.user.group_ids += cls.env.ref("base.group_allow_export")
        for user in (cls.manager, cls.other_manager):
            user.group_ids += cls.env.ref("base.group_allow_export")

    def as_manager(self, model, user=None, companies=None):
        user = user or self.other_manager
        return self.env[model].with_user(user).with_context(
            allowed_company_ids=(companies or user.company_id).ids
        )

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_A2_a_manager_of_another_company(self):
        foreign = [("company_id", "=", self.company.id)]
        for name in MODELS:
            model = self.as_manager(name)
            rows = self.env[name].search(foreign)
            with self.subTest(name):
                self.assertTrue(rows)
                self.assertEqual(model.search_count(foreign), 0)
                self.assertEqual(model._read_group(foreign, [], ["__count"]), [(0,)])
                self.assertEqual(model.web_search_read(foreign, {"id": {}})["length"], 0)
                self.assertEqual(model.formatted_read_group(foreign, ["company_id"], ["__count"]),
                                 [])
                self.assertEqual(model.name_search("", foreign), [])
                mine = model.browse(rows.ids)
                for read in (
                    lambda mine=mine: mine.read(["company_id"]),
                    lambda mine=mine: mine.export_data(["company_id/id"]),
                    lambda mine=mine: mine.mapped("company_id.name"),
                ):
                    mine.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        read()

    def test_A2_totals_hold_the_own_company_only(self):
        for user, total in ((self.manager, 3), (self.other_manager, 7)):
            days = self.as_manager("crm.roi.cost.day", user)
            costs = self.as_manager("crm.roi.cost", user)
            self.assertEqual(round(days._read_group([], [], ["amount:sum"])[0][0], 2), total)
            self.assertEqual(costs._read_group([], [], ["amount:sum"]), [(total,)])

    def test_A3_only_ticked_companies_count(self):
        self.manager.company_ids += self.other_company
        for companies, names in (
            (self.company, {"KPI North"}), (self.other_company, {"KPI West"}),
            (self.company + self.other_company, {"KPI North", "KPI West"}),
        ):
            for name in ("crm.roi.cost", "crm.roi.cost.day", "crm.roi.cost.share"):
                rows = self.as_manager(name, self.manager, companies).search([])
                self.assertEqual(set(rows.mapped("company_id.name")), names, name)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_A11_a_cost_cannot_be_pushed_into_or_out_of_another_company(self):
        self.ours.allocation_id = False
        with self.assertRaises(AccessError):
            self.as_manager("crm.roi.cost", self.manager).browse(self.ours.id).company_id = \
                self.other_company
        with self.assertRaises(AccessError):
            self.as_manager("crm.roi.cost").browse(self.ours.id).company_id = self.other_company
        with self.assertRaises(AccessError):
            self.as_manager("crm.roi.cost").create({
                "name": "Pushed", "company_id": self.company.id, "category_id": self.media.id,
                "date_from": "2026-03-01", "amount": 1,
            })
        with self.assertRaises(AccessError):
            self.as_manager("crm.roi.cost").browse(self.ours.id).unlink()

    def test_A11_a_cost_takes_its_team_along_or_is_refused(self):
        self.manager.company_ids += self.other_company
        both = self.company + self.other_company
        cost = self.as_manager("crm.roi.cost", self.manager, both).browse(self.ours.id)
        cost.write({"allocation_id": False, "team_id": self.team.id})
        with self.assertRaises(UserError):
            cost.company_id = self.other_company
        cost.write({"company_id": self.other_company.id, "team_id": False})
        self.assertEqual(cost.share_ids.company_id, self.other_company)
        self.assertFalse(self.Day.search_count([("company_id", "=", self.company.id)]))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_a_manager_cannot_write_shares_or_days(self):
        for name in ("crm.roi.cost.share", "crm.roi.cost.day"):
            row = self.as_manager(name, self.manager).search([], limit=1)
            for forge in (lambda row=row: row.write({"amount": 1}), row.unlink,
                          lambda row=row: row.create({"cost_id": self.ours.id})):
                with self.assertRaises(AccessError):
                    forge()
