from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import KpiCase


@tagged("post_install", "-at_install")
class TestCrmKpi(KpiCase):
    def test_dictionary_is_the_fields(self):
        kpis = self.env["crm.kpi"].search([])
        self.assertEqual(set(kpis.mapped("code")), self.Snapshot._kpi_fields())
        for kpi in kpis:
            self.assertTrue(kpi.name and kpi.definition and kpi.unit and kpi.theme, kpi.code)
            self.assertNotEqual(bool(kpi.formula), bool(kpi.source), kpi.code)
            self.assertEqual(kpi.name, self.Snapshot._fields[kpi.code].string)

    def test_sync_repairs_and_keeps_what_people_set(self):
        win_rate = self.env["crm.kpi"].search([("code", "=", "win_rate")])
        win_rate.benchmark = 0.3
        self.env.cr.execute("UPDATE crm_kpi SET unit = 'days' WHERE code = 'win_rate'")
        self.env.cr.execute("DELETE FROM crm_kpi WHERE code = 'lost_count'")
        self.env.invalidate_all()
        self.env["crm.kpi"]._sync()
        self.assertEqual((win_rate.unit, win_rate.benchmark), ("percent", 0.3))
        self.assertTrue(self.env["crm.kpi"].search([("code", "=", "lost_count")]))

    def test_new_flow_marks_history_for_a_rebuild(self):
        self._lead("lost", "2026-03-02 10:00", "2026-03-04 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-03-06", self.company)
        self.env.cr.execute("DELETE FROM crm_kpi_dirty_day")
        self.env.cr.execute("DELETE FROM crm_kpi WHERE code = 'lost_count'")
        self.env.invalidate_all()
        self.env["crm.kpi"]._sync()
        self.assertEqual(len(self.env["crm.kpi.dirty.day"]._days(self.company.id)), 5)

    def test_benchmarks_are_a_companys_own(self):
        kpi = self.env["crm.kpi"].search([("code", "=", "win_rate")])
        kpi.with_company(self.company).benchmark = 0.3
        self.assertEqual(kpi.with_company(self.other_company).benchmark, 0)

    def test_alarm_must_be_worse_than_warning(self):
        kpi = self.env["crm.kpi"].search([("code", "=", "win_rate")])
        with self.assertRaisesRegex(ValidationError, "Win Rate"):
            kpi.write({"threshold_warning": 0.2, "threshold_alarm": 0.3})
        kpi.write({"threshold_warning": 0.3, "threshold_alarm": 0.2})

    def test_an_average_of_nights_is_no_number_of_records(self):
        """Nobody has 120.7 deals."""
        raw = dict.fromkeys(self.Snapshot._kpi_fields(), 0)
        over_levels = [
            (name, formula.denominator.names)
            for name, formula in self.Snapshot._kpi_formulas().items()
            if formula.denominator and all(
                self.Snapshot._kpi_kind(part) == "stock"
                and self.Snapshot._fields[part].unit == "count"
                for part in formula.denominator.names)
        ]
        self.assertIn(("overdue_rate", ("open_count",)),
                      [(name, tuple(parts)) for name, parts in over_levels])
        Kpi = self.env["crm.kpi"]
        for code, parts in over_levels:
            for nights, expected in ((120.7, None), (121.0, 121 * len(parts)), (0, 0)):
                values = Kpi._one_value(code, {**raw, **dict.fromkeys(parts, nights)})
                self.assertEqual(values["n"], expected, code)
                self.assertAlmostEqual(values["denominator"], nights * len(parts))
        for nights, expected in ((7.5, None), (7.0, 7), (None, None)):
            values = Kpi._one_value("open_count", {**raw, "open_count": nights})
            self.assertEqual(values["n"], expected)

    def test_values_with_what_they_rest_on(self):
        for _i in range(3):
            self._lead("won", "2026-03-02 10:00", "2026-03-12 10:00", expected_revenue=300)
        for _i in range(5):
            self._lead("lost", "2026-03-02 10:00", "2026-03-14 10:00", user_id=self.colleague.id)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        values = self.env["crm.kpi"]._values(
            ["win_rate", "average_deal_size", "lead_count", "repeat_order_rate"],
            date(2026, 3, 1),
            date(2026, 4, 1),
            [("company_id", "=", self.company.id)],
        )
        self.assertEqual(list(values), [()])
        rate = values[()]["win_rate"]
        self.assertEqual(
            (rate["value"], rate["numerator"], rate["denominator"], rate["n"]), (0.375, 3, 8, 8)
        )
        # Wilson interval of 3 of 8, computed by hand.
        self.assertAlmostEqual(rate["low"], 0.1368, 4)
        self.assertAlmostEqual(rate["high"], 0.6943, 4)
        size = values[()]["average_deal_size"]
        self.assertEqual(
            (size["value"], size["numerator"], size["n"], size["low"]), (300, 900, 3, None)
        )
        self.assertEqual(values[()]["lead_count"]["value"], 8)
        self.assertEqual(
            values[()]["repeat_order_rate"],
            {"value": None, "numerator": 0, "denominator": 0, "n": 0, "low": None, "high": None},
        )
        by_user = self.env["crm.kpi"]._values(
            ["win_rate"],
            "2026-03-01",
            "2026-04-01",
            [("company_id", "=", self.company.id)],
            ["user_id"],
        )
        self.assertEqual(
            {user.id: v["win_rate"]["value"] for (user,), v in by_user.items()},
            {self.rep.id: 1.0, self.colleague.id: 0.0},
        )

    def test_values_of_nothing_are_none(self):
        values = self.env["crm.kpi"]._values(["win_rate", "open_count"], "1999-01-01", "1999-02-01")
        self.assertEqual([v["value"] for v in values[()].values()], [None, None])

    def test_unknown_kpi_is_named(self):
        with self.assertRaisesRegex(ValueError, "no_such"):
            self.env["crm.kpi"]._values(["no_such"], "2026-01-01", "2026-02-01")

    def test_values_need_the_right_to_read_snapshots(self):
        with self.assertRaises(AccessError):
            self.env["crm.kpi"].with_user(self.env.ref("base.public_user"))._values(
                ["win_rate"], "2026-01-01", "2026-02-01"
            )

    def test_formula_naming_an_unknown_field_is_refused_at_load(self):
        field = self.Snapshot._fields["win_rate"]
        declared = field.formula
        self.addCleanup(setattr, field, "formula", declared)
        for formula, word in (
            ("won_count / no_such_count", "no_such_count"),
            ("won_count / day", "'day'"),
            ("won_count / win_rate", "circle"),
            ("average_deal_size / __import__('os')", "win_rate"),
        ):
            field.formula = formula
            with self.assertRaisesRegex(ValueError, word):
                self.Snapshot._post_model_setup__()

    def test_nobody_writes_snapshots(self):
        self._lead("open", "2026-03-02 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        row = self.Snapshot.search([("company_id", "=", self.company.id)], limit=1)
        for who in (self.manager, self.env.ref("base.user_root"), self.env.ref("base.user_admin")):
            for attempt in (
                lambda r: r.write({"lead_count": 99}),
                lambda r: r.unlink(),
                lambda r: r.create({"day": "2026-03-02", "lead_count": 99}),
                lambda r: r.write({"company_id": self.other_company.id}),
            ):
                with self.assertRaises(AccessError):
                    attempt(row.with_user(who))
                with self.assertRaises(AccessError):
                    attempt(row.with_user(who).sudo())
