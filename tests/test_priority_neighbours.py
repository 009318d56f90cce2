"""Priority rules on the ticket apps themselves: the community helpdesk and Odoo's projects."""

from odoo.tests import Form, new_test_user, tagged

from .priority_common import PriorityCase

MAIL = """From: Best <best@example.com>
To: support@example.com
Subject: The printer burns
Message-Id: <priority-helpdesk@example.com>
Content-Type: text/plain

Please hurry.
"""


class NeighbourCase(PriorityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule._make_ready(cls.company + cls.other_company)

    def ready(self, company=None):
        return self.Rule.with_context(active_test=False, allowed_company_ids=[]).sudo().search([
            ("model_name", "=", self.ticket_model),
            ("company_id", "=", (company or self.company).id),
        ])


@tagged("post_install", "-at_install", "-standard", "neighbours", "fault")
class TestPriorityHelpdesk(NeighbourCase):
    ticket_model = "helpdesk.ticket"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.best.email = "best@example.com"

    @classmethod
    def _ticket(cls, partner=None, **values):
        return super()._ticket(partner, description="It does not work.", **values)

    def test_ready_made_rules_are_off_and_complete(self):
        for company in self.company + self.other_company:
            rule = self.ready(company)
            self.assertEqual(len(rule), 1)
            self.assertFalse(rule.active)
            self.assertFalse(rule.problem)
            self.assertEqual(
                [(line.tier_id.name, line.priority) for line in rule.line_ids],
                [("A", "3"), ("B", "2")],
            )
            self.assertEqual(rule.line_ids.tier_id.company_id, company)
        self.Rule._make_ready(self.company)
        self.assertEqual(len(self.ready()), 1, "once")

    def test_ready_made_rules_may_be_on_at_once(self):
        self.env["ir.config_parameter"].set_param("crm_roi.priority_rules_active", "True")
        self.ready().unlink()
        self.Rule._make_ready(self.company)
        self.assertTrue(self.ready().active)

    def test_a_new_company_gets_them(self):
        company = self.env["res.company"].create({"name": "Born Later"})
        self.assertEqual(len(self.ready(company)), 1)

    def test_an_app_that_is_installed_later_gets_them(self):
        self.ready().unlink()
        self.registry.updated_modules.append("helpdesk_mgmt")
        self.addCleanup(self.registry.updated_modules.remove, "helpdesk_mgmt")
        self.Rule._register_hook()
        self.assertEqual(len(self.ready()), 1)

    def test_by_mail(self):
        self.ready().active = True
        ticket_id = self.env["mail.thread"].message_process(
            "helpdesk.ticket", MAIL, custom_values={"company_id": self.company.id},
        )
        self.end()
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual((ticket.partner_id, ticket.priority), (self.best, "2"))
        notes = ticket.message_ids.filtered(lambda message: "tier A" in (message.body or ""))
        self.assertEqual(len(notes), 1)
        self.assertFalse(notes.notification_ids)

    def test_by_portal(self):
        self.ready().active = True
        portal = new_test_user(
            self.env, "priority_helpdesk", "base.group_portal", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        portal.partner_id.parent_id = self.best
        # As the helpdesk's own controller does it.
        ticket = self.env["helpdesk.ticket"].with_user(portal).sudo().create({
            "name": "By portal", "description": "x", "partner_id": portal.partner_id.id,
            "company_id": self.company.id,
        })
        self.end()
        self.assertEqual(ticket.priority, "2")
        seen = ticket.with_user(portal).sudo(False).message_ids.filtered("body")
        self.assertFalse([body for body in seen.mapped("body") if "tier" in body])

    def test_by_hand(self):
        self.ready().active = True
        with Form(self.env["helpdesk.ticket"]) as form:
            form.name, form.description, form.partner_id = "By hand", "x", self.best
        self.assertEqual(form.record.priority, "2")
        with Form(self.env["helpdesk.ticket"]) as form:
            form.name, form.description, form.partner_id = "By hand", "x", self.best
            form.priority = "0"
        self.assertEqual(form.record.priority, "0", "chosen")

    def test_closed_tickets_stay(self):
        rule = self.ready()
        rule.write({"active": True, "on_create": False})
        closed = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        self.assertTrue(closed)
        still_open, done = self._ticket(self.best), self._ticket(self.best, stage_id=closed.id)
        self.end()
        self.assertEqual(rule.preview_count, 1)
        rule.action_raise_now()
        self.env["crm.priority.rule"]._run_queue()
        self.env.invalidate_all()
        self.assertEqual((still_open.priority, done.priority), ("2", "1"))

    def test_F4_every_model_with_a_customer_and_a_priority_is_offered(self):
        offered = dict(self.Rule._select_models())
        for name in ("helpdesk.ticket", "project.task", "crm.phonecall", "crm.lead"):
            self.assertIn(name, offered)
        for name in ("res.partner", "sale.order", "mailing.trace", "survey.user_input"):
            self.assertNotIn(name, offered)

    def test_F4_phone_calls_with_their_own_names_of_priorities(self):
        values = self.Rule._priority_fields("crm.phonecall")
        self.assertEqual(values, ["priority"])
        places = self.env["crm.phonecall"]._fields["priority"].get_values(self.env)
        self.Rule.create({
            "name": "Calls", "company_id": self.company.id, "model_name": "crm.phonecall",
            "mode": "floor", "line_ids": [(0, 0, {
                "tier_id": self.tiers["A"].id, "choice": f"crm.phonecall,priority,{places[-1]}",
            })],
        })
        call = self.env["crm.phonecall"].create({
            "name": "Call", "partner_id": self.best.id, "company_id": self.company.id,
        })
        self.end()
        self.assertEqual(call.priority, places[-1])


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestPriorityTask(NeighbourCase):
    ticket_model = "project.task"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create({
            "name": "Support", "partner_id": cls.best.id, "company_id": cls.company.id,
            "allow_billable": True,
        })

    def test_the_customer_of_the_project_is_the_tasks(self):
        self.ready().active = True
        task = self.env["project.task"].create({"name": "Task", "project_id": self.project.id})
        self.end()
        self.assertEqual((task.partner_id, task.priority), (self.best, "1"))

    def test_a_customer_that_is_computed_later(self):
        self.ready().active = True
        task = self._ticket(project_id=False)
        self.end()
        self.assertEqual(task.priority, "0")
        task.project_id = self.project
        self.end()
        self.assertEqual((task.partner_id, task.priority), (self.best, "1"))
        self.assertEqual(self.applied(task).cause, "partner")

    def test_a_priority_that_is_typed_into_the_name_is_a_choice(self):
        self._rule({"A": "3"})
        task = self.env["project.task"].create({
            "display_name": "Look at it !!", "project_id": self.project.id,
        })
        self.end()
        self.assertEqual(task.priority, "2")

    def test_done_tasks_do_not_age(self):
        self.ready().write({"active": True, "on_create": False, "ageing_hours": 1})
        waiting, done = (
            self.env["project.task"].create({"name": "Task", "project_id": self.project.id})
            for _one in range(2)
        )
        done.state = "1_done"
        self._date_created(waiting + done)
        self.env["crm.priority.rule"]._run_ageing()
        self.env.invalidate_all()
        self.assertEqual((waiting.priority, done.priority), ("3", "0"))

    def _date_created(self, tasks):
        self.end()
        self.env.cr.execute(
            "UPDATE project_task SET create_date = '2026-01-01' WHERE id = ANY(%s)", [tasks.ids],
        )
        self.env.invalidate_all()
