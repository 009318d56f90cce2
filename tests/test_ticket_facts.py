"""KPIs of support over the community helpdesk and project tasks, against plain Python."""

from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from .ticket_common import TicketCase, hours_between

COUNTS = (
    "ticket_count", "ticket_closed_count", "ticket_timed_count", "ticket_reopened_count",
    "recurring_ticket_count", "ticket_answered_count", "ticket_unanswered_count",
    "ticket_rated_count", "ticket_satisfied_count",
)
RATES = (
    "ticket_resolution_hours", "ticket_response_hours", "ticket_unanswered_rate",
    "ticket_reopened_rate", "recurring_ticket_rate", "ticket_satisfaction_rate",
)
# agent, created, answered, closed, reopened, category, rating
LIVES = (
    ("rep", "2026-03-10 12:00", "2026-03-10 14:30", "2026-03-11 12:00", None, "printers", 5),
    ("rep", "2026-03-12 09:00", "2026-03-12 09:30", "2026-03-20 09:00", None, "printers", 2),
    ("rep", "2026-03-13 09:00", None, None, None, "invoices", 0),
    ("colleague", "2026-03-14 09:00", "2026-03-14 10:00", "2026-03-15 10:00",
     "2026-03-16 10:00", "printers", None),
    ("colleague", "2026-05-01 22:30", "2026-05-02 01:30", "2026-05-01 20:00", None, None, 4),
    (None, "2026-05-03 09:00", None, "2026-05-03 10:00", None, None, None),
)


@tagged("post_install", "-at_install", "-standard", "neighbours")
class TestTicketFacts(TicketCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for agent, created, answered, closed, reopened, category, rating in LIVES:
            user = getattr(cls, agent) if agent else cls.env["res.users"]
            ticket = cls._ticket(
                created, None, closed, reopened, user_id=user.id,
                category_id=getattr(cls, category).id if category else False,
            )
            if answered:
                cls._say(ticket, answered, user)
            if rating is not None:
                cls._rate(ticket, rating)

    @classmethod
    def _rate(cls, ticket, value):
        """As the customer's answer leaves it; 0 was asked for and not given."""
        return cls.env["rating.rating"].create({
            "res_model_id": cls.env["ir.model"]._get_id(ticket._name), "res_id": ticket.id,
            "rating": value, "consumed": bool(value), "partner_id": cls.contact.id,
        })

    def expected(self, lives):
        """The figures of these lives, by hand."""
        closed = [life for life in lives if life[3] and not life[4]]
        timed = [life for life in closed if life[3] >= life[1]]
        answered = [life for life in lives if life[2]]
        rated = [life for life in lives if life[6]]
        # The three of March about printers are of one customer; the first is the original.
        printers = sorted(life[1] for life in LIVES if life[5] == "printers")
        recurring = [life for life in lives if life[5] == "printers" and life[1] != printers[0]]
        counts = (
            len(lives), len(closed), len(timed), sum(bool(life[4]) for life in lives),
            len(recurring), len(answered), len(lives) - len(answered), len(rated),
            sum(life[6] >= 4 for life in rated),
        )
        result = dict(zip(COUNTS, counts, strict=True))

        def share(part, whole):
            return part / whole if whole else None

        result["ticket_resolution_hours"] = share(
            sum(hours_between(life[1], life[3]) for life in timed), len(timed))
        result["ticket_response_hours"] = share(
            sum(hours_between(life[1], life[2]) for life in answered), len(answered))
        for rate, part in (("ticket_unanswered_rate", "ticket_unanswered_count"),
                           ("ticket_reopened_rate", "ticket_reopened_count"),
                           ("recurring_ticket_rate", "recurring_ticket_count")):
            result[rate] = share(result[part], len(lives))
        result["ticket_satisfaction_rate"] = share(result["ticket_satisfied_count"], len(rated))
        return result

    def assertFigures(self, found, expected):
        for code, value in expected.items():
            if value is None:
                self.assertIn(found[code], (None, False), code)
            else:
                self.assertAlmostEqual(found[code], value, 6, code)

    def test_live_figures_by_agent(self):
        by_agent = self.figures([*COUNTS, *RATES], groupby=["user_id"])
        for user in (self.rep, self.colleague, self.env["res.users"]):
            lives = [
                life for life in LIVES
                if (getattr(self, life[0]) if life[0] else self.env["res.users"]) == user
            ]
            self.assertFigures(by_agent[user], self.expected(lives))
        self.assertFigures(self.figures([*COUNTS, *RATES]), self.expected(LIVES))

    def test_live_figures_by_team_category_and_tier(self):
        by_team = self.figures(["ticket_count"], groupby=["ticket_team"])
        self.assertEqual(by_team["First Line"]["ticket_count"], len(LIVES))
        by_category = self.figures(["ticket_count"], groupby=["ticket_category"])
        self.assertEqual(
            {name: row["ticket_count"] for name, row in by_category.items()},
            {"Printers": 3, "Invoices": 1, False: 2},
        )

    def test_snapshots_keep_the_same(self):
        self.env["crm.kpi.snapshot"]._refresh("2026-03-01", "2026-06-01", self.company)
        found = self.figures([*COUNTS, *RATES], "crm.kpi.snapshot")
        self.assertFigures(found, self.expected(LIVES))
        values = self.env["crm.kpi"]._values(
            ["ticket_satisfaction_rate"], "2026-03-01", "2026-06-01",
            [("company_id", "=", self.company.id)],
        )[()]["ticket_satisfaction_rate"]
        self.assertEqual((values["numerator"], values["n"]), (2, 3))
        self.assertTrue(0 < values["low"] < values["value"] < values["high"] < 1)

    def test_days_are_the_companys(self):
        """22:30 UTC on the first of May is the second in Brussels."""
        days = self.figures(["ticket_count"], groupby=["day:day"])
        self.assertEqual(days[date(2026, 5, 2)]["ticket_count"], 1)
        self.assertNotIn(date(2026, 5, 1), [
            day for day, row in days.items() if row["ticket_count"]
        ])

    def test_answers_that_do_not_count(self):
        ticket = self._ticket("2026-04-01 10:00")
        customer = self.env["res.users"].create({
            "name": "Ann", "login": "ann_portal", "partner_id": self.contact.id,
            "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
        })
        self._say(ticket, "2026-04-01 11:00", customer)
        self._say(ticket, "2026-04-01 12:00", subtype="mail.mt_note")
        self._say(ticket, "2026-04-01 13:00", kind="auto_comment")
        self._say(ticket, "2026-04-01 09:00")
        row = self.env["crm.kpi.ticket"].search([("res_id", "=", ticket.id)])
        self.assertFalse(row.first_response_date)
        self._say(ticket, "2026-04-01 16:00", self.colleague)
        self.env.invalidate_all()
        self.assertEqual(row.first_response_hours, 6)

    def test_archived_and_duplicate_tickets(self):
        before = self.figures(COUNTS)["ticket_count"]
        first = self._ticket("2026-04-01 10:00", active=False)
        self._ticket("2026-04-01 10:00", duplicate_id=first.id)
        self.assertEqual(self.figures(COUNTS)["ticket_count"], before)
        self._ticket("2026-04-02 10:00", closed="2026-04-03 10:00").active = False
        self.assertEqual(self.figures(COUNTS)["ticket_count"], before + 1)

    def test_recurring_within_thirty_days_of_any_contact(self):
        other = self.env["res.partner"].create({
            "name": "Bob of Acme", "parent_id": self.customer.id,
        })
        self._ticket("2026-04-01 10:00", category_id=self.invoices.id, partner_id=other.id)
        rows = self.env["crm.kpi.ticket"].search([
            ("company_id", "=", self.company.id), ("ticket_category", "=", "Invoices"),
        ], order="create_date")
        self.assertEqual(rows.mapped("is_recurring"), [False, True])
        self._ticket("2026-05-01 10:00:01", category_id=self.invoices.id)
        self.env.invalidate_all()
        last = self.env["crm.kpi.ticket"].search([
            ("ticket_category", "=", "Invoices"), ("create_date", ">", "2026-05-01"),
        ])
        self.assertFalse(last.is_recurring, "30 days and a second later")

    def test_changes_and_deletions_are_found_at_night(self):
        Snapshot = self.env["crm.kpi.snapshot"]
        Snapshot._refresh("2026-03-01", "2026-06-01", self.company)
        dirty = self.env["crm.kpi.dirty.day"]
        dirty._forget(self.company.id, date(2000, 1, 1), date(2100, 1, 1))
        Snapshot._mark_differing_days()
        self.assertEqual(dirty._days(self.company.id), [])
        gone = self.Ticket.search([("create_date", "=", "2026-03-13 09:00:00")])
        gone.unlink()
        late = self.Ticket.search([("create_date", "=", "2026-05-03 09:00:00")])
        self._say(late, "2026-05-20 09:00")
        Snapshot._mark_differing_days()
        self.assertEqual(dirty._days(self.company.id), [date(2026, 3, 13), date(2026, 5, 3)])
        Snapshot._mark_differing_days()
        self.assertEqual(
            dirty.search_count([("company_id", "=", self.company.id)]), 2, "marked once")
        self.company.kpi_lock_date = "2026-05-01"
        dirty._forget(self.company.id, date(2000, 1, 1), date(2100, 1, 1))
        Snapshot._mark_differing_days()
        self.assertEqual(dirty._days(self.company.id), [date(2026, 5, 3)])

    def test_open_tickets_are_a_level(self):
        Snapshot = self.env["crm.kpi.snapshot"]
        Snapshot._take_stocks(self.company)
        found = self.figures(["ticket_open_count"], "crm.kpi.snapshot")
        self.assertEqual(found["ticket_open_count"], 2)

    def test_drill_opens_the_tickets(self):
        action = self.env["crm.kpi.support"].with_user(self.manager).action_drill(
            "ticket_unanswered_rate", [("company_id", "=", self.company.id),
                                       ("user_id", "=", self.rep.id)])
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        self.assertEqual(
            len(self.Ticket.search(action["domain"])), 3, "the records of the denominator")

    def test_people_of_another_company_see_nothing(self):
        for model in ("crm.kpi.ticket", "crm.kpi.support"):
            seen = self.env[model].with_user(self.other_manager).with_context(
                allowed_company_ids=self.other_company.ids).search_count([])
            self.assertEqual(seen, 0, model)
            mine = self.env[model].with_user(self.rep).with_context(
                allowed_company_ids=self.company.ids).search([])
            self.assertEqual(mine.user_id, self.rep, model)

    def test_tasks_count_where_the_company_says_so(self):
        project = self.env["project.project"].create({
            "name": "Care", "company_id": self.company.id, "allow_task_dependencies": True,
        })
        task, part, _own = self.env["project.task"].create([
            {"name": name, "project_id": project.id, "user_ids": [(6, 0, self.rep.ids)],
             "partner_id": partner, **more}
            for name, partner, more in (
                ("Repair", self.contact.id, {}), ("Part", self.contact.id, {}), ("Own", False, {}),
            )
        ])
        part.parent_id = task
        self.env.flush_all()
        self.env.cr.precommit.run()
        before = self.figures(["ticket_count"])["ticket_count"]
        self.company.kpi_tasks_are_tickets = True
        self.assertEqual(self.figures(["ticket_count"])["ticket_count"], before + 1)
        known = task.message_ids
        task.state = "1_done"
        self.env.flush_all()
        self.env.cr.precommit.run()
        task.invalidate_recordset()
        closed = task.create_date.replace(microsecond=0) + timedelta(hours=3)
        for message in task.message_ids - known:
            self._put("mail_message", message.id, date=closed)
        row = self.env["crm.kpi.ticket"].search([
            ("res_model", "=", "project.task"), ("res_id", "=", task.id),
        ])
        self.assertEqual((row.is_closed, row.user_id, row.ticket_team, row.partner_id),
                         (True, self.rep, "Care", self.customer))
        self.assertAlmostEqual(row.resolution_hours, 3, 2)
        task.state = "01_in_progress"
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        self.assertEqual((row.is_closed, row.reopened_count), (False, 1))


@tagged("post_install", "-at_install")
class TestNoTickets(TransactionCase):
    """Without a ticket app: empty columns, nothing breaks. With one this proves nothing."""

    def test_columns_are_empty_without_an_app(self):
        if self.env["crm.kpi.ticket"]._kpi_apps():
            self.skipTest("a ticket app is installed")
        self.assertFalse(self.env["crm.kpi.ticket"].search([]))
        self.assertFalse(self.env["crm.kpi.support"].search([]))
        Snapshot = self.env["crm.kpi.snapshot"]
        self.assertNotIn("ticket_count", Snapshot._measurable(is_stock=False))
        Snapshot._refresh("2026-03-01", "2026-03-03")
        (value,) = Snapshot._read_group([], [], ["ticket_count:sum"])[0]
        self.assertIn(value, (None, False))
        Snapshot._mark_differing_days()
        kpi = self.env["crm.kpi"].search([("code", "=", "ticket_satisfaction_rate")])
        self.assertEqual(kpi.theme, "support")
