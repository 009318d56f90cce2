"""What mailings cost and brought, against plain Python over the records."""

from datetime import date, datetime, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from .facts_common import put
from .test_order_facts import OrderFacts


@tagged("post_install", "-at_install", "-standard", "neighbours", "fault")
class TestRoiMailing(OrderFacts):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("mass_mailing.group_mass_mailing_user")
        cls.Mailing = cls.env["mailing.mailing"]
        cls.Report = cls.env["crm.roi.mailing"]
        cls.stage = cls.env["crm.stage"].create({"name": "Mailing won", "is_won": True})
        cls.acquisition = cls.env["crm.roi.cost.category"].search(
            [("kind", "=", "acquisition")], limit=1)
        cls.day = date(2026, 3, 10)

    def mailing(self, subject, sent=2, **values):
        mailing = self.Mailing.create({
            "subject": subject, "user_id": self.env.uid, "body_arch": "<p>News</p>",
            "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"), **values,
        })
        moment = Datetime.to_datetime("2026-03-01 09:00:00")
        self.env["mailing.trace"].create([
            {"model": "crm.lead", "res_id": 1, "mass_mailing_id": mailing.id,
             "email": f"a{number}@example.com", "sent_datetime": moment + timedelta(hours=number),
             "links_click_datetime": moment if number == 0 else False}
            for number in range(sent)
        ])
        return mailing

    def lead(self, mailing, is_won=False):
        lead = self.env["crm.lead"].create({
            "name": "Reader", "type": "opportunity", "user_id": False,
            "company_id": self.env.company.id, "source_id": mailing.source_id.id,
        })
        if is_won:
            lead.stage_id = self.stage
        moment = datetime.combine(self.day, datetime.min.time())
        put(lead, create_date=moment, date_closed=moment if is_won else None)
        return lead

    def order(self, mailing, price):
        return self.new_order(
            (self.basic, 1, price), when=datetime(2026, 3, 11), source_id=mailing.source_id.id)

    def cost(self, mailing, amount):
        return self.env["crm.roi.cost"].create({
            "name": "Agency", "category_id": self.acquisition.id, "amount": amount,
            "date_from": self.day, "date_to": self.day, "company_id": self.env.company.id,
            "currency_id": self.env.company.currency_id.id, "source_id": mailing.source_id.id,
        })

    def row(self, mailing):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.Report.browse(mailing.id)

    def test_a_mailing_with_everything(self):
        news, other = self.mailing("Spring news", 3), self.mailing("Other news")
        for is_won in (True, False, False):
            self.lead(news, is_won)
        self.lead(other)
        orders = self.order(news, 500) + self.order(news, 300)
        self.order(other, 50)
        self.cost(news, 200)
        revenue = sum(orders.mapped("amount_untaxed"))
        margin = revenue - 2 * self.basic.standard_price
        row = self.row(news)
        self.assertEqual(
            [row.name, row.sent_count, row.opened_count, row.clicked_count, row.replied_count,
             row.sent_datetime, row.user_id],
            ["Spring news", 3, 1, 1, 0, datetime(2026, 3, 1, 9), self.env.user],
        )
        for record in (row, news):
            self.assertEqual(
                [record.roi_lead_count, record.roi_won_count, record.roi_revenue, record.roi_cost,
                 record.roi_sharing_count], [3, 1, revenue, 200, 0], record,
            )
            self.assertAlmostEqual(record.roi_return, (margin - 200) / 200)
            self.assertEqual(record.roi_detail, f"ROI {(margin - 200) / 2:.0f} %")
        self.assertEqual(self.row(other).roi_revenue, 50)
        self.assertEqual(
            row.action_open_roi_figures()["domain"], [("source_id", "=", news.source_id.id)])

    def test_C1_without_data_it_is_empty(self):
        row = self.row(self.mailing("Nobody read it"))
        self.assertEqual([row.roi_lead_count, row.roi_won_count], [0, 0])
        for name in ("roi_cost", "roi_revenue", "roi_return", "roi_cost_per_lead"):
            self.assertIs(row[name], False, name)
        self.assertEqual([row.roi_headline, row.roi_detail], ["–", "No cost entered"])

    def test_each_mailing_gets_a_source_of_its_own(self):
        """Also copies and variants of a test of two: what the figures rely on."""
        first = self.mailing("News", ab_testing_enabled=True)
        copies = first + first.copy() + self.mailing("News")
        self.assertEqual(len(copies.source_id), 3)

    def test_a_shared_source_is_nobodys(self):
        news = self.mailing("News")
        again = self.mailing("News again", source_id=news.source_id.id)
        again.active = False
        self.lead(news)
        self.order(news, 500)
        self.cost(news, 100)
        for record in (self.row(news), self.row(again), news):
            self.assertEqual(record.roi_sharing_count, 1)
            for name in ("roi_lead_count", "roi_won_count", "roi_revenue", "roi_cost",
                         "roi_return"):
                self.assertIs(record[name], False, name)
            self.assertEqual(record.roi_detail, "Source shared with 1 more")
        self.assertEqual(news.source_id.roi_revenue, 500, "the source itself has it")

    def test_mails_that_were_not_sent(self):
        draft, tested = self.mailing("Draft", 0), self.mailing("Tested", 2)
        self.env["mailing.trace"].search(
            [("mass_mailing_id", "=", tested.id)]).is_test_trace = True
        self.assertFalse(self.row(draft).exists() + self.row(tested).exists())

    def test_C5_other_companies_stay_apart(self):
        abroad = self.env["res.company"].create({"name": "Mailing abroad"})
        self.env.user.company_ids += abroad
        news, everybodys = self.mailing("News"), self.mailing("Everybody's", user_id=False)
        self.order(everybodys, 500)
        self.assertEqual(self.row(everybodys).roi_revenue, 500)
        away = self.Report.with_context(allowed_company_ids=abroad.ids)
        self.assertIs(away.browse(everybodys.id).roi_revenue, False)
        ids = (news + everybodys).ids
        self.assertEqual(away.search([("id", "in", ids)]).ids, everybodys.ids)
        self.assertEqual(self.Report.search_count([("id", "in", ids)]), 2)

    def test_all_rows_are_read_at_once(self):
        counts = []  # the first reads what is cached from then on
        for number in (1, 1, 10):
            for _mailing in range(number):
                self.order(self.mailing("More"), 10)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Report.search([]).mapped("roi_detail")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_A15_salespeople_read_no_figure(self):
        news = self.mailing("News")
        seller = self.env["res.users"].create({
            "name": "Seller", "login": "mailing_seller", "group_ids": [
                (4, self.env.ref("sales_team.group_sale_salesman_all_leads").id),
                (4, self.env.ref("mass_mailing.group_mass_mailing_user").id)],
        })
        with self.assertRaises(AccessError):
            self.Report.with_user(seller).search([])
        own = news.with_user(seller)
        self.assertFalse([name for name in own.fields_get() if name.startswith("roi_")])
        with self.assertRaises(AccessError):
            own.read(["roi_revenue"])
        arch = own.get_view(view_type="form")["arch"]
        self.assertNotIn("action_open_roi_figures", arch)

    # -- the button -----------------------------------------------------------------------------

    def buttons(self):
        arch = self.Mailing.get_view(view_type="form")["arch"]
        return etree.fromstring(arch).xpath("//button[@name='action_open_roi_figures']")

    def test_the_button_stands_once(self):
        self.Report._sync_button()
        self.Report._sync_button()
        (button,) = self.buttons()
        self.assertEqual(button.getparent().get("name"), "button_box")
        self.assertEqual(button.getparent().index(button), 0)

    def test_a_form_without_buttons_still_opens(self):
        self.Report._sync_button()
        self.env["ir.ui.view"].create({
            "name": "no buttons", "model": "mailing.mailing", "mode": "extension",
            "priority": 150,
            "inherit_id": self.env["ir.ui.view"].default_view("mailing.mailing", "form"),
            "arch": """<xpath expr="//div[@name='button_box']" position="replace"/>""",
        })
        self.assertEqual(len(self.buttons()), 1)

    def test_an_archived_button_goes_with_the_form(self):
        """What uninstalling the app does with its views."""
        parent = self.env["ir.ui.view"].create({
            "name": "app form", "model": "mailing.mailing", "priority": 0,
            "arch": "<form><sheet><field name='subject'/></sheet></form>",
        })
        self.Report._sync_button()
        extensions = self.env["crm.roi.form.extension"]
        view = extensions._form_extensions("crm_roi_button_on_")["mailing.mailing"]
        self.assertEqual(view.inherit_id, parent)
        view.active = False
        parent.with_context(_force_unlink=True).unlink()
        self.assertFalse(extensions._form_extensions("crm_roi_button_on_"))

    @mute_logger("odoo.addons.crm_roi.reports.crm_roi_mailing")
    def test_a_form_that_takes_no_button_stops_nothing(self):
        def refuse(*args):
            raise ValueError("no")

        self.patch(self.env.registry["crm.roi.form.extension"], "_extend_form", refuse)
        self.Report._sync_button()


@tagged("post_install", "-at_install", "fault")
class TestRoiMailingAlone(OrderFacts):
    def test_H4_without_mailings_there_is_no_row(self):
        if "mailing.mailing" in self.env:
            return
        self.env["crm.roi.mailing"]._sync_button()
        self.assertFalse(self.env["crm.roi.mailing"].search([]))
        self.assertFalse(
            self.env["crm.roi.form.extension"]._form_extensions("crm_roi_button_on_"))
