from datetime import date

from psycopg2.errors import RestrictViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_costs import CostCase


@tagged("post_install", "-at_install", "fault")
class TestCostEntry(CostCase):
    """What may be entered, what it amounts to, and what stays when something else goes."""

    # -- amounts -------------------------------------------------------------------------------

    def test_quantity_times_unit_cost_times_people(self):
        cost = self.cost(0, "2026-03-02", category_id=self.env.ref(
            "crm_roi.cost_category_training_time").id, quantity=6, people=4, unit_cost=45.5)
        cost.invalidate_recordset()
        self.assertEqual(cost.calculation, "quantity")
        with Form(cost) as form:
            form.quantity = 8
        self.assertEqual(cost.amount, 8 * 4 * 45.5)

    def test_time_lost_in_learning(self):
        """5 people, 8 weeks of 40 hours, 30 % at the start, 50 an hour; half when it fades."""
        with Form(self.Cost) as form:
            form.name = "Learning"
            form.category_id = self.env.ref("crm_roi.cost_category_productivity_loss")
            form.people, form.quantity, form.hours_per_week = 5, 8, 40
            form.loss_rate, form.unit_cost, form.has_ramp = 0.30, 50, False
        cost = form.record
        self.assertAlmostEqual(cost.amount, 5 * 8 * 40 * 0.30 * 50)
        cost.has_ramp = True
        self.assertAlmostEqual(cost.amount, 5 * 8 * 40 * 0.30 * 50 / 2)
        self.assertAlmostEqual(cost.amount_company, cost.amount)

    def test_a_category_that_is_calculated_otherwise_later_moves_no_old_entry(self):
        cost = self.cost(120, "2026-03-02")
        self.media.calculation = "quantity"
        cost.invalidate_recordset()
        self.assertEqual((cost.calculation, cost.amount), ("amount", 120))

    def test_C2_negative_amounts_are_credits_or_refused(self):
        with self.assertRaisesRegex(ValidationError, "Credit"):
            self.cost(-50, "2026-03-02")
        with self.assertRaisesRegex(ValidationError, "negative amount"):
            self.cost(50, "2026-03-02", is_credit=True)
        charged = self.cost(200, "2026-03-02", "2026-03-11")
        credit = self.cost(-50, "2026-03-02", "2026-03-11", is_credit=True)
        self.assertEqual(sum(self.by_day(charged + credit).values()), 150)
        self.assertEqual(self.by_day(charged + credit)[date(2026, 3, 2)], 15)
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        values = self.env["crm.kpi"]._values(["acquisition_cost_total"], "2026-03-01", "2026-04-01")
        self.assertEqual(values[()]["acquisition_cost_total"]["value"], 150)

    def test_C2_ticking_credit_turns_the_amount(self):
        with Form(self.Cost) as form:
            form.name, form.category_id, form.amount = "Refund", self.media, 30
            form.is_credit = True
            self.assertEqual(form.amount, -30)
            form.is_credit = False
            self.assertEqual(form.amount, 30)

    def test_C2_a_change_is_refused_too(self):
        cost = self.cost(5, "2026-03-02")
        with self.assertRaises(ValidationError):
            cost.amount = -5

    def test_zero_future_and_overlapping_entries(self):
        nothing = self.cost(0, "2026-03-02", "2026-03-05")
        self.assertEqual(set(self.by_day(nothing).values()), {0})
        coming = self.cost(70, "2999-01-01", "2999-01-07")
        self.assertEqual(sum(self.by_day(coming).values()), 70)
        both = self.cost(30, "2026-04-01", "2026-04-03") + self.cost(30, "2026-04-02", "2026-04-04")
        self.assertEqual(list(map(self.by_day(both).get, sorted(self.by_day(both)))),
                         [10, 20, 20, 10])
        self.Snapshot._refresh("2026-03-01", "2026-05-01", self.company)
        values = self.env["crm.kpi"]._values(["roi_cost_total"], "2026-03-01", "2999-12-31")
        self.assertEqual(values[()]["roi_cost_total"]["value"], 60)

    def test_what_is_no_cost_is_refused_in_words(self):
        for wrong, words in (
            ({"date_from": "2026-03-09", "date_to": "2026-03-01"}, "before it begins"),
            ({"date_from": "0202-03-09", "date_to": "0202-03-09"}, "1990"),
            ({"date_from": "2026-01-01", "date_to": "2062-01-01"}, "ten years"),
            ({"amount": 1e30}, "larger than"),
            ({"amount": float("nan")}, "no number"),
            ({"amount": float("inf")}, "no number"),
            ({"quantity": -1}, "from 0 up"),
            ({"unit_cost": float("nan")}, "no number"),
            ({"loss_rate": 1.5}, "100 %"),
        ):
            with self.subTest(wrong), self.assertRaisesRegex(
                (ValidationError, UserError), words
            ), self.env.cr.savepoint():
                self.cost(**{"amount": 1, "date_from": "2026-03-01", **wrong})

    # -- currencies ----------------------------------------------------------------------------

    def _currency(self, code, **rates):
        """A currency of its own, with rates ``d2026_03_01=1.2`` per euro of the first company."""
        currency = self.env["res.currency"].create({"name": code, "symbol": code, "rounding": 0.01})
        for name, rate in rates.items():
            self._rate(currency, name[1:].replace("_", "-"), rate)
        return currency

    def _rate(self, currency, day, rate):
        return self.env["res.currency.rate"].create({
            "currency_id": currency.id, "name": day, "rate": rate,
            "company_id": self.company.id,
        })

    def test_C3_converted_at_the_rate_of_the_first_day(self):
        self._rate(self.company.currency_id, "2020-01-01", 1.0)
        currency = self._currency("QQA", d2026_03_01=2.0, d2026_03_10=4.0)
        early = self.cost(100, "2026-03-05", "2026-03-20", currency_id=currency.id)
        late = self.cost(100, "2026-03-12", currency_id=currency.id)
        self.assertEqual((early.amount, early.currency_id), (100, currency))
        self.assertEqual((early.amount_company, late.amount_company), (50, 25))
        self.assertEqual(early.company_currency_id, self.company.currency_id)
        late.date_from = "2026-03-02"
        self.assertEqual(late.amount_company, 50)

    def test_C3_without_a_rate_the_amount_is_unknown_not_one_to_one(self):
        self._rate(self.company.currency_id, "2020-01-01", 1.0)
        currency = self._currency("QQB")
        other = self.cost(40, "2026-03-02")
        cost = self.cost(100, "2026-03-02", currency_id=currency.id)
        self.assertEqual((cost.state, cost.amount_company), ("no_rate", False))
        # Better no total than one that leaves a cost out.
        totals = self.Day._read_group([("cost_id", "in", (cost + other).ids)], [], ["amount:sum"])
        self.assertEqual(totals, [(False,)])
        self.Snapshot._refresh("2026-03-01", "2026-03-04", self.company)
        values = self.env["crm.kpi"]._values(["acquisition_cost_total"], "2026-03-01", "2026-03-04")
        self.assertIsNone(values[()]["acquisition_cost_total"]["value"])

        self._rate(currency, "2026-02-01", 5.0)
        self.assertEqual((cost.state, cost.amount_company), ("ok", 20))
        self.assertEqual(self.by_day(cost), {date(2026, 3, 2): 20})
        dirty = self.env["crm.kpi.dirty.day"]._days(self.company.id)
        self.assertIn(date(2026, 3, 2), dirty)
        self.Snapshot._refresh("2026-03-01", "2026-03-04", self.company)
        values = self.env["crm.kpi"]._values(["acquisition_cost_total"], "2026-03-01", "2026-03-04")
        self.assertEqual(values[()]["acquisition_cost_total"]["value"], 60)

    def test_C3_a_corrected_rate_corrects_the_cost_until_the_lock_date(self):
        self._rate(self.company.currency_id, "2020-01-01", 1.0)
        currency = self._currency("QQC", d2026_03_01=2.0)
        old = self.cost(100, "2026-03-05", currency_id=currency.id)
        new = self.cost(100, "2026-04-05", currency_id=currency.id)
        self.company.kpi_lock_date = "2026-04-01"
        rate = self.env["res.currency.rate"].search([("currency_id", "=", currency.id)])
        rate.rate = 4.0
        self.assertEqual((old.amount_company, new.amount_company), (50, 25))
        self.assertEqual(self.by_day(new), {date(2026, 4, 5): 25})
        rate.unlink()
        self.assertEqual((old.amount_company, new.amount_company), (50, False))

    def test_C4_a_company_that_changes_its_currency_keeps_its_amounts(self):
        euro, today = self.company.currency_id, self._today()
        for currency in (euro, self.other_company.currency_id):
            self._rate(currency, "2020-01-01", 1.0 if currency == euro else 2.0)
        past = self.cost(80, "2026-01-05", "2026-01-08")
        running = self.cost(60, "2026-01-05", today)
        self.company.currency_id = self.other_company.currency_id
        self.assertEqual((past.amount, past.currency_id), (80, euro))
        self.assertEqual((past.amount_company, past.company_currency_id), (80, euro))
        # What goes on is counted in the new currency: its coming days are dollars.
        self.assertEqual((running.amount, running.currency_id), (60, euro))
        self.assertEqual((running.amount_company, running.company_currency_id),
                         (120, self.company.currency_id))
        self.assertEqual(self.cents(sum(self.by_day(running).values())), 120)
        # Read together, the old days are converted, not renamed.
        company = self.Day.with_company(self.company)
        total = company._read_group([("cost_id", "in", (past + running).ids)], [], ["amount:sum"])
        self.assertAlmostEqual(total[0][0], 2 * 80 + 120, 2)

    def test_C5_no_total_over_mixed_currencies(self):
        self._rate(self.company.currency_id, "2020-01-01", 1.0)
        currency = self._currency("QQD", d2026_03_01=2.0)
        costs = self.cost(100, "2026-03-05", currency_id=currency.id) + self.cost(10, "2026-03-05")
        domain = [("id", "in", costs.ids)]
        for aggregate in ("amount:sum", "amount:sum_currency"):
            self.assertEqual(self.Cost._read_group(domain, [], [aggregate]), [(False,)])
            self.assertEqual(
                dict(self.Cost._read_group(domain, ["currency_id"], [aggregate])),
                {currency: 100, self.company.currency_id: 10},
            )
        self.assertEqual(self.Cost._read_group(domain, [], ["amount_company:sum"]), [(60,)])

    def test_C5_two_companies_stay_apart_and_add_up_converted(self):
        dollar = self.other_company.currency_id
        self._rate(self.company.currency_id, "2020-01-01", 1.0)
        self._rate(dollar, "2020-01-01", 4.0)
        costs = self.cost(10, "2026-03-05") + self.cost(
            100, "2026-03-05", company_id=self.other_company.id, currency_id=dollar.id)
        days = self.Day.with_context(
            allowed_company_ids=(self.company + self.other_company).ids
        )
        domain = [("cost_id", "in", costs.ids)]
        self.assertEqual(
            dict(days._read_group(domain, ["company_id"], ["amount:sum"])),
            {self.company: 10, self.other_company: 25},
        )
        self.assertEqual(days._read_group(domain, [], ["amount:sum"]), [(35,)])
        self.assertEqual(
            self.Cost._read_group([("id", "in", costs.ids)], [], ["amount_company:sum"]), [(False,)]
        )

    # -- what goes while the cost stays ---------------------------------------------------------

    def _total(self):
        return self.Day._read_group(
            [("company_id", "=", self.company.id)], [], ["amount:sum"]
        )[0][0]

    def test_C8_deleting_what_a_cost_names_keeps_the_cost_and_a_label(self):
        records = {
            "campaign_id": self.env["utm.campaign"].create({"title": "Spring Gone"}),
            "source_id": self.env["utm.source"].create({"name": "Source Gone"}),
            "medium_id": self.env["utm.medium"].create({"name": "Medium Gone"}),
            "team_id": self._team("Team Gone", self.company),
            "feature_id": self.env["crm.roi.feature"].create({"name": "Feature Gone"}),
            "partner_id": self.env["res.partner"].create({"name": "Vendor Gone",
                                                          "is_company": True}),
        }
        cost = self.cost(99.99, "2026-03-01", "2026-03-07",
                         **{name: record.id for name, record in records.items()})
        self.cost(1, "2026-03-01")
        self.Snapshot._refresh("2026-03-01", "2026-03-09", self.company)
        kpis = self.env["crm.kpi"]._values(["roi_cost_total"], "2026-03-01", "2026-03-09")
        self.assertAlmostEqual(self._total(), 100.99, 2)
        for name, record in records.items():
            label = record.display_name
            record.unlink()
            self.assertFalse(cost[name])
            self.assertIn(label, cost.deleted_labels)
            self.assertAlmostEqual(self._total(), 100.99, 2)
        self.assertEqual(cost.deleted_labels.count(";"), len(records) - 1)
        self.Snapshot._refresh("2026-03-01", "2026-03-09", self.company)
        self.assertEqual(
            self.env["crm.kpi"]._values(["roi_cost_total"], "2026-03-01", "2026-03-09"), kpis
        )

    def test_C8_the_name_of_a_deleted_person_is_not_kept(self):
        person = self.env["res.partner"].create({"name": "Zacharias Marker"})
        cost = self.cost(10, "2026-03-01", partner_id=person.id)
        person.unlink()
        self.assertIn("deleted person", cost.deleted_labels)
        self.assertNotIn("Zacharias", cost.deleted_labels)

    def test_C8_somebody_without_rights_on_costs_can_delete_a_campaign(self):
        campaign = self.env["utm.campaign"].create({"title": "Theirs"})
        cost = self.cost(10, "2026-03-01", campaign_id=campaign.id)
        clerk = self._user("kpi_clerk", "base.group_system", self.company)
        self.assertFalse(self.Cost.with_user(clerk).has_access("read"))
        campaign.with_user(clerk).unlink()
        self.assertEqual(cost.deleted_labels, "Campaign: Theirs")

    def test_C8_a_category_that_has_costs_cannot_be_deleted(self):
        self.cost(10, "2026-03-01")
        with self.assertRaises(RestrictViolation), mute_logger("odoo.sql_db"), \
                self.env.cr.savepoint():
            self.media.unlink()

    def test_C9_costs_follow_the_lead_that_remains(self):
        first, second = self._lead(name="Stays"), self._lead(name="Goes")
        cost = self.cost(10, "2026-03-01", lead_id=second.id)
        merged = (first + second).with_user(self.manager).merge_opportunity(auto_unlink=True)
        self.assertEqual(cost.lead_id, merged)
        self.assertTrue(merged.exists())
        self.assertAlmostEqual(self._total(), 10, 2)

    def test_C9_a_salesperson_may_merge_leads_that_have_costs(self):
        leads = self._lead(name="Stays") + self._lead(name="Goes")
        costs = self.cost(10, "2026-03-01", lead_id=leads[0].id)
        costs += self.cost(10, "2026-03-01", lead_id=leads[1].id)
        merged = leads.with_user(self.rep)._merge_opportunity(auto_unlink=False)
        self.assertEqual(costs.lead_id.ids, merged.ids)

    def test_C9_deleting_a_lead_keeps_its_cost_on_the_campaign(self):
        campaign = self.env["utm.campaign"].create({"title": "Fair"})
        lead = self._lead()
        cost = self.cost(10, "2026-03-01", lead_id=lead.id, campaign_id=campaign.id)
        lead.unlink()
        self.assertTrue(cost.exists())
        self.assertEqual((cost.lead_id.id, cost.campaign_id), (False, campaign))
        self.assertAlmostEqual(self._total(), 10, 2)

    def test_C10_the_cost_of_an_archived_lead_counts(self):
        lead = self._lead("void")
        cost = self.cost(10, "2026-03-01", lead_id=lead.id)
        self.assertFalse(lead.active)
        self.assertAlmostEqual(self._total(), 10, 2)
        self.assertEqual(self.Cost.search([("lead_id", "!=", False)]), cost)
        of_archived = [("lead_id", "!=", False), ("lead_id.active", "=", False)]
        self.assertEqual(self.Cost.search(of_archived), cost)

    def test_deleting_a_cost_takes_its_days_away(self):
        cost = self.cost(10, "2026-03-01", "2026-03-05")
        cost.unlink()
        self.assertFalse(self.Day.search_count([("company_id", "=", self.company.id)]))
        days = self.env["crm.kpi.dirty.day"]._days(self.company.id)
        self.assertEqual(len([day for day in days if day.month == 3]), 5)

    def test_an_attachment_and_a_note_stay_with_the_cost(self):
        cost = self.cost(10, "2026-03-01", note="As on the bill")
        cost.message_post(body="See the bill", attachments=[("bill.txt", b"10 EUR")])
        attachment = self.env["ir.attachment"].search([
            ("res_model", "=", "crm.roi.cost"), ("res_id", "=", cost.id),
        ])
        self.assertEqual(attachment.raw, b"10 EUR")
        cost.unlink()
        self.assertFalse(attachment.exists())

    def test_a_team_of_another_company_is_refused(self):
        with self.assertRaises(UserError):
            self.cost(10, "2026-03-01", team_id=self.other_team.id)

    def test_several_entries_are_created_in_a_few_statements(self):
        values = [{
            "name": f"Line {number}", "amount": number, "date_from": date(2026, 3, 1),
            "category_id": self.media.id, "company_id": self.company.id,
        } for number in range(50)]
        self.Cost.create(values[:1])
        self.env.flush_all()
        with self.assertQueryCount(25):
            self.Cost.create(values)
