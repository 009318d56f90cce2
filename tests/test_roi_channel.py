import io
from datetime import date, datetime, timedelta
from itertools import product
from random import Random

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..reports.pivot_sheet import PivotLayout, render_pivot
from .facts_common import put
from .test_order_facts import OrderFacts

SUMS = ("cost", "lead_count", "won_count", "revenue", "margin", "new_customer_count")
RATIOS = ("cost_per_lead", "customer_acquisition_cost", "return_on_cost")


@tagged("post_install", "-at_install", "fault")
class TestRoiChannel(OrderFacts):
    """Figures of campaigns, sources and media against plain Python over the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Channel = cls.env["crm.roi.channel"]
        cls.sources = cls.env["utm.source"].create([{"name": f"Channel {n}"} for n in "AB"])
        cls.media = cls.env["utm.medium"].create([{"name": f"Channel medium {n}"} for n in "AB"])
        cls.campaigns = cls.env["utm.campaign"].create([{"name": f"Channel {n}"} for n in "XY"])
        cls.stage = cls.env["crm.stage"].create({"name": "Channel won", "is_won": True})
        cls.acquisition = cls.env["crm.roi.cost.category"].search(
            [("kind", "=", "acquisition")], limit=1
        )
        cls.running = cls.env["crm.roi.cost.category"].search([("kind", "=", "crm")], limit=1)
        cls.day = date(2026, 3, 10)
        # Nothing but what the test makes.
        cls.own = [("company_id", "=", cls.env.company.id), ("day", ">=", "2026-03-01"),
                   ("day", "<", "2026-04-01")]

    def lead(self, day, outcome="open", **values):
        lead = self.env["crm.lead"].create({
            "name": "Channel lead", "type": "opportunity", "user_id": False,
            "company_id": self.env.company.id, **values,
        })
        if outcome == "won":
            lead.stage_id = self.stage
        elif outcome == "lost":
            lead.action_set_lost()
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
        put(lead, create_date=moment, date_closed=None if outcome == "open" else moment)
        return lead

    def cost(self, amount, day=None, until=None, category=None, **values):
        return self.env["crm.roi.cost"].create({
            "name": "Channel cost", "category_id": (category or self.acquisition).id,
            "date_from": day or self.day, "date_to": until or day or self.day, "amount": amount,
            "company_id": self.env.company.id, "is_credit": amount < 0,
            "currency_id": self.env.company.currency_id.id, **values,
        })

    def order(self, price, day=None, partner=None, **values):
        when = datetime.combine(day or self.day, datetime.min.time()) + timedelta(hours=12)
        partner = partner or self.env["res.partner"].create({"name": "Channel customer"})
        return self.new_order((self.basic, 1, price), partner=partner, when=when, **values)

    def figures(self, by="source_id", domain=(), names=SUMS + RATIOS):
        """``{record or empty: {name: value}}``"""
        self.env.flush_all()
        rows = self.Channel._read_group(
            [*self.own, *domain], [by], [f"{name}:sum" for name in names]
        )
        return {record: dict(zip(names, values, strict=True)) for record, *values in rows}

    def assertNoData(self, value, message=None):
        self.assertTrue(value is None or value is False, f"{message}: {value!r}")

    def test_figures_of_a_source(self):
        source = {"source_id": self.sources[0].id}
        self.cost(300, **source)
        self.cost(1000, category=self.running, **source)  # the CRM's own cost is no channel's
        for outcome in ("open", "open", "won", "lost"):
            self.lead(self.day, outcome, **source)
        for price in (500, 250):
            self.order(price, **source)
        self.order(100, partner=self.acme, **source)
        self.order(70, day=self.day + timedelta(days=1), partner=self.acme, **source)
        found = self.figures()[self.sources[0]]
        self.assertEqual(
            {name: found[name] for name in SUMS},
            {"cost": 300, "lead_count": 4, "won_count": 1, "revenue": 920,
             "margin": 920 - 4 * 60, "new_customer_count": 3},
        )
        self.assertEqual(found["cost_per_lead"], 75)
        self.assertEqual(found["customer_acquisition_cost"], 100)
        self.assertAlmostEqual(found["return_on_cost"], (680 - 300) / 300)

    def test_C1_nothing_divided_by_nothing(self):
        a, b = self.sources
        self.lead(self.day, source_id=a.id)
        self.order(100, source_id=a.id)
        self.cost(50, source_id=b.id)
        found = self.figures()
        for name in ("cost", *RATIOS):
            self.assertNoData(found[a][name], name)  # no cost: no ROI of infinity
        self.assertNoData(found[b]["cost_per_lead"])
        self.assertNoData(found[b]["customer_acquisition_cost"])
        self.assertEqual(found[b]["return_on_cost"], -1)

    def test_not_set_is_a_row_of_its_own(self):
        self.cost(10)
        self.lead(self.day)
        self.lead(self.day, campaign_id=self.campaigns[0].id)
        self.order(100)
        found = self.figures()[self.env["utm.source"]]
        self.assertEqual([found[name] for name in ("cost", "lead_count", "revenue")], [10, 2, 100])
        label = self.Channel.fields_get(["source_id"])["source_id"]["falsy_value_label"]
        self.assertEqual(label, "(not set)")

    def test_totals_do_not_depend_on_how_it_is_cut(self):
        """Random leads, orders and costs: each cut adds up to the sums over the records."""
        random = Random(11)
        places = list(product(
            [*self.sources.ids, False], [*self.media.ids, False], [*self.campaigns.ids, False]
        ))
        costs, leads, orders = [], [], self.env["sale.order"]
        for source, medium, campaign in random.sample(places, 18):
            values = {"source_id": source, "medium_id": medium, "campaign_id": campaign}
            day = date(2026, 3, random.randint(1, 28))
            leads.append(self.lead(day, random.choice(["open", "won", "lost"]), **values))
            amount = random.choice([0.01, 33.33, 100, -5])
            costs.append(self.cost(amount, day, day + timedelta(days=random.randint(0, 3)),
                                   **values))
            if random.random() < 0.5:
                orders += self.order(random.choice([10, 99.99]), day, **values)
        expected = {
            "cost": sum(cost.amount for cost in costs), "lead_count": len(leads),
            "won_count": sum(lead.won_status == "won" for lead in leads),
            "revenue": sum(orders.mapped("net_revenue")),
            "margin": sum(orders.mapped("net_margin")), "new_customer_count": len(orders),
        }
        for by in ("source_id", "medium_id", "campaign_id", "day:month"):
            found = self.figures(by)
            for name, total in expected.items():
                self.assertAlmostEqual(
                    sum(values[name] or 0 for values in found.values()), total, 2, f"{by} {name}"
                )

    def test_total_cost_is_that_of_the_ledger(self):
        self.cost(100, self.day, self.day + timedelta(days=40), source_id=self.sources[0].id)
        self.cost(33.33)
        today = self.env.company._kpi_today(self.env.company._kpi_timezone())
        self.cost(7, today, today + timedelta(days=6))  # a seventh of it is spent
        self.env.flush_all()
        days = self.env["crm.roi.cost.day"]._read_group(
            [("company_id", "=", self.env.company.id), ("kind", "=", "acquisition"),
             ("day", "<=", today)], [], ["amount:sum"],
        )
        total = self.Channel._read_group(
            [("company_id", "=", self.env.company.id)], [], ["cost:sum"])
        self.assertAlmostEqual(total[0][0], days[0][0], 2)
        self.assertAlmostEqual(total[0][0], 134.33, 2)

    def test_C8_cost_of_a_deleted_campaign_stays_in_the_total(self):
        self.cost(100, campaign_id=self.campaigns[0].id)
        before = sum(values["cost"] or 0 for values in self.figures("campaign_id").values())
        self.campaigns[0].unlink()
        found = self.figures("campaign_id")
        self.assertEqual(sum(values["cost"] or 0 for values in found.values()), before)
        self.assertEqual(found[self.env["utm.campaign"]]["cost"], 100)

    def test_C3_cost_without_rate_is_unknown(self):
        self.cost(100, source_id=self.sources[0].id)
        unknown = self.cost(5, source_id=self.sources[0].id)
        self.env.flush_all()
        put(self.env["crm.roi.cost.share"].search([("cost_id", "=", unknown.id)]), amount=None)
        self.assertNoData(self.figures()[self.sources[0]]["cost"])

    def test_every_figure_opens_its_records(self):
        source = self.sources[0]
        self.cost(300, source_id=source.id)
        self.lead(self.day, "won", source_id=source.id)
        self.lead(self.day, "lost", source_id=source.id)
        self.order(100, source_id=source.id)
        self.lead(self.day)
        self.order(50)
        domain = [*self.own, ("source_id", "=", source.id)]
        self.env.flush_all()
        for measure, model, count in (
            ("cost", "crm.roi.cost", 1), ("return_on_cost", "crm.roi.cost", 1),
            ("lead_count", "crm.lead", 2), ("won_count", "crm.lead", 1),
            ("revenue", "sale.order", 1), ("cost_per_lead", "crm.lead", 2),
            ("customer_acquisition_cost", "sale.order", 1),
        ):
            action = self.Channel.action_drill(measure, domain)
            records = self.env[action["res_model"]].with_context(**action["context"])
            self.assertEqual(action["res_model"], model, measure)
            self.assertEqual(records.search_count(action["domain"]), count, measure)
        today = self.env.company._kpi_today(self.env.company._kpi_timezone())
        self.lead(today, source_id=source.id)
        action = self.Channel.action_drill("lead_count", [("source_id", "=", source.id)])
        self.assertEqual(
            self.env["crm.lead"].with_context(active_test=False).search_count(action["domain"]), 3
        )

    def test_sheet_has_the_figures_of_the_screen(self):
        source = self.sources[0]
        self.cost(300, source_id=source.id)
        self.cost(50)
        self.order(900, source_id=source.id)
        self.env.flush_all()
        measures = ("cost", "revenue", "return_on_cost", "cost_per_lead")
        layout = PivotLayout.from_json(self.Channel, {
            "title": "Campaigns", "domain": self.own, "row_groupbys": ["source_id"],
            "col_groupbys": [], "rows": [[], [source.id], [False]],
            "columns": [{"values": [], "measure": name} for name in measures],
        })
        sheet = openpyxl.load_workbook(io.BytesIO(render_pivot(self.Channel, layout))).active
        rows = {row[0]: row[1:5] for row in sheet.iter_rows(values_only=True)}
        found = self.figures()
        for label, record in (("Channel A", source), ("(not set)", self.env["utm.source"])):
            for cell, name in zip(rows[label], measures, strict=True):
                value = found[record][name]
                if value is None or value is False:
                    self.assertIsNone(cell, f"{label} {name}")
                else:
                    self.assertAlmostEqual(cell, value, 6, f"{label} {name}")

    def test_figures_on_records_are_one_query(self):
        source = self.sources[0]
        self.cost(300, source_id=source.id)
        self.order(900, source_id=source.id)
        self.lead(self.day, source_id=source.id)
        source.mapped("roi_return")  # what is cached from here on is no query
        self.env.invalidate_all()
        with self.assertQueryCount(5):  # user, company and currency, names, and the figures
            (self.sources + self.env.ref("utm.utm_source_newsletter")).mapped("roi_return")
        self.assertEqual(
            [source.roi_cost, source.roi_lead_count, source.roi_revenue, source.roi_cost_per_lead],
            [300, 1, 900, 300],
        )
        self.assertAlmostEqual(source.roi_return, (840 - 300) / 300)
        other = self.sources[1]
        self.assertEqual([other.roi_cost, other.roi_lead_count, other.roi_return],
                         [False, 0, False])
        action = source.action_open_roi_figures()
        self.assertEqual(action["domain"], [("source_id", "=", source.id)])

    def test_C5_two_companies_stay_apart_and_convert(self):
        other = self.env["res.company"].create({
            "name": "Channel abroad", "currency_id": self.env.ref("base.CHF").id,
        })
        self.env["res.currency.rate"].create({
            "name": "2026-01-01", "currency_id": other.currency_id.id, "rate": 2,
            "company_id": self.env.company.id,
        })
        self.env.user.company_ids += other
        source = self.sources[0]
        self.cost(100, source_id=source.id)
        self.cost(100, source_id=source.id, company_id=other.id, currency_id=other.currency_id.id)
        self.env.flush_all()
        domain = [("source_id", "=", source.id)]
        mine = self.Channel.with_context(allowed_company_ids=self.env.company.ids)
        mine = mine._read_group(domain, [], ["cost:sum"])[0][0]
        self.assertEqual(mine, 100)
        both = self.Channel.with_context(
            allowed_company_ids=(self.env.company + other).ids
        )
        self.assertEqual(both._read_group(domain, [], ["cost:sum"])[0][0], 150)
        abroad = self.Channel.with_context(allowed_company_ids=other.ids)
        self.assertEqual(abroad._read_group(domain, [], ["cost:sum"])[0][0], 100)

    def test_A15_salesperson_reads_no_figure(self):
        seller = self.env["res.users"].create({
            "name": "Seller", "login": "channel_seller",
            "group_ids": [(6, 0, [self.env.ref("sales_team.group_sale_salesman_all_leads").id])],
        })
        with self.assertRaises(AccessError):
            self.Channel.with_user(seller).search([])
        source = self.sources[0].with_user(seller)
        self.assertFalse([name for name in source.fields_get() if name.startswith("roi_")])
        with self.assertRaises(AccessError):
            source.read(["roi_cost"])
        with self.assertRaises(AccessError):
            source.action_open_roi_figures()
