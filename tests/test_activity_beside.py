"""H4: phone calls, project tasks and mass mails of neighbours, counted with Odoo's own."""

from datetime import date, timedelta

from odoo.fields import Datetime
from odoo.tests import tagged

from .activity_common import ActivityCase
from .test_nightly import NightlyCase


@tagged("post_install", "-at_install", "-standard", "neighbours", "fault")
class TestActivityBeside(ActivityCase, NightlyCase):
    def setUp(self):
        super().setUp()
        self.lead = self._lead()

    def phone(self, **values):
        call = self.env["crm.phonecall"].create({
            "name": "Call", "user_id": self.rep.id, "opportunity_id": self.lead.id,
            "date": "2026-03-10 09:00:00", "direction": "in", "company_id": self.company.id,
            **values,
        })
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_phonecall SET state = 'done', duration = 6.5 WHERE id = %s", [call.id]
        )
        self.env.invalidate_all()
        return call

    def test_H4_phone_calls(self):
        self.phone()
        self.phone(direction="out", opportunity_id=False, date="2026-03-10 10:00:00")
        self.env["crm.phonecall"].create({"name": "Planned", "user_id": self.rep.id})
        self.done(self.lead, self.call_out, "2026-03-10 11:00")
        self.assertEqual(
            self.facts("kind", "direction", "minutes", "lead_id", "team_id"),
            [("call", "in", 6.5, self.lead.id, self.team.id),
             ("call", "out", 6.5, False, self.team.id),
             ("call", "out", False, self.lead.id, self.team.id)],
        )

    def test_C9_phone_calls_follow_a_merged_lead(self):
        other = self._lead()
        call = self.phone(opportunity_id=other.id)
        survivor = (self.lead + other).merge_opportunity(auto_unlink=True)
        self.assertEqual(call.opportunity_id, survivor)
        self.assertEqual(
            self.facts("kind", "lead_id", domain=[("kind", "=", "call")]), [("call", survivor.id)]
        )

    def test_C9_phone_calls_of_a_deleted_lead_stay_the_company_s(self):
        call = self.phone()
        self.lead.unlink()
        self.env.invalidate_all()
        self.assertTrue(call.exists())
        self.assertEqual(
            self.facts("kind", "lead_id", "user_id", "company_id"),
            [("call", False, self.rep.id, self.company.id)],
        )

    def test_H5_phone_calls_of_a_deleted_user_stay(self):
        call = self.phone()
        self.lead.user_id = False
        self.env.flush_all()
        self.rep.unlink()
        self.env.invalidate_all()
        self.assertFalse(call.user_id)
        self.assertEqual(
            self.facts("kind", "minutes", "user_id", "company_id"),
            [("call", 6.5, False, self.company.id)],
        )

    def test_changed_phone_calls_are_found_at_night(self):
        call = self.phone()
        names = ["call_count:sum", "call_minutes:sum"]
        domain = [("company_id", "=", self.company.id)]
        with self._on(date(2026, 4, 1)):
            self.Snapshot._run_nightly()
            self.assertEqual(self.Snapshot._read_group(domain, [], names), [(1, 6.5)])
            call.unlink()
        with self._on(date(2026, 4, 2)):
            self.Snapshot._run_nightly()
        self.assertEqual(self.Snapshot._read_group(domain, [], names), [(0, 0)])

    def test_H4_project_tasks_of_salespeople(self):
        project = self.env["project.project"].create({
            "name": "Launch", "company_id": self.company.id,
        })
        task, other = (
            self.env["project.task"].with_context(tracking_disable=False).create({
                "name": "Offer", "project_id": project.id,
            }) for _number in range(2)
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        outsider = self._user("kpi_out", "sales_team.group_sale_salesman", self.company)
        for one, user in ((task, self.colleague), (other, outsider)):
            one.message_post(
                body="", subtype_xmlid="project.mt_task_done", author_id=user.partner_id.id,
                message_type="notification",
            )
            one.state = "1_done"
        self.assertEqual(
            self.facts("kind", "user_id", "res_model", "res_id"),
            [("task", self.colleague.id, "project.task", task.id)],
        )

    def test_H4_mass_mails(self):
        mailing = self.env["mailing.mailing"].create({
            "subject": "News", "user_id": self.rep.id, "body_arch": "<p>News</p>",
            "mailing_model_id": self.env["ir.model"]._get_id("crm.lead"),
        })
        sent = Datetime.to_datetime("2026-03-31 21:59:00")
        traces = self.env["mailing.trace"].create([
            {"model": "crm.lead", "res_id": self.lead.id, "mass_mailing_id": mailing.id,
             "sent_datetime": sent, "email": f"a{number}@example.com", **values}
            for number, values in enumerate((
                {}, {"open_datetime": sent}, {"links_click_datetime": sent},
                {"reply_datetime": sent}, {"sent_datetime": False}, {"is_test_trace": True},
                {"sent_datetime": sent + timedelta(minutes=1)},
            ))
        ])
        self.assertEqual(len(traces), 7)
        self.env.flush_all()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        names = ("mailing_sent_count", "mailing_opened_count", "mailing_clicked_count",
                 "mailing_replied_count", "mailing_click_rate")
        self.assertEqual(
            self.Snapshot._read_group(
                [("company_id", "=", self.company.id), ("user_id", "=", self.rep.id),
                 ("team_id", "=", self.team.id), ("source_id", "=", mailing.source_id.id)],
                [], [f"{name}:sum" for name in names],
            )[0],
            (4, 3, 1, 1, 0.25),
        )


@tagged("post_install", "-at_install", "fault")
class TestActivityAlone(ActivityCase):
    def test_H4_without_neighbours_there_is_no_figure(self):
        if self.env["crm.kpi.mailing"]._kpi_source_is_there():
            return
        self.assertFalse(self.env["crm.kpi.mailing"].search([]))
        self._lead()
        self.Snapshot._refresh("2026-03-01", "2026-04-01", self.company)
        self.assertEqual(
            self.Snapshot._read_group(
                [("company_id", "=", self.company.id)], [], ["mailing_sent_count:sum"]
            ), [(False,)],
        )
