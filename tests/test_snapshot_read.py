from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import KpiCase


@tagged("post_install", "-at_install")
class TestSnapshotRead(KpiCase):
    def _fill(self, *rows):
        """Write fact rows as the engine would.

        :param rows: dicts of column values; flows that are not given are 0, and so are levels of
            rows that hold some
        """
        flows = dict.fromkeys(self.Snapshot._measurable(is_stock=False), 0)
        stocks = dict.fromkeys(self.Snapshot._measurable(is_stock=True), 0)
        for row in rows:
            values = {
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "team_id": self.team.id,
                "user_id": self.rep.id,
                **flows,
                **(stocks if row.get("has_stock") else {}),
                **row,
            }
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_kpi_snapshot (%s) VALUES (%s)",
                    SQL(", ").join(map(SQL.identifier, values)),
                    SQL(", ").join(SQL("%s", value) for value in values.values()),
                )
            )

    def _nights(self, *days, company=None):
        for day in days:
            self.env["crm.kpi.snapshot.day"]._log(
                (company or self.company).id, "UTC", day, day + timedelta(days=1), "stocks", []
            )

    def test_ratio_is_a_ratio_of_sums_at_every_level(self):
        self._fill(
            {"day": "2026-03-02", "won_count": 1, "closed_count": 1},
            {"day": "2026-03-03", "won_count": 1, "closed_count": 4, "user_id": self.colleague.id},
            {"day": "2026-04-03", "won_count": 1, "closed_count": 3},
        )
        month, user, total = self.Snapshot._read_grouping_sets(
            [],
            [["day:month"], ["user_id"], []],
            ["win_rate:avg"],
            order="day:month, user_id",
        )
        self.assertEqual(month, [(date(2026, 3, 1), 0.4), (date(2026, 4, 1), 1 / 3)])
        self.assertEqual(
            {row[0].id: row[1] for row in user}, {self.rep.id: 0.5, self.colleague.id: 0.25}
        )
        self.assertEqual(total, [(0.375,)])

    def test_empty_denominator_is_no_data(self):
        self._fill({"day": "2026-03-02", "lead_count": 4})
        row = self.Snapshot._read_group(
            [],
            [],
            [
                "win_rate:avg",
                "average_deal_size:avg",
                "average_cycle_days:avg",
                "lead_conversion_rate:avg",
                "won_count:sum",
                "sales_velocity:avg",
            ],
        )[0]
        self.assertEqual(row, (False, False, False, 0.0, 0, False))
        self.assertIs(row[3] is False, False)
        formatted = self.Snapshot.formatted_read_group([], [], ["win_rate:avg"])
        self.assertIs(formatted[0]["win_rate:avg"], False)

    def test_no_rows_at_all(self):
        self.assertEqual(
            self.Snapshot._read_group(
                [("day", "=", "1999-01-01")], [], ["win_rate:avg", "open_count:avg"]
            ),
            [(False, False)],
        )

    def test_ratio_refuses_other_aggregates(self):
        with self.assertRaisesRegex(ValueError, "win_rate"):
            self.Snapshot._read_group([], [], ["win_rate:max"])

    def test_order_and_having_on_a_ratio(self):
        self._fill(
            {"day": "2026-03-02", "won_count": 1, "closed_count": 4},
            {"day": "2026-03-02", "won_count": 3, "closed_count": 4, "user_id": self.colleague.id},
        )
        rows = self.Snapshot._read_group(
            [], ["user_id"], ["win_rate:avg"], order="win_rate:avg desc"
        )
        self.assertEqual([rate for _user, rate in rows], [0.75, 0.25])
        rows = self.Snapshot._read_group(
            [], ["user_id"], ["win_rate:avg"], having=[("win_rate:avg", ">", 0.5)]
        )
        self.assertEqual(rows, [(self.colleague, 0.75)])

    def test_stock_is_averaged_over_nights_and_summed_over_people(self):
        days = [date(2026, 3, d) for d in (1, 2, 3, 4)]
        self._nights(*days)
        for day in days:
            self._fill({"day": day, "has_stock": True, "open_count": 10, "open_revenue": 100})
        self._fill(
            {
                "day": days[0],
                "has_stock": True,
                "open_count": 8,
                "open_revenue": 40,
                "user_id": self.colleague.id,
            }
        )
        total = self.Snapshot._read_group([], [], ["open_count:avg", "open_revenue:sum"])[0]
        self.assertEqual(total, (12.0, 110.0))
        by_user = dict(self.Snapshot._read_group([], ["user_id"], ["open_count:avg"]))
        self.assertEqual(by_user, {self.rep: 10.0, self.colleague: 2.0})
        self.assertEqual(sum(by_user.values()), total[0])

    def test_stock_of_a_month_uses_its_own_nights(self):
        march, april = [date(2026, 3, 30), date(2026, 3, 31)], [date(2026, 4, 1)]
        self._nights(*march, *april)
        for day, count in zip([*march, *april], (4, 8, 20), strict=True):
            self._fill({"day": day, "has_stock": True, "open_count": count})
        months, total = self.Snapshot._read_grouping_sets(
            [], [["day:month"], []], ["open_count:avg", "won_count:sum"], order="day:month"
        )
        self.assertEqual([row[1] for row in months], [6.0, 20.0])
        self.assertAlmostEqual(total[0][0], 32 / 3)
        weeks = self.Snapshot._read_group([], ["day:month", "day:day"], ["open_count:avg"])
        self.assertEqual([row[2] for row in weeks], [4.0, 8.0, 20.0])

    def test_companies_measured_on_different_nights(self):
        """Each company is averaged over its own nights; the shared leads' nights are no one's."""
        days = [date(2026, 3, d) for d in (1, 2, 3, 4)]
        west = {
            "company_id": self.other_company.id,
            "team_id": self.other_team.id,
            "currency_id": self.env.ref("base.USD").id,
        }
        self._nights(*days[:3])
        self._nights(*days[2:], company=self.other_company)
        self.env["crm.kpi.snapshot.day"]._log(
            None, "UTC", days[0], date(2026, 3, 9), "stocks", []
        )
        for day in days[:3]:
            self._fill({"day": day, "has_stock": True, "open_count": 12})
        for day, count in zip(days[2:], (4, 6), strict=True):
            self._fill({**west, "day": day, "has_stock": True, "open_count": count})
        self.manager.company_ids += self.other_company
        one = self.Snapshot.with_user(self.manager)
        both = one.with_context(allowed_company_ids=(self.company + self.other_company).ids)
        scope = [("company_id", "in", (self.company + self.other_company).ids)]
        for reader, domain, average, last in (
            (one, [("company_id", "=", self.company.id)], 12, 12),
            (one, [], 12, 12),
            (both, scope, 12 + 5, 12 + 6),
            (both, [], 12 + 5, 12 + 6),
            (both, [*scope, ("day", ">=", "2026-03-03")], 12 + 5, 12 + 6),
            (both, [*scope, ("day", "<", "2026-03-03")], 12, 12),
        ):
            read = reader._read_group(domain, [], ["open_count:avg", "overdue_count:avg"])
            self.assertEqual(read, [(average, 0)], domain)
            read = reader.with_context(kpi_stock="last")._read_group(domain, [], ["open_count:avg"])
            self.assertEqual(read, [(last,)], domain)
        by_company = both._read_group(scope, ["company_id", "day:day"], ["open_count:avg"])
        self.assertEqual([row[2] for row in by_company], [12, 12, 12, 4, 6])
        before = [*scope, ("day", "<", "2026-03-03")]
        self._fill({**west, "day": days[0], "lead_count": 1})
        self.assertEqual(
            dict(both._read_group(before, ["company_id"], ["open_count:avg"])),
            {self.company: 12, self.other_company: False},
        )

    def test_stock_last_night_on_request(self):
        days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 1)]
        self._nights(*days)
        for day, count in zip(days, (4, 8, 20), strict=True):
            self._fill({"day": day, "has_stock": True, "open_count": count})
        self._fill(
            {"day": days[0], "has_stock": True, "open_count": 3, "user_id": self.colleague.id}
        )
        last = self.Snapshot.with_context(kpi_stock="last")
        self.assertEqual(
            [row[1] for row in last._read_group([], ["day:month"], ["open_count:avg"])], [8.0, 20.0]
        )
        self.assertEqual(last._read_group([], [], ["open_count:avg"])[0][0], 20.0)
        by_user = dict(
            last._read_group([("day", "<", "2026-04-01")], ["user_id"], ["open_count:avg"])
        )
        self.assertEqual(by_user, {self.rep: 8.0, self.colleague: 0.0})

    def test_missed_night_is_a_gap_not_a_zero(self):
        self._nights(date(2026, 3, 1), date(2026, 3, 3))
        for day, stock in (("2026-03-01", 6), ("2026-03-03", 8)):
            self._fill({"day": day, "has_stock": True, "open_count": stock, "lead_count": 1})
        self._fill({"day": "2026-03-02", "lead_count": 5})
        rows = self.Snapshot._read_group([], ["day:day"], ["lead_count:sum", "open_count:avg"])
        self.assertEqual([row[1:] for row in rows], [(1, 6.0), (5, False), (1, 8.0)])
        self.assertEqual(self.Snapshot._read_group([], [], ["open_count:avg"])[0][0], 7.0)
        gaps = self.env["crm.kpi.snapshot.day"]._gaps(date(2026, 3, 1), date(2026, 3, 4))
        self.assertEqual(gaps[self.company], [date(2026, 3, 2)])

    def test_level_that_a_night_did_not_measure_is_unknown(self):
        """A KPI that is younger than a night, or failed on it, was not 0 then."""
        first, second = date(2026, 3, 1), date(2026, 4, 1)
        self._nights(first, second)
        for day, count in ((first, None), (second, 7)):
            self._fill({"day": day, "has_stock": True, "open_count": 4, "overdue_count": count})
            self._fill({"day": day, "has_stock": False, "user_id": self.colleague.id})
        wanted = ["open_count:avg", "overdue_count:avg"]
        self.assertEqual(self.Snapshot._read_group([], [], wanted), [(4.0, False)])
        last = self.Snapshot.with_context(kpi_stock="last")
        self.assertEqual(last._read_group([], [], wanted), [(4.0, 7.0)])
        rows = self.Snapshot._read_group([], ["day:month"], wanted)
        self.assertEqual([row[1:] for row in rows], [(4.0, False), (4.0, 7.0)])
        # Asked for together with something that is no KPI, rows are not summed first.
        rows = self.Snapshot._read_group([], ["day:month"], [*wanted, "id:max"])
        self.assertEqual([row[1:3] for row in rows], [(4.0, False), (4.0, 7.0)])

    def test_money_is_converted_at_each_days_own_rate(self):
        self.env["res.currency.rate"].search([]).unlink()
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        self.env["res.currency.rate"].create(
            [
                {"currency_id": usd.id, "name": "2026-03-01", "rate": 1.25, "company_id": False},
                {"currency_id": usd.id, "name": "2026-03-10", "rate": 2.0, "company_id": False},
                {"currency_id": eur.id, "name": "2020-01-01", "rate": 1.0, "company_id": False},
            ]
        )
        west = {
            "company_id": self.other_company.id,
            "currency_id": usd.id,
            "team_id": self.other_team.id,
        }
        self._fill(
            {"day": "2026-03-05", "won_revenue": 100, "won_count": 1},
            {**west, "day": "2026-03-05", "won_revenue": 125, "won_count": 1},
            {**west, "day": "2026-03-12", "won_revenue": 300, "won_count": 1},
            {**west, "day": "2026-02-01", "won_revenue": 5, "won_count": 1},
        )
        both = self.Snapshot.with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        revenue, size = both._read_group(
            [("team_id", "in", (self.team + self.other_team).ids)],
            [],
            ["won_revenue:sum", "average_deal_size:avg"],
        )[0]
        self.assertAlmostEqual(revenue, 100 + 100 + 150 + 4)
        self.assertAlmostEqual(size, 354 / 4)
        self.assertEqual(
            both._read_group([], [], ["currency_id:array_agg_distinct"])[0][0], [eur.id]
        )
        self.assertEqual(both._read_group([], [], ["won_revenue:sum_currency"])[0][0], revenue)
        dollars = both.with_company(self.other_company)._read_group(
            [("company_id", "=", self.other_company.id)], [], ["won_revenue:sum"]
        )[0][0]
        self.assertAlmostEqual(dollars, 430)

    def test_amount_without_a_rate_makes_the_total_unknown(self):
        self.env["res.currency.rate"].search([]).unlink()
        gbp = self.env.ref("base.GBP")
        self._fill(
            {"day": "2026-03-05", "won_revenue": 100, "won_count": 1},
            {"day": "2026-03-06", "won_revenue": 50, "won_count": 1, "currency_id": gbp.id},
            {"day": "2026-03-07", "won_revenue": 0, "won_count": 1, "currency_id": gbp.id},
        )
        rows = self.Snapshot._read_group([], ["day:day"], ["won_revenue:sum", "won_count:sum"])
        self.assertEqual([row[1:] for row in rows], [(100.0, 1), (False, 1), (0.0, 1)])
        self.assertEqual(
            self.Snapshot._read_group([], [], ["won_revenue:sum", "average_deal_size:avg"])[0],
            (False, False),
        )

    def test_count_is_the_number_of_rows(self):
        self._fill(
            {"day": "2026-03-02", "won_count": 1},
            {"day": "2026-03-02", "won_count": 1, "user_id": self.colleague.id},
            {"day": "2026-04-03", "won_count": 1},
        )
        sets = self.Snapshot._read_grouping_sets(
            [], [[], ["day:month"]], ["won_count:sum", "__count"], order="day:month"
        )
        self.assertEqual(sets[0], [(3, 3)])
        self.assertEqual([row[1:] for row in sets[1]], [(2, 2), (1, 1)])
        self.assertEqual(
            self.Snapshot._read_group([("day", "=", "1999-01-01")], [], ["__count"]), [(0,)]
        )

    def test_groups_carry_the_readers_context(self):
        """What reading needs in the context must not change what is read with its result."""
        self._fill({"day": "2026-03-02", "won_count": 2})
        self._nights(date(2026, 3, 2))
        team = self.Snapshot._read_group([], ["team_id"], ["won_count:sum", "open_count:avg"])[0][0]
        self.assertEqual(team.env.context, self.Snapshot.env.context)
        self.assertEqual(
            team.env["crm.kpi.snapshot"].search([("team_id", "=", team.id)]).won_count, 2
        )

    def test_mixed_with_other_aggregates(self):
        """Aggregates of other fields read the rows themselves."""
        self._fill(
            {"day": "2026-03-02", "won_count": 1, "closed_count": 2},
            {"day": "2026-03-05", "won_count": 1, "closed_count": 2, "user_id": self.colleague.id},
        )
        row = self.Snapshot._read_group(
            [], ["team_id.company_id"], ["win_rate:avg", "day:max", "user_id:count_distinct"]
        )[0]
        self.assertEqual(row, (self.company, 0.5, date(2026, 3, 5), 2))

    def test_a_new_currency_is_noticed(self):
        usd = self.env.ref("base.USD")
        self._fill({"day": "2026-03-05", "won_revenue": 100})
        self.assertEqual(self.Snapshot._read_group([], [], ["won_revenue:sum"]), [(100.0,)])
        known = self.Snapshot._kpi_currencies()
        yen = self.env.ref("base.JPY")
        self.assertNotIn(yen.id, known)
        self.assertIn(usd.id, known)
        self.env["res.company"].create({"name": "KPI East", "currency_id": yen.id})
        self.assertIn(yen.id, self.Snapshot._kpi_currencies())

    def test_absent_source_model_stays_empty(self):
        """The customers' model is installed; pretend another one is not."""
        field = self.Snapshot._fields["order_count"]
        declared = field.fact
        field.fact = ("absent.model", "date", (), "count")
        self.addCleanup(setattr, field, "fact", declared)
        self._lead("open", "2026-03-02 10:00")
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(
            self.Snapshot._read_group(
                [("company_id", "=", self.company.id)],
                [],
                ["lead_count:sum", "order_count:sum", "repeat_order_rate:avg"],
            ),
            [(1, False, False)],
        )
        self.assertEqual(self._rows("order_count"), [(None,)])

    def test_single_row_formulas_equal_their_parts(self):
        self._fill({"day": "2026-03-02", "won_count": 3, "closed_count": 8, "won_revenue": 900})
        row = self.Snapshot.search([("day", "=", "2026-03-02")])
        self.assertAlmostEqual(row.win_rate, 0.375)
        self.assertEqual(row.average_deal_size, 300)
        self.assertIs(row.average_cycle_days, False)
        self.assertIs(row.open_count, False)
        self.assertEqual(row.lost_count, 0)
        self.assertIsNot(row.lost_count, False)
        export = row.export_data(["win_rate", "average_cycle_days"])["datas"]
        self.assertEqual(export, [[0.375, ""]])

    def test_fields_tell_the_client_what_they_are(self):
        described = self.Snapshot.fields_get(
            ["win_rate", "open_count", "day"], ["kpi", "aggregator"]
        )
        self.assertEqual(
            described["win_rate"]["kpi"], {"kind": "formula", "unit": "percent", "better": "higher"}
        )
        self.assertEqual(described["win_rate"]["aggregator"], "avg")
        self.assertEqual(described["open_count"]["kpi"]["kind"], "stock")
        self.assertNotIn("kpi", described["day"])

    def test_every_kpi_can_be_read_at_once(self):
        names = sorted(self.Snapshot._kpi_fields())
        self._fill({"day": "2026-03-02"})
        self._nights(date(2026, 3, 2))
        row = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], ["day:month"], [f"{name}:avg" for name in names]
        )[0]
        self.assertEqual(len(row), len(names) + 1)
        ratios = [name for name in names if self.Snapshot._kpi_kind(name) == "formula"]
        self.assertEqual([row[names.index(name) + 1] for name in ratios], [False] * len(ratios))
