from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .facts_common import LeadFacts, days, put, raw

STORED = ("cycle_days", "initial_deadline", "deadline_push_count", "first_response_date",
          "first_response_hours")


@tagged("post_install", "-at_install")
class TestLeadFacts(LeadFacts, TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_leads()

    def awkward_leads(self):
        """One lead of every kind, dated behind the ORM's back as an import does."""
        start, end = datetime(2025, 3, 1, 9, 0, 0, 654321), datetime(2025, 3, 11, 21, 0)
        leads = {
            name: self.new_lead(name, create_date=start)
            for name in ("open", "won", "lost", "void", "reopened", "backwards", "no_close",
                         "converted", "same_second")
        }
        leads["lead"] = self.new_lead("lead", create_date=start, type="lead")
        for name in ("won", "backwards", "no_close", "converted", "same_second", "reopened"):
            leads[name].action_set_won()
        leads["lost"].action_set_lost()
        leads["lead"].action_set_lost()
        leads["void"].write({"active": False, "probability": 30})
        leads["reopened"].stage_id = self.stage
        for name in ("won", "lost", "lead", "converted", "void"):
            put(leads[name], date_closed=end)
        put(leads["converted"], date_conversion=datetime(2025, 3, 10, 21, 0))
        put(leads["backwards"], date_closed=datetime(2025, 2, 1))
        put(leads["no_close"], date_closed=None)
        put(leads["same_second"], date_closed=start.replace(microsecond=0))
        return leads

    def expected_cycles(self, leads):
        """Oracle: plain Python over the raw columns."""
        expected = {}
        for name, lead in leads.items():
            kind, status, created, converted, closed = raw(
                self.env, "crm_lead", lead.ids, "type", "won_status", "create_date",
                "date_conversion", "date_closed",
            )[lead.id]
            start = converted or created
            expected[name] = None
            if kind == "opportunity" and status in ("won", "lost") and closed:
                length = days(start, closed)
                expected[name] = length if length >= 0 else None
        return expected

    def cycles(self, leads):
        return {
            name: raw(self.env, "crm_lead", lead.ids, "cycle_days")[lead.id][0]
            for name, lead in leads.items()
        }

    def test_cycle_by_hand(self):
        leads = self.awkward_leads()
        self.env["crm.lead"]._kpi_recompute_sql([lead.id for lead in leads.values()])
        cycles = self.cycles(leads)
        self.assertAlmostEqual(cycles.pop("won"), 10.5)
        self.assertAlmostEqual(cycles.pop("lost"), 10.5)
        self.assertAlmostEqual(cycles.pop("converted"), 1.0)
        self.assertEqual(cycles.pop("same_second"), 0.0, "closed at once is zero, not no data")
        self.assertEqual(set(cycles.values()), {None}, "no cycle, so NULL and not zero")

    def test_cycle_sql_and_orm_agree(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values())
        self.env["crm.lead"]._kpi_recompute_sql(everything.ids)
        by_sql = self.cycles(leads)
        put(everything, cycle_days=-5)
        self.env.add_to_compute(everything._fields["cycle_days"], everything)
        self.env.flush_all()
        self.assertEqual(self.cycles(leads), by_sql)
        self.assertEqual(by_sql, self.expected_cycles(leads))

    def test_cycle_of_a_live_opportunity(self):
        lead = self.new_lead(create_date=datetime.now() - timedelta(days=4))
        self.assertIs(lead.cycle_days, False)
        lead.action_set_won()
        self.assertAlmostEqual(lead.cycle_days, 4, places=2)
        lead.stage_id = self.stage
        self.assertIs(lead.cycle_days, False, "a reopened opportunity has no cycle")

    def test_absent_is_searchable_and_not_zero(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values())
        everything._kpi_recompute_sql(everything.ids)
        found = self.env["crm.lead"].with_context(active_test=False).search(
            [("id", "in", everything.ids), ("cycle_days", "=", False)]
        )
        absent = {n for n, lead in leads.items() if self.expected_cycles(leads)[n] is None}
        self.assertEqual(set(found.mapped("name")), absent)
        self.assertEqual(everything.filtered_domain([("cycle_days", "=", False)]), found)
        zero = self.env["crm.lead"].search(
            [("id", "in", everything.ids), ("cycle_days", "=", 0)]
        )
        self.assertEqual(zero, leads["same_second"])
        self.assertEqual(everything.filtered_domain([("cycle_days", "=", 0)]), zero)
        self.assertIs(leads["open"].read(["cycle_days"])[0]["cycle_days"], False)
        exported = leads["open"].export_data(["cycle_days"])["datas"]
        self.assertEqual(exported, [[""]])

    def test_average_skips_what_has_no_cycle(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values())
        everything._kpi_recompute_sql(everything.ids)
        (average, count), = self.env["crm.lead"].with_context(active_test=False)._read_group(
            [("id", "in", everything.ids)], [], ["cycle_days:avg", "cycle_days:count"],
        )
        known = [value for value in self.expected_cycles(leads).values() if value is not None]
        self.assertEqual(count, len(known))
        self.assertAlmostEqual(average, sum(known) / len(known))

    def test_closed_before_created_filter(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values())
        everything._kpi_recompute_sql(everything.ids)
        arch = self.env["crm.lead"].get_views(
            [(self.env.ref("crm.view_crm_case_opportunities_filter").id, "search")]
        )["views"]["search"]["arch"]
        self.assertIn("kpi_closed_before_created", arch)
        found = self.env["crm.lead"].search([
            ("id", "in", everything.ids), ("type", "=", "opportunity"),
            ("won_status", "in", ("won", "lost")), ("date_closed", "!=", False),
            ("cycle_days", "=", False), ("active", "in", (True, False)),
        ])
        self.assertEqual(found, leads["backwards"])

    # Deadlines ---------------------------------------------------------

    def test_deadline_moves(self):
        lead = self.new_lead(date_deadline="2026-01-31")
        self.assertEqual(lead.initial_deadline, date(2026, 1, 31))
        for day, pushes in (("2026-02-28", 1), ("2026-02-10", 1), ("2026-02-10", 1),
                            ("2026-03-31", 2), (False, 2), ("2026-01-15", 2), (False, 2),
                            ("2026-04-30", 3)):
            lead.date_deadline = day
            self.assertEqual(lead.deadline_push_count, pushes, day)
            self.assertEqual(lead.initial_deadline, date(2026, 1, 31))

    def test_deadline_set_later_is_no_push(self):
        lead = self.new_lead()
        self.assertFalse(lead.initial_deadline)
        lead.date_deadline = "2026-02-28"
        self.assertEqual(lead.initial_deadline, date(2026, 2, 28))
        self.assertEqual(lead.deadline_push_count, 0)

    def test_deadline_of_many(self):
        first = self.new_lead(date_deadline="2026-01-31")
        second = self.new_lead(date_deadline="2026-01-31")
        third = self.new_lead(date_deadline="2026-06-30")
        second.date_deadline = "2026-02-01"
        (first + second + third).write({"date_deadline": "2026-03-01", "priority": "2"})
        self.assertEqual((first + second + third).mapped("deadline_push_count"), [1, 2, 0])
        self.assertEqual(set((first + second + third).mapped("priority")), {"2"})

    def test_deadline_from_tracking(self):
        """A database that tracked the field before knows its history."""
        lead = self.new_lead(date_deadline="2026-04-30")
        field = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        message = lead.message_post(body="moved")
        for before, after in (("2026-01-31", "2026-02-28"), ("2026-02-28", "2026-02-01"),
                              ("2026-02-01", False), (False, "2026-04-30")):
            self.env["mail.tracking.value"].create({
                "field_id": field.id, "mail_message_id": message.id,
                "old_value_datetime": before, "new_value_datetime": after,
            })
        put(lead, initial_deadline=None, deadline_push_count=None)
        self.env["crm.lead"]._kpi_recompute_sql(lead.ids)
        self.assertEqual(lead.initial_deadline, date(2026, 1, 31))
        self.assertEqual(lead.deadline_push_count, 2)

    def test_recorded_deadline_survives_recompute(self):
        lead = self.new_lead(date_deadline="2026-01-31")
        lead.date_deadline = "2026-05-31"
        self.env["crm.lead"]._kpi_recompute_sql(lead.ids)
        self.assertEqual(lead.initial_deadline, date(2026, 1, 31))
        self.assertEqual(lead.deadline_push_count, 1)

    def test_facts_can_not_be_entered(self):
        lead = self.new_lead(date_deadline="2026-01-31").with_user(self.manager)
        for values in ({"initial_deadline": "2020-01-01"}, {"cycle_days": 1},
                       {"first_response_date": "2020-01-01 00:00:00"},
                       {"deadline_push_count": 0}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "can not be entered"):
                lead.write(values)
            with self.subTest(values), self.assertRaisesRegex(UserError, "can not be entered"):
                lead.create({"name": "x", **values})

    def test_copy_starts_anew(self):
        lead = self.new_lead(date_deadline="2026-01-31")
        lead.date_deadline = "2026-05-31"
        put(lead, first_response_date=datetime(2026, 1, 1), first_response_hours=3)
        twin = lead.copy()
        self.assertEqual(twin.initial_deadline, date(2026, 5, 31))
        self.assertEqual(twin.deadline_push_count, 0)
        self.assertFalse(twin.first_response_date)
        self.assertIs(twin.first_response_hours, False)

    # Overdue and stage age ----------------------------------------------

    def test_overdue_is_local_to_the_company(self):
        # Kiritimati is 24 hours, so a day, ahead of Tahiti at every moment.
        here = self.env["res.company"].create({"name": "Ahead", "kpi_tz": "Pacific/Kiritimati"})
        there = self.env["res.company"].create({"name": "Behind", "kpi_tz": "Pacific/Tahiti"})
        companies = self.env["res.company"]
        ahead = companies._kpi_today("Pacific/Kiritimati")
        behind = companies._kpi_today("Pacific/Tahiti")
        self.assertEqual(ahead - behind, timedelta(days=1))
        leads = self.env["crm.lead"].create([
            {"name": "a", "type": "opportunity", "company_id": company.id, "user_id": False,
             "team_id": False, "date_deadline": behind}
            for company in (here, there)
        ])
        put(leads[0], company_id=here.id)
        put(leads[1], company_id=there.id)
        self.assertEqual(leads.mapped("is_overdue"), [True, False])
        found = self.env["crm.lead"].search([("id", "in", leads.ids), ("is_overdue", "=", True)])
        self.assertEqual(found, leads[0])
        others = self.env["crm.lead"].search([("id", "in", leads.ids), ("is_overdue", "=", False)])
        self.assertEqual(others, leads[1])

    def test_only_open_opportunities_are_overdue(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values())
        everything.date_deadline = "2025-03-02"
        overdue = {name for name, lead in leads.items() if lead.is_overdue}
        self.assertEqual(overdue, {"open", "reopened"})
        found = self.env["crm.lead"].with_context(active_test=False).search(
            [("id", "in", everything.ids), ("is_overdue", "=", True)]
        )
        self.assertEqual(set(found.mapped("name")), overdue)

    def test_stage_age(self):
        leads = self.awkward_leads()
        everything = self.env["crm.lead"].union(*leads.values()).with_context(active_test=False)
        now = self.env.cr.now()
        put(everything, date_last_stage_update=datetime(2025, 3, 1, 21))
        put(leads["open"], date_last_stage_update=now - timedelta(days=3))
        self.env.invalidate_all()
        self.assertAlmostEqual(leads["open"].stage_age_days, 3, places=3)
        self.assertAlmostEqual(leads["won"].stage_age_days, 10, places=3)
        self.assertAlmostEqual(leads["void"].stage_age_days, 10, places=3)
        self.assertIs(leads["no_close"].stage_age_days, False)
        self.assertIs(leads["lead"].stage_age_days, False)
        # Searching, sorting and averaging in SQL see the same numbers.
        ages = {lead.id: lead.stage_age_days for lead in everything}
        known = [age for age in ages.values() if age is not False]
        for limit in (0, 5, 9.5, 10, 300):
            found = everything.search(
                [("id", "in", everything.ids), ("stage_age_days", ">=", limit)]
            )
            self.assertEqual(
                set(found.ids), {i for i, age in ages.items() if age is not False and age >= limit}
            )
        ordered = everything.search(
            [("id", "in", everything.ids), ("stage_age_days", "!=", False)],
            order="stage_age_days desc",
        )
        self.assertEqual([ages[lead.id] for lead in ordered], sorted(known, reverse=True))
        (average,), = everything._read_group(
            [("id", "in", everything.ids)], [], ["stage_age_days:avg"]
        )
        self.assertAlmostEqual(average, sum(known) / len(known), places=3)

    # Merge ---------------------------------------------------------------

    def test_merge_keeps_the_earliest(self):
        old = self.new_lead("old", create_date=datetime(2025, 1, 1), date_deadline="2025-02-01")
        young = self.new_lead("young", create_date=datetime(2025, 3, 1), date_deadline="2025-06-01",
                              probability=90)
        old.date_deadline = "2025-02-15"
        put(old, first_response_date=datetime(2025, 1, 2), first_response_hours=24)
        put(young, first_response_date=datetime(2025, 3, 2), first_response_hours=24)
        created = {lead.id: lead.create_date for lead in old + young}
        survivor = (old + young).with_user(self.manager).merge_opportunity()
        self.assertEqual(survivor.create_date, created[survivor.id])
        self.assertEqual(survivor.initial_deadline, date(2025, 2, 1))
        self.assertEqual(survivor.deadline_push_count, 1)
        self.assertEqual(survivor.first_response_date, datetime(2025, 1, 2))
        # Answered before this record existed: not a response time of it.
        hours = 24 if survivor == old else False
        self.assertEqual(survivor.first_response_hours, hours)
        before = raw(self.env, "crm_lead", survivor.ids, *STORED)
        self.env["crm.lead"]._kpi_recompute_sql(survivor.ids)
        self.assertEqual(raw(self.env, "crm_lead", survivor.ids, *STORED), before)

    def test_merge_is_no_push(self):
        head = self.new_lead("head", probability=90)
        tail = self.new_lead("tail", date_deadline="2025-02-01")
        tail.date_deadline = "2025-03-01"
        survivor = (head + tail).merge_opportunity()
        self.assertEqual(survivor.date_deadline, date(2025, 3, 1))
        self.assertEqual(survivor.initial_deadline, date(2025, 2, 1))
        self.assertEqual(survivor.deadline_push_count, 1)

    def test_kpi_buttons(self):
        for record, dimension in ((self.team, "team_id"), (self.rep, "user_id")):
            action = record.with_user(self.manager).action_open_kpis()
            self.assertEqual(action["res_model"], "crm.kpi.snapshot")
            self.assertEqual(action["domain"], [(dimension, "=", record.id)])
            self.assertIn(record.name, action["name"])

    # Cost ------------------------------------------------------------------

    def test_queries_do_not_grow_with_leads(self):
        """The fields add a constant number of queries to a batch, whatever its size."""
        def queries(size):
            values = [
                {"name": f"{size} {i}", "type": "opportunity", "date_deadline": "2026-01-01"}
                for i in range(size)
            ]
            statements = []
            execute = type(self.env.cr).execute

            def spy(cursor, query, params=None, **kwargs):
                code = query.code if isinstance(query, SQL) else str(query)
                statements.append(code)
                return execute(cursor, query, params, **kwargs)

            self.patch(type(self.env.cr), "execute", spy)
            leads = self.env["crm.lead"].create(values)
            leads.write({"date_deadline": "2026-02-01"})
            self.env.flush_all()
            self.patch(type(self.env.cr), "execute", execute)
            return sum("sale_order" in code or "kpi" in code or "answer" in code
                       for code in statements)

        queries(1)
        self.assertEqual(queries(1), queries(40))
