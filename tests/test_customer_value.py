"""The rows of customers against pandas, the package lifetimes and hand-made histories."""

import warnings
from datetime import date, timedelta

import numpy as np
import pandas

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .customer_common import TODAY, CustomerCase
from .test_purchase_model import drawn

with warnings.catch_warnings():
    # They speak of options of older versions of pandas while they are loaded.
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from lifetimes.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter


@tagged("post_install", "-at_install", "fault")
class TestCustomerValue(CustomerCase):
    def test_sums_scores_and_stages_agree_with_pandas(self):
        random = np.random.default_rng(17)
        rows = []
        for number in range(60):
            partner = self._customer(f"Customer {number}")
            contact = self.Partner.create({"name": "Contact", "parent_id": partner.id})
            for _order in range(random.integers(1, 9)):
                day = int(random.integers(1, 1200))
                revenue = float(random.integers(0, 40) * 25)
                margin = round(revenue * random.uniform(-.1, .6), 2)
                self._purchase((partner, contact)[day % 2], day, revenue, margin)
                rows.append((partner.id, TODAY - timedelta(days=day), revenue, margin))
        forecast = self._refresh()
        expected = expected_rows(rows, forecast)
        found = self.stored()
        self.assertEqual(set(found), set(expected))
        self.assertGreater(len({row["lifecycle_stage"] for row in found.values()}), 3)
        for partner_id, values in expected.items():
            for name, value in values.items():
                with self.subTest(partner=partner_id, column=name):
                    self.assertEqual(plain(found[partner_id][name]), value)

    def test_forecast_agrees_with_the_package_lifetimes(self):
        random = np.random.default_rng(21)
        x, t_x, T = (column.round() for column in drawn(random, 500, .9, 60, 1, 3))
        partners = self.Partner.create([
            {"name": f"Customer {number}", "is_company": True} for number in range(500)
        ])
        for number, partner in enumerate(partners):
            days = {0, t_x[number], *random.uniform(0, t_x[number], int(x[number])).round()}
            level = random.gamma(4, 100)
            for day in days:
                self._purchase(partner, int(max(T[number], 1) - day) or 1, random.gamma(3, level))
        forecast = self._refresh()
        self.assertIn(forecast.method, ("mbg_nbd", "bg_nbd"))
        found = self.stored()
        rows = [found[partner.id] for partner in partners]
        bought = pandas.DataFrame(rows)
        history = [
            bought["order_day_count"] - 1,
            [(row["last_order_date"] - row["first_order_date"]).days for row in rows],
            [(TODAY - row["first_order_date"]).days for row in rows],
        ]
        names = ("r", "alpha", "a", "b")
        fitters = {"mbg_nbd": ModifiedBetaGeoFitter, "bg_nbd": BetaGeoFitter}
        theirs = fitters[forecast.method]()
        theirs.params_ = pandas.Series({name: forecast.parameters[name] for name in names})
        orders = theirs.conditional_expected_number_of_purchases_up_to_time(
            365, *map(np.asarray, history)
        )
        np.testing.assert_allclose(
            bought["predicted_order_count"].astype(float), orders, atol=1e-3, rtol=1e-3
        )
        alive = ModifiedBetaGeoFitter()
        alive.params_ = pandas.Series({name: forecast.alive_parameters[name] for name in names})
        chance = alive.conditional_probability_alive(*map(np.asarray, history))
        np.testing.assert_allclose(bought["probability_alive"].astype(float), chance, atol=6e-4)
        once = bought["order_day_count"] == 1
        self.assertLess(bought["probability_alive"][once].max(), 1)
        self.assertEqual(forecast.spend_method, "gamma_gamma")
        spend = GammaGammaFitter()
        spend.params_ = pandas.Series(forecast.spend_parameters)
        expected = spend.conditional_expected_average_profit(
            bought["order_day_count"],
            bought["lifetime_revenue"].astype(float) / bought["order_day_count"],
        )
        np.testing.assert_allclose(bought["predicted_spend"].astype(float), expected, rtol=1e-3)
        # every margin is 40 %
        np.testing.assert_allclose(
            bought["customer_value"].astype(float), orders * expected * .4, rtol=3e-3, atol=.02
        )
        self.assertTrue(bought["prediction_error"].notna().all())
        self.assertIn("foretold", forecast.explanation)

    def test_few_customers_get_their_rate(self):
        first, second = self._customer(), self._customer()
        self._purchase(first, 300, 200)
        self._purchase(first, 100, 400)
        self._purchase(second, 200, 60)
        forecast = self._refresh()
        self.assertEqual(forecast.method, "rate")
        self.assertIn("Fewer than 100", forecast.explanation)
        # by hand: prior of one purchase at the rate of all, 1.5 purchases in 500 days
        alpha = 500 / 1.5
        mean = 660 / 3
        row = self.row(first)
        orders = 365 * (1 + 1) / (alpha + 300)
        spend = (600 + 2 * mean) / 4
        self.assertAlmostEqual(row.predicted_order_count, orders, 2)
        self.assertAlmostEqual(row.predicted_spend, spend, 2)
        self.assertAlmostEqual(row.customer_value, round(orders * spend * .4, 2), 1)
        self.assertIs(row.probability_alive, False, "a rate cannot tell who is lost")

    # -- what counts -------------------------------------------------------------------------

    def test_days_are_the_companys_and_today_is_not_over(self):
        partner = self._customer()
        # Brussels in winter: 23:30 UTC is the next day
        self._purchase(partner, date(2026, 1, 10), 100, date_order="2026-01-10 23:30:00")
        self._purchase(partner, date(2026, 1, 11), 50)
        self._purchase(partner, 0, 70)
        self._refresh()
        row = self.row(partner)
        self.assertEqual(row.order_day_count, 1)
        self.assertEqual(row.first_order_date, date(2026, 1, 11))
        self.assertEqual(row.lifetime_revenue, 150)

    def test_what_is_no_purchase(self):
        free, cancelled, part = self._customer(), self._customer(), self._customer()
        self._purchase(free, 10, 0)
        self._purchase(cancelled, 10, 100, state="cancel")
        self._purchase(cancelled, 20, 100, state="sent")
        self._purchase(part, 10, 0)
        self._purchase(part, 30, 80)
        self._purchase(self.company.partner_id, 10, 500)
        self._refresh()
        self.assertEqual(set(self.stored()), {part.id})
        self.assertEqual(self.row(part).order_day_count, 1)
        self.assertEqual(free.with_company(self.company).lifecycle_stage, "prospect")

    def test_unknown_amounts_are_not_zero(self):
        partner, other = self._customer(), self._customer()
        self._purchase(partner, 10, None)
        self._purchase(partner, 400, 100)
        self._purchase(other, 50, 100)
        self._refresh()
        row = self.row(partner)
        self.assertEqual(row.order_day_count, 2)
        self.assertIs(row.lifetime_revenue, False)
        self.assertIs(row.rfm_monetary, False)
        self.assertIs(row.year_revenue, False)
        self.assertGreater(row.customer_value, 0, "from the day whose amount is known")
        self._purchase(self._customer("Only unknown"), 20, None)
        self._refresh()
        unknown = self.Value.search([("partner_id.name", "=", "Only unknown")])
        self.assertIs(unknown.customer_value, False)
        self.assertFalse(unknown.customer_tier_id)

    def test_companies_have_their_own_rows(self):
        partner = self._customer()
        self._purchase(partner, 10, 100)
        self._purchase(partner, 20, 900, company=self.other_company)
        self._refresh()
        self._refresh(self.other_company)
        self.assertEqual(self.row(partner).lifetime_revenue, 100)
        west = self.row(partner, self.other_company)
        self.assertEqual(west.lifetime_revenue, 900)
        self.assertEqual(west.currency_id, self.env.ref("base.USD"))
        self.assertEqual(partner.with_company(self.company).lifetime_revenue, 100)
        self.assertEqual(partner.with_company(self.other_company).lifetime_revenue, 900)

    def test_a_company_without_purchases(self):
        forecast = self._refresh()
        self.assertEqual(forecast.method, "none")
        self.assertEqual(self.stored(), {})
        self.assertIn("no purchases", forecast.explanation)

    # -- again and again ---------------------------------------------------------------------

    def test_second_run_changes_nothing(self):
        for number in range(30):
            partner = self._customer()
            for day in range(5 + number, 900, 40 + 7 * number):
                self._purchase(partner, day, 50 + number)
        self._refresh()
        before = self.stored()
        count = self.env["crm.customer.forecast"].search_count([])
        self._refresh()
        self.assertEqual(self.stored(), before)
        self.assertEqual(self.env["crm.customer.forecast"].search_count([]), count)
        self.assertFalse(self.env["crm.customer.tier.change"].search_count([]))

    def test_one_customer_computed_alone_is_the_same(self):
        partners = self.Partner
        for number in range(30):
            partners += self._customer()
            for day in range(5 + number, 900, 40 + 7 * number):
                self._purchase(partners[-1], day, 50 + number)
        self._refresh()
        before = self.stored()
        self.Value._refresh_customers(self.company, partners[7] + partners[9])
        self.assertEqual(self.stored(), before)

    def test_a_customer_whose_orders_are_gone_is_a_prospect_again(self):
        partner = self._customer()
        order = self._purchase(partner, 10)
        self._refresh()
        self.assertTrue(self.row(partner))
        order.state = "cancel"
        self._refresh()
        self.assertFalse(self.row(partner))

    def test_a_young_fit_is_kept_and_an_old_one_replaced(self):
        self._purchase(self._customer(), 10)
        forecast = self._refresh()
        self.assertEqual(self._refresh(today=TODAY + timedelta(days=27)), forecast)
        self.assertEqual(forecast.day, TODAY + timedelta(days=27))
        newer = self._refresh(today=TODAY + timedelta(days=28))
        self.assertNotEqual(newer, forecast)
        self.company.customer_lapse_days = 90
        self.assertTrue(newer.is_stale)
        newest = self._refresh(today=TODAY + timedelta(days=28))
        self.assertNotEqual(newest, newer)
        self.assertEqual(newest.lapse_days, 90)

    # -- nobody forges -----------------------------------------------------------------------

    def test_D8_rows_cannot_be_forged(self):
        partner = self._customer()
        self._purchase(partner, 10)
        forecast = self._refresh()
        row = self.row(partner)
        for records, values in ((row, {"customer_value": 1}), (forecast, {"margin_rate": 1})):
            for user in (self.manager, self.env.ref("base.user_root")):
                for write in (
                    lambda mine, values=values: mine.write(values),
                    lambda mine, values=values: mine.unlink(),
                    lambda mine, values=values: mine.create(values),
                ):
                    with self.assertRaises(AccessError):
                        write(records.with_user(user))


def plain(value):
    return float(value) if value.__class__.__name__ == "Decimal" else value


def expected_rows(rows, forecast):
    """A second computation, by pandas, of the columns that need no model."""
    frame = pandas.DataFrame(rows, columns=["partner", "day", "revenue", "margin"])
    days = frame.groupby(["partner", "day"], as_index=False).sum()
    result = {}
    for partner, own in days.groupby("partner"):
        bought = own[own["revenue"] > 0].sort_values("day")
        if bought.empty:
            continue
        last = bought["day"].max()
        gaps = [gap.days for gap in np.diff(bought["day"])]
        recent = [TODAY - day <= timedelta(days=365) for day in own["day"]]
        usual = [last - day < timedelta(days=365) for day in bought["day"]]
        result[partner] = {
            "first_order_date": bought["day"].min(), "last_order_date": last,
            "order_day_count": len(bought), "lifetime_revenue": round(own["revenue"].sum(), 2),
            "lifetime_margin": round(own["margin"].sum(), 2),
            "year_revenue": round(own["revenue"][recent].sum(), 2),
            "usual_margin": round(bought["margin"][usual].sum(), 2),
            "lifecycle_stage": expected_stage(
                forecast, len(bought), (TODAY - last).days, gaps
            ),
        }
    add_scores(result)
    for values in result.values():
        lost = values["lifecycle_stage"] in ("at_risk", "lapsed")
        values["value_at_stake"] = values["usual_margin"] if lost else None
    return result


def expected_stage(forecast, count, silent, gaps):
    if silent > forecast.lapse_days:
        return "lapsed"
    own = 2 * sum(gaps) / len(gaps) if gaps else 0
    patience = max(min(own, forecast.lapse_days) if count >= 3 else forecast.risk_days, 1)
    if silent > patience:
        return "at_risk"
    if gaps and gaps[-1] > forecast.lapse_days:
        return "won_back"
    return "first" if count == 1 else "active"


def add_scores(result):
    frame = pandas.DataFrame.from_dict(result, orient="index")
    silent = pandas.Series({key: -(TODAY - row["last_order_date"]).days
                            for key, row in result.items()})
    for name, values in (
        ("rfm_recency", silent), ("rfm_frequency", frame["order_day_count"]),
        ("rfm_monetary", frame["lifetime_revenue"]),
    ):
        rank = values.rank(method="max")
        for key, value in rank.items():
            result[key][name] = -(-5 * int(value) // len(rank))
