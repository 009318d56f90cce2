from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..tools.report_period import ReportPeriod
from .common import KpiCase

ENGINE = "odoo.addons.crm_roi.models.kpi.kpi_engine"


@tagged("post_install", "-at_install", "fault")
class TestKpiCustom(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Custom = cls.env["crm.kpi.custom"].with_user(cls.manager).with_context(
            allowed_company_ids=cls.company.ids)
        cls.month = date(2026, 3, 1)
        for revenue in (100, 500, 900):
            cls._lead("won", created="2026-03-10 12:00", closed="2026-03-12 12:00",
                      expected_revenue=revenue)
        cls._lead("lost", created="2026-03-10 12:00", closed="2026-03-13 12:00",
                  expected_revenue=900)
        cls._lead("won", created="2026-03-10 12:00", closed="2026-03-12 12:00",
                  expected_revenue=5000, company_id=cls.other_company.id,
                  team_id=cls.other_team.id, user_id=cls.other_manager.id)

    def setUp(self):
        super().setUp()
        # The test before was rolled back, but not the registry in memory.
        self.env.registry.clear_cache("stable")
        self.registry._setup_models__(self.env.cr, ["crm.kpi.snapshot"])

    def custom(self, **vals):
        return self.Custom.create({
            "name": "Large Deals", "description": "Deals of 500 or more.", "kind": "measure",
            "a_model": "crm.lead", "a_aggregate": "count", "a_date": "date_closed",
            "a_domain": "[('expected_revenue', '>=', 500)]", "visibility": "all", **vals,
        })

    def ratio(self, **vals):
        return self.custom(**{
            "name": "Share of Large Deals", "kind": "ratio", "unit": "percent",
            "b_model": "crm.lead", "b_aggregate": "count", "b_date": "date_closed",
            "b_domain": "[]", **vals,
        })

    def measure(self):
        self.env["crm.kpi.snapshot"]._refresh(self.month, date(2026, 4, 1))

    def value(self, custom, user=None):
        return self.env["crm.kpi"].with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids,
        )._values([custom.code], self.month, date(2026, 4, 1))[()][custom.code]["value"]

    # -- measured like any other KPI -----------------------------------------------------------

    def test_a_count_is_measured_and_read_like_any_other(self):
        custom = self.custom()
        self.measure()
        # archived lost leads count: the engine sees them, as for all KPIs
        self.assertEqual(self.value(custom), 3)
        kpi = self.env["crm.kpi"].search([("code", "=", custom.code)])
        self.assertEqual((kpi.name, kpi.kind, kpi.unit), ("Large Deals", "flow", "count"))
        self.assertEqual(kpi.definition, "Deals of 500 or more.")
        self.assertEqual(
            self.env["crm.kpi.snapshot"]._fields[custom.code].fact[0], "crm.lead")

    def test_a_sum_of_money(self):
        custom = self.custom(a_aggregate="sum", a_field="expected_revenue", unit="currency",
                             a_domain="[('won_status', '=', 'won')]")
        self.measure()
        self.assertEqual(self.value(custom), 1500)
        pivot = self.env["crm.kpi.snapshot"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids,
        ).formatted_read_group([("day", ">=", self.month)], ["team_id"], [f"{custom.code}:sum"])
        self.assertEqual([row[f"{custom.code}:sum"] for row in pivot], [1500])

    def test_a_ratio_is_computed_from_sums(self):
        custom = self.ratio()
        self.measure()
        self.assertEqual(self.value(custom), 0.75)
        rows = self.env["crm.kpi.snapshot"].with_user(self.manager).search(
            [("day", ">=", self.month), ("company_id", "=", self.company.id)])
        self.assertEqual(
            sorted(row[custom.code] for row in rows if row.closed_count), [2 / 3, 1.0])
        self.assertEqual(rows.filtered(lambda row: not row.closed_count).mapped(custom.code),
                         [False], "the day they were created")

    def test_no_data_is_no_zero(self):
        custom = self.ratio(b_domain="[('expected_revenue', '<', 0)]")
        self.measure()
        self.assertIsNone(self.value(custom))

    def test_figures_service_dictionary_and_digest_read_it(self):
        custom = self.ratio()
        self.measure()
        figures = self.env["crm.kpi.figures"].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids)
        figure = figures._figures([custom.code], ReportPeriod(self.month, date(2026, 4, 1)))[0]
        self.assertEqual((figure["value"], figure["error"]), (0.75, None))
        self.assertEqual(figures._text(custom.code, figure["value"]), "75.0 %")

    def test_a_level_is_taken_at_night(self):
        self._lead("open", expected_revenue=700)
        custom = self.custom(
            a_date=False, a_domain="[('won_status', '=', 'pending'), ('active', '=', True)]")
        self.env["crm.kpi.snapshot"]._take_stocks()
        self.env.flush_all()
        total = self.env.execute_query(SQL(
            "SELECT SUM(%s) FROM crm_kpi_snapshot WHERE company_id = %s",
            SQL.identifier(custom.code), self.company.id))[0][0]
        self.assertEqual(total, 1)

    def test_other_models_with_their_own_dimensions(self):
        custom = self.custom(
            name="Confirmed Orders", a_model="sale.order", a_date="date_order",
            a_domain="[('state', '=', 'sale')]",
        )
        order = self.env["sale.order"].create({
            "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
            "company_id": self.company.id, "user_id": self.rep.id, "team_id": self.team.id,
        })
        order.state = "sale"
        self._date(order, date_order="2026-03-20 10:00")
        self.measure()
        self.assertEqual(self.value(custom), 1)
        self.assertEqual(self.value(custom, self.rep), 1)

    def test_back_fill_marks_all_days_built(self):
        self.measure()
        self.env.execute_query(SQL("DELETE FROM crm_kpi_dirty_day RETURNING id"))
        self.custom()
        days = self.env["crm.kpi.dirty.day"]._days(self.company.id)
        self.assertIn(date(2026, 3, 12), days)

    def test_preview_equals_what_is_measured_and_stores_nothing(self):
        today = self.company._kpi_today("Europe/Brussels")
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        for revenue in (100, 800, 900, 1000):
            self._lead("won", created=f"{first} 12:00", closed=f"{first} 12:00",
                       expected_revenue=revenue)
        custom = self.ratio()
        before = self.env["crm.kpi.snapshot"].search_count([])
        months = custom._tried_months(custom._checked_facts(), 12)
        self.assertEqual(len(months), 12)
        self.assertEqual(months[-1], (first, 0.75))
        self.assertIn("of the last twelve months", custom.preview)
        self.assertEqual(custom.preview_chart["series"][0]["values"][-1], 75.0)
        self.assertEqual(self.env["crm.kpi.snapshot"].search_count([]), before)
        self.env["crm.kpi.snapshot"]._refresh(first, today)
        value = self.env["crm.kpi"].with_user(self.manager)._values(
            [custom.code], first, today)[()][custom.code]["value"]
        self.assertEqual(value, months[-1][1])

    # -- rights ------------------------------------------------------------------------------

    def test_for_managers_only(self):
        custom = self.custom(visibility="managers")
        self.measure()
        self.assertEqual(self.value(custom), 3)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.value(custom, self.colleague)
        figures = self.env["crm.kpi.figures"].with_user(self.colleague)
        self.assertEqual(figures._figures([custom.code], "last_month"), [])

    def test_salespeople_see_their_own_and_nobody_but_managers_defines(self):
        custom = self.custom()
        self._lead("won", created="2026-03-10 12:00", closed="2026-03-12 12:00",
                   user_id=self.colleague.id)
        self.measure()
        self.assertEqual((self.value(custom, self.rep), self.value(custom)), (3, 4))
        for user in self.rep, self.colleague:
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.Custom.with_user(user).create({"name": "Mine", "description": "x"})

    def test_refused(self):
        for vals, words in (
            ({"a_model": "ir.attachment"}, "choose records"),
            ({"a_model": "crm.kpi.snapshot"}, "choose records"),
            ({"a_date": "name"}, "no date"),
            ({"a_date": "nonsense"}, "no field"),
            ({"a_aggregate": "sum", "a_field": "name"}, "no number"),
            ({"a_aggregate": "sum", "a_field": False}, "no field"),
            ({"a_model": "sale.order", "a_date": "date_order", "a_domain": "[]",
              "a_aggregate": "sum", "a_field": "amount_total"}, "currency of each record"),
            ({"a_domain": "[('create_date', '>=', 'today -7d')]"}, "fixed values"),
            ({"a_domain": "[('user_id', '=', uid)]"}, "fixed values"),
            ({"a_domain": "__import__('os').system('x')"}, "fixed values"),
            ({"a_domain": "[('user_id.login', '=', 'admin')]"}, "may not follow"),
            ({"a_domain": "[('nonsense', '=', 1)]"}, "no field"),
            ({"a_domain": "[('user_id', 'ilike', 'admin')]"}, "instead of typing"),
            ({"a_domain": "[('expected_revenue', '>', 'abc')]"}, "KPI"),
            ({"name": "Win Rate"}, "already"),
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(
                UserError, words), self.env.cr.savepoint():
                self.custom(**vals)

    def test_who_does_not_see_all_records_defines_nothing_over_them(self):
        rule = self.env["ir.rule"].create({
            "name": "Only big ones", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "domain_force": "[('expected_revenue', '>', 600)]",
        })
        with self.assertRaisesRegex(AccessError, "may not see all"), self.env.cr.savepoint():
            self.custom()
        rule.active = False
        self.custom()

    # -- life ---------------------------------------------------------------------------------

    def test_changed_its_figures_follow(self):
        custom = self.custom()
        self.measure()
        custom.a_domain = "[('expected_revenue', '>=', 100)]"
        self.measure()
        self.assertEqual(self.value(custom), 4)
        custom.name = "Deals of 100"
        kpi = self.env["crm.kpi"].search([("code", "=", custom.code)])
        self.assertEqual(kpi.name, "Deals of 100")

    def test_what_cannot_change(self):
        custom = self.custom()
        for vals in ({"kind": "ratio"}, {"a_date": False}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                custom.write(vals)

    def test_switched_off_its_past_stays(self):
        custom = self.custom()
        self.measure()
        custom.active = False
        self._lead("won", created="2026-03-10 12:00", closed="2026-03-12 12:00",
                   expected_revenue=900)
        self.measure()
        self.assertEqual(self.value(custom), 3)
        self.assertFalse(self.env["crm.kpi"].search([("code", "=", custom.code)]))
        custom.active = True
        self.measure()
        self.assertEqual(self.value(custom), 4)

    def test_deleted_nothing_is_left(self):
        first, ratio = self.custom(), self.ratio(a_domain="[('expected_revenue', '>=', 600)]")
        codes = first._field_names() + ratio._field_names()
        self.assertEqual(len(codes), 4)
        first.unlink()
        self.measure()
        self.assertEqual(self.value(ratio), 0.5)
        ratio.unlink()
        columns = self.env.execute_query(SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            "crm_kpi_snapshot"))
        self.assertFalse({name for (name,) in columns} & set(codes))
        self.assertFalse(self.env["crm.kpi"].with_context(active_test=False).search(
            [("code", "in", codes)]))
        self.assertFalse(self.env["ir.model.fields"].search([("name", "in", codes)]))
        self.measure()

    def test_its_field_is_not_deleted_by_hand(self):
        custom = self.custom()
        field = self.env["ir.model.fields"].search([("name", "=", custom.code)])
        with self.assertRaisesRegex(UserError, "Delete the KPI instead"):
            field.unlink()

    @mute_logger(ENGINE)
    def test_D11_broken_later_it_is_switched_off_and_the_others_measured(self):
        fine = self.custom()
        broken = self.ratio(a_aggregate="sum", a_field="expected_revenue")
        lost = type(self.env["crm.lead"])._fields
        real = lost["expected_revenue"].store
        with patch.object(lost["expected_revenue"], "store", False):
            self.assertTrue(real)
            problem = broken._what_is_missing()
            self.assertIn("expected_revenue", problem)
        with patch.object(type(broken), "_what_is_missing",
                          lambda custom: "gone" if custom == broken else False):
            self.measure()
        self.assertEqual((broken.active, broken.problem), (False, "gone"))
        self.assertEqual((fine.active, self.value(fine)), (True, 3))
        self.assertEqual(
            self.env["crm.kpi"].with_user(self.manager)._values(
                ["won_count"], self.month, date(2026, 4, 1))[()]["won_count"]["value"], 3)

    @mute_logger(ENGINE)
    def test_D11_a_kpi_that_fails_while_measuring_is_switched_off(self):
        fine, broken = self.custom(), self.ratio()
        Snapshot = type(self.env["crm.kpi.snapshot"])
        real = Snapshot._measure

        def measure(snapshot, model, query, name, *args):
            if name == f"{broken.code}_a":
                raise ValueError("poison")
            return real(snapshot, model, query, name, *args)

        with patch.object(Snapshot, "_measure", measure):
            self.measure()
        self.assertEqual((fine.active, broken.active), (True, False))
        self.assertIn("could not be measured", broken.problem)
        self.assertEqual(self.value(fine), 3)

    def test_nobody_takes_the_name_of_another_kpi(self):
        custom = self.custom(code="win_rate")
        self.assertRegex(custom.code, r"^x_kpi_large_deals_\d+$")
        with self.assertRaises(AccessError):
            custom.code = "win_rate"

    def test_a_new_name_shows_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        custom = self.custom().with_context(lang="fr_FR")
        custom.name = "Grandes affaires"
        kpi = self.env["crm.kpi"].search([("code", "=", custom.code)])
        for lang in ("en_US", "fr_FR"):
            self.assertEqual(kpi.with_context(lang=lang).name, "Grandes affaires")

    def reload(self):
        self.env.flush_all()
        self.env.registry.clear_cache("stable")
        self.registry._setup_models__(self.env.cr, ["crm.kpi.snapshot"])
        self.env.invalidate_all()
        self.env["crm.kpi"]._sync()

    def declare(self, code, text):
        """What a mishap leaves in the row of the field; returns what stood there."""
        self.env.flush_all()
        (before,) = self.env.execute_query(SQL(
            "SELECT crm_kpi_declaration FROM ir_model_fields"
            " WHERE model = 'crm.kpi.snapshot' AND name = %s", code))[0]
        self.env.cr.execute(
            "UPDATE ir_model_fields SET crm_kpi_declaration = %s"
            " WHERE model = 'crm.kpi.snapshot' AND name = %s", [text, code])
        return before

    def test_a_field_that_fails_to_load_keeps_its_kpi(self):
        custom, archived = self.custom(), self.custom(name="Archived one")
        Kpi = self.env["crm.kpi"].with_context(active_test=False)
        kpi = Kpi.search([("code", "=", custom.code)])
        Kpi.search([("code", "=", archived.code)]).active = False
        alert = self.env["crm.kpi.alert"].create({
            "kpi_id": kpi.id, "value": 1, "company_id": self.company.id,
            "owner_id": self.manager.id})
        kept = [self.declare(one.code, '{"fact": ["crm.lead", ') for one in (custom, archived)]
        with mute_logger("odoo.registry", "odoo.orm.model_classes"):
            self.reload()
        self.assertNotIn(custom.code, self.env["crm.kpi.snapshot"]._fields)
        self.assertTrue(kpi.exists() and alert.exists())
        self.assertFalse(kpi.active)
        self.assertIn("JSONDecodeError", kpi.problem)
        self.assertEqual(custom.problem, kpi.problem)
        alert._check()
        self.assertEqual(alert.problem, kpi.problem)
        figure = self.env["crm.kpi.figures"]
        with mute_logger("odoo.addons.crm_roi.models.kpi.kpi_figures"):
            (figure,) = figure._figures([custom.code], "last_month", {})
        self.assertTrue(figure["error"])
        for one, text in zip((custom, archived), kept, strict=True):
            self.declare(one.code, text)
        self.reload()
        self.assertTrue(kpi.active)
        self.assertFalse(kpi.problem or custom.problem)
        again = Kpi.search([("code", "=", archived.code)])
        self.assertFalse(again.active or again.problem, "archived by somebody, it stays so")
        self.measure()
        self.assertEqual(self.value(custom), 3)

    def test_a_ratio_over_a_field_that_fails_stops_nothing(self):
        custom = self.ratio()
        part = custom._field_names()[0]
        kept = self.declare(part, "[]")
        with mute_logger("odoo.registry", "odoo.orm.model_classes"), \
                self.assertLogs("odoo.addons.crm_roi.models.kpi.kpi_fact_table", "WARNING"):
            self.reload()
        names = self.env["crm.kpi.snapshot"]._fields
        self.assertNotIn(custom.code, names)
        self.assertIn("win_rate", names)
        kpi = self.env["crm.kpi"].with_context(active_test=False).search(
            [("code", "=", custom.code)])
        self.assertFalse(kpi.active)
        self.assertIn("computed from", kpi.problem)
        self.declare(part, kept)
        self.reload()
        self.assertTrue(kpi.active)
        self.measure()
        self.assertEqual(self.value(custom), 0.75)

    def test_the_registry_built_anew_knows_it(self):
        """What another worker, a restart and an update do."""
        custom, ratio = self.custom(), self.ratio()
        self.env.flush_all()
        self.registry._setup_models__(self.env.cr)
        fields = self.env["crm.kpi.snapshot"]._fields
        for name in custom._field_names() + ratio._field_names():
            self.assertIn(name, fields)
            self.assertTrue(fields[name].manual)
        self.assertEqual(fields[ratio.code].formula, f"{ratio.code}_a / {ratio.code}_b")
        self.assertTrue(self.registry.registry_invalidated, "told to the other workers")
        declared = self.env["ir.model.fields"].search([("name", "=", custom.code)])
        self.env["ir.model.fields"]._reflect_fields(["crm.kpi.snapshot"])
        self.assertEqual((declared.state, declared.ttype), ("manual", "integer"))

    def test_a_name_with_nothing_but_signs(self):
        custom = self.custom(name="€ % !")
        self.assertRegex(custom.code, r"^x_kpi_custom_\d+$")

    def test_a_wrong_definition_leaves_nothing_behind(self):
        before = set(self.env["crm.kpi.snapshot"]._fields)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.custom(a_date="name")
        self.assertEqual(set(self.env["crm.kpi.snapshot"]._fields), before)
