from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_checker import own_models
from .access_roles import ROLES, VISIBLE, AccessCase, weight
from .access_samples import sample_record

MACHINE_WRITTEN = ("crm.kpi.snapshot", "crm.kpi.snapshot.day", "crm.kpi.dirty.day")


@tagged("post_install", "-at_install", "fault")
class TestAccessForgery(AccessCase):
    """Nobody forges, moves or hides a figure; fields for some groups stay with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_leads()
        cls.Snapshot = cls.env["crm.kpi.snapshot"]
        cls.env["crm.kpi.dirty.day"]._mark_all()

    def row(self):
        return self.Snapshot.search([
            ("day", "=", self.day), ("user_id", "=", self.users["own"].id),
            ("company_id", "=", self.company_a.id),
        ])

    # -- A11 -----------------------------------------------------------------------------------

    def test_A11_rows_cannot_be_pushed_to_another_company_or_person(self):
        for role in ROLES:
            mine = self.row().with_user(self.users[role])
            for vals in (
                {"company_id": self.company_b.id}, {"user_id": self.users["manager"].id},
                {"lead_count": 1000}, {"day": self.day - timedelta(days=1)}, {"team_id": False},
            ):
                with self.assertRaises(AccessError, msg=f"{role} {vals}"):
                    mine.write(vals)
                with self.assertRaises(AccessError, msg=f"{role} {vals}"):
                    mine.web_save(vals, {"lead_count": {}})

    def test_A11_machine_written_rows_are_refused_to_every_role(self):
        for name in MACHINE_WRITTEN:
            record = self.env[name].search([], limit=1)
            self.assertTrue(record, name)
            for role in ROLES:
                theirs = record.with_user(self.users[role])
                for forge in (
                    lambda model=theirs: model.create({"day": self.day}),
                    lambda model=theirs: model.write({"day": self.day}),
                    lambda model=theirs: model.unlink(),
                    lambda model=theirs: model.copy(),
                    lambda model=theirs: model.name_create("2020-01-01"),
                ):
                    with self.assertRaises(AccessError, msg=f"{role} {name}"):
                        forge()

    def test_A11_not_even_the_superuser_writes_snapshots(self):
        for forge in (
            lambda: self.Snapshot.sudo().create({"day": self.day}),
            lambda: self.row().sudo().write({"lead_count": 1}),
            lambda: self.row().sudo().unlink(),
            lambda: self.row().sudo().copy(),
        ):
            with self.assertRaises(AccessError):
                forge()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_A11_no_record_is_pushed_to_another_company(self):
        """Odoo asks the rules before a change only: a manager could leave a rule or a cost in the
        books of a company that is not theirs, directly or by way of what it belongs to."""
        tried = set()
        for name in own_models(self.env):
            mine = self.as_role("manager", name)
            if mine._abstract or mine._transient or "company_id" not in mine._fields \
                    or not mine.has_access("write"):
                continue
            record = sample_record(mine)
            with self.subTest(model=name), self.assertRaises(AccessError), \
                    self.env.cr.savepoint():
                self.assertTrue(record)
                record.write({"company_id": self.company_b.id})
            for path in mine.pool.field_depends[mine._fields["company_id"]]:
                parent = path.split(".")[0]
                theirs = sample_record(
                    self.as_role("other_manager", mine._fields[parent].comodel_name))
                if theirs.company_id != self.company_b:
                    theirs = theirs.copy({"company_id": self.company_b.id})
                with self.subTest(model=name, by=parent), self.assertRaises(UserError), \
                        self.env.cr.savepoint():
                    record.write({parent: theirs.id})
            tried.add(name)
        self.assertGreaterEqual(len(tried), 14, tried)

    def test_A11_import_of_a_file_writes_no_snapshot(self):
        before = self.Snapshot.search_count([])
        for role in ("manager", "settings"):
            result = self.as_role(role, "crm.kpi.snapshot").load(
                ["day", "lead_count"], [["2020-01-01", "5"]]
            )
            self.assertFalse(result["ids"], role)
            self.assertTrue(result["messages"])
        self.assertEqual(self.Snapshot.search_count([]), before)

    def test_A11_dictionary_takes_only_what_a_company_sets(self):
        kpi = self.env["crm.kpi"].search([("code", "=", "win_rate")])
        mine = kpi.with_user(self.users["manager"])
        mine.write({"benchmark": 0.3, "threshold_warning": 0.25, "threshold_alarm": 0.2})
        for vals in (
            {"code": "lead_count"}, {"formula": "won_count"}, {"kind": "flow"},
            {"better": "lower"}, {"unit": "count"}, {"name": "Forged"}, {"definition": "Forged"},
            {"field_id": self.env.ref("base.field_res_partner__name").id}, {"source": "Forged"},
            {"theme": "leads"}, {"sequence": 1}, {"benchmark": 0.4, "formula": "1"},
        ):
            with self.assertRaises(AccessError, msg=vals):
                mine.write(vals)
        self.assertEqual((kpi.formula, kpi.benchmark), ("won_count / closed_count", 0.3))

    def test_A11_expectations_of_another_company_stay(self):
        kpi = self.env["crm.kpi"].search([("code", "=", "win_rate")])
        kpi.with_company(self.company_a).benchmark = 0.3
        theirs = kpi.with_user(self.users["other_manager"]).with_company(self.company_b)
        self.assertFalse(theirs.benchmark)
        theirs.benchmark = 0.9
        self.assertEqual(kpi.with_company(self.company_a).benchmark, 0.3)

    # -- A13: who a figure belongs to ----------------------------------------------------------

    def own_figures(self, role):
        return self.as_role(role, "crm.kpi.snapshot")._read_group(
            [("day", "=", self.day)], [], ["lead_count:sum"]
        )[0][0] or 0

    def test_A13_a_person_who_changes_team_keeps_sight_of_own_figures(self):
        teams = self.env["crm.team"].create([{"name": "North"}, {"name": "South"}])
        self.env["crm.team.member"].create({
            "crm_team_id": teams[0].id, "user_id": self.users["own"].id,
        })
        self.assertEqual(self.own_figures("own"), VISIBLE["own"])
        teams[0].crm_team_member_ids.unlink()
        self.env["crm.team.member"].create({
            "crm_team_id": teams[1].id, "user_id": self.users["own"].id,
        })
        self.assertEqual(self.own_figures("own"), VISIBLE["own"])

    def test_A13_flows_follow_a_new_salesperson_levels_stay(self):
        yesterday = self.company_a._kpi_today("UTC") - timedelta(days=1)
        newcomer = self.users["own"]
        moved = self.env["crm.lead"].search([
            ("id", "in", self.leads.ids), ("user_id", "=", self.users["all"].id),
        ])
        moved.user_id = newcomer
        self.env.flush_all()
        self.env["crm.kpi.snapshot"]._refresh(self.day, self.day + timedelta(days=1))
        self.assertEqual(self.own_figures("own"), VISIBLE["own"] + weight("a_colleague"))
        levels = self.as_role("all", "crm.kpi.snapshot")._read_group(
            [("day", "=", yesterday), ("user_id", "=", newcomer.id)], [], ["open_count:avg"]
        )
        self.assertEqual(levels[0][0], weight("a_own", "shared_own"))

    # -- A15: fields for some groups -----------------------------------------------------------

    def fields_with_groups(self):
        return [
            field for model in self.env.registry.models.values()
            for field in model._fields.values()
            if field._module == "crm_roi" and field.groups and not field.inherited
        ]

    def ways_out(self, model, name):
        record = model.search([], limit=1) or model.browse(sample_record(model.sudo()).ids)
        return {
            "read": lambda: record.read([name]),
            "web_read": lambda: record.web_read({name: {}}),
            "export": lambda: record.export_data([name]),
            "search": lambda: model.search([(name, "!=", False)]),
            "order": lambda: model.search([], order=f"{name} desc"),
        }

    def assert_hidden(self, role, field):
        model = self.as_role(role, field.model_name)
        self.assertNotIn(field.name, model.fields_get())
        for channel, read in self.ways_out(model, field.name).items():
            label = f"{role} {field} {channel}"
            with self.assertRaises(AccessError, msg=label):
                read()

    def test_A15_fields_for_some_groups_leave_with_nobody_else(self):
        for field in self.fields_with_groups():
            for role in VISIBLE:
                model = self.as_role(role, field.model_name)
                if model.has_access("read") and not model.env.user.has_groups(field.groups):
                    self.assert_hidden(role, field)

    def test_A15_negative_control_a_figure_for_managers_only(self):
        field = self.Snapshot._fields["order_margin"]
        self.assertNotIn(field, self.fields_with_groups())
        self.assertIn("order_margin", self.as_role("own", "crm.kpi.snapshot").fields_get())
        with patch.object(field, "groups", "sales_team.group_sale_manager"):
            self.assertIn(field, self.fields_with_groups())
            self.assertIn("order_margin", self.as_role("manager", "crm.kpi.snapshot").fields_get())
            self.assert_hidden("own", field)

    def test_A15_no_ratio_gives_away_a_hidden_figure(self):
        field = self.Snapshot._fields["order_margin"]
        period = (self.day, self.day + timedelta(days=1))
        with patch.object(field, "groups", "sales_team.group_sale_manager"):
            mine = self.as_role("own", "crm.kpi.snapshot")
            for spec in ("order_margin:sum", "order_margin:avg", "margin_rate:avg"):
                for read in (
                    lambda spec=spec: mine._read_group([], [], [spec]),
                    lambda spec=spec: mine.formatted_read_group([], ["team_id"], [spec]),
                    lambda spec=spec: mine.formatted_read_grouping_sets([], [[]], [spec]),
                ):
                    with self.assertRaises(AccessError, msg=spec):
                        read()
            for code in ("order_margin", "margin_rate"):
                with self.assertRaises(AccessError, msg=code):
                    mine.env["crm.kpi"]._values([code], *period)
            with self.assertRaises(AccessError):
                mine.search([], limit=1).read(["margin_rate"])

    def test_every_model_can_be_searched_by_name(self):
        for name in own_models(self.env):
            model = self.env[name]
            if not model._abstract:
                for words in ("", "2026-01-31", "31", "no such name", "%"):
                    with self.assertNoLogs("odoo.models", "WARNING"):
                        model.name_search(words)
