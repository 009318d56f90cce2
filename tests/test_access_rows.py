from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_channels import channels
from .access_checker import own_models
from .access_golden import NO_FIGURES
from .access_roles import ROLES, VISIBLE, AccessCase, weight


@tagged("post_install", "-at_install", "fault")
class TestAccessRows(AccessCase):
    """Which rows each role sees: the same set on every way out, and the same as of the leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_leads()

    def assert_channels(self, role, expected, companies=None):
        snapshot = self.as_role(role, "crm.kpi.snapshot", companies)
        for channel, number in channels(snapshot, self.day).items():
            with self.subTest(role=role, channel=channel):
                self.assertEqual(number, expected)

    # -- A2, A3, A5: who sees what -------------------------------------------------------------

    def test_A2_manager_of_another_company(self):
        self.assert_channels("other_manager", VISIBLE["other_manager"])

    def test_A2_no_model_shows_rows_of_another_company(self):
        for name in own_models(self.env):
            model = self.env[name]
            if model._abstract or "company_id" not in model._fields:
                continue
            theirs = self.as_role("other_manager", name)
            if not theirs.has_access("read"):
                continue
            foreign = [("company_id", "=", self.company_a.id)]
            with self.subTest(model=name):
                self.assertEqual(theirs.search_count(foreign), 0)
                self.assertEqual(theirs._read_group(foreign, [], ["__count"]), [(0,)])
                self.assertEqual(theirs.web_search_read(foreign, {"id": {}})["length"], 0)
                self.assertEqual(theirs.name_search("", foreign), [])

    def test_A2_row_of_another_company_is_refused_by_id(self):
        row = self.env["crm.kpi.snapshot"].search([("company_id", "=", self.company_a.id)], limit=1)
        mine = row.with_user(self.users["other_manager"])
        for read in (
            lambda: mine.read(["lead_count"]), lambda: mine.export_data(["lead_count"]),
            lambda: mine.lead_count, lambda: mine.web_read({"lead_count": {}}),
        ):
            mine.invalidate_recordset()
            with self.assertRaises(AccessError):
                read()

    def test_A2_negative_control_without_the_rule_rows_are_seen(self):
        self.env.ref("crm_roi.crm_kpi_snapshot_rule_company").unlink()
        snapshot = self.as_role("other_manager", "crm.kpi.snapshot")
        seen = channels(snapshot, self.day)
        self.assertGreater(seen["_read_group"], VISIBLE["other_manager"])
        self.assertEqual(seen["leads themselves"], VISIBLE["other_manager"])

    def test_A3_only_ticked_companies_count(self):
        manager = self.users["manager"]
        manager.company_ids += self.company_b
        both = self.company_a + self.company_b
        shared = weight("shared_nobody", "shared_own")
        self.assert_channels("manager", VISIBLE["manager"], self.company_a)
        self.assert_channels("manager", weight("b_other") + shared, self.company_b)
        self.assert_channels("manager", VISIBLE["manager"] + weight("b_other"), both)

    def test_A3_a_company_that_is_not_theirs_cannot_be_ticked(self):
        snapshot = self.as_role("manager", "crm.kpi.snapshot", self.company_a + self.company_b)
        with self.assertRaises(AccessError):
            snapshot.search([]).mapped("lead_count")

    def test_A5_own_documents_only(self):
        self.assert_channels("own", VISIBLE["own"])

    def test_A5_all_documents(self):
        self.assert_channels("all", VISIBLE["all"])
        self.assert_channels("manager", VISIBLE["manager"])

    def test_A5_levels_and_ratios_use_the_same_set(self):
        yesterday = self.company_a._kpi_today("UTC") - timedelta(days=1)
        for role, visible in VISIBLE.items():
            snapshot = self.as_role(role, "crm.kpi.snapshot")
            opened, revenue, overdue = snapshot._read_group(
                [("day", "=", yesterday)], [],
                ["open_count:avg", "open_revenue:avg", "overdue_rate:avg"],
            )[0]
            background = self.open_before(role)
            with self.subTest(role=role):
                self.assertEqual(opened, visible + background)
                self.assertEqual(overdue, 0 if opened else None)
                self.assertTrue(revenue >= visible)

    def open_before(self, role):
        """Open opportunities a role sees that were there before this test's own."""
        return self.as_role(role, "crm.lead").search_count([
            ("type", "=", "opportunity"), ("won_status", "=", "pending"),
            ("id", "not in", self.leads.ids),
        ])

    def test_A5_no_name_of_a_hidden_colleague_in_groups(self):
        snapshot = self.as_role("own", "crm.kpi.snapshot")
        groups = snapshot.formatted_read_group([("day", "=", self.day)], ["user_id"], [])
        seen = {group["user_id"] and group["user_id"][0] for group in groups}
        self.assertEqual(seen, {False, self.users["own"].id})

    def test_A12_no_name_of_a_team_that_cannot_be_read(self):
        team = self.env["crm.team"].create({
            "name": "Their Team", "company_id": self.company_b.id,
        })
        for role in ("own", "all", "manager"):
            with self.assertRaises(AccessError, msg=role):
                self.as_role(role, "crm.team").browse(team.id).action_open_kpis()

    # -- A4: shared leads ----------------------------------------------------------------------

    def test_A4_shared_leads_are_in_no_company(self):
        rows = self.env["crm.kpi.snapshot"]._read_group(
            [("day", "=", self.day)], ["company_id"], ["lead_count:sum"]
        )
        self.assertEqual({company.id: count for company, count in rows}, {
            self.company_a.id: weight("a_own", "a_colleague", "a_nobody"),
            self.company_b.id: weight("b_other"),
            False: weight("shared_nobody", "shared_own"),
        })
        self.assertEqual(sum(count for _company, count in rows), len(self.leads))

    # -- A14 and roles without sales rights ----------------------------------------------------

    def test_A14_roles_without_sales_rights_see_no_figure(self):
        for role in set(ROLES) - set(VISIBLE):
            for name in own_models(self.env):
                model = self.as_role(role, name)
                if model._abstract or (role in ("internal", "settings") and name in NO_FIGURES):
                    continue
                for read in (
                    lambda model=model: model.search([]),
                    lambda model=model: model.search_count([]),
                    lambda model=model: model._read_group([], [], ["__count"]),
                    lambda model=model: model.name_search(""),
                    lambda model=model: model.web_search_read([], {"id": {}}),
                ):
                    with self.assertRaises(AccessError, msg=f"{role} {name}"):
                        read()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_A14_drill_down_and_values_are_refused(self):
        for role in set(ROLES) - set(VISIBLE):
            snapshot = self.as_role(role, "crm.kpi.snapshot")
            with self.assertRaises(AccessError, msg=role):
                snapshot.env["crm.kpi"]._values(["lead_count"], self.day, self.day)
            for measure in ("lead_count", "open_count", "win_rate"):
                with self.assertRaises(AccessError, msg=f"{role} {measure}"):
                    action = snapshot.action_drill(measure, [("day", "=", self.day)])
                    snapshot.env[action["res_model"]].search_count(action["domain"])

    def test_A14_settings_show_age_but_no_figure(self):
        settings = self.as_role("settings", "res.config.settings").create({})
        self.assertTrue(settings.kpi_health)
        ours = [
            name for name, field in settings._fields.items()
            if field._module == "crm_roi" and field.type in ("integer", "float", "monetary")
            # Ways to count that a company chooses, no figures of it.
            and not field.related
        ]
        self.assertEqual(ours, [])
