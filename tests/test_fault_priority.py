"""Faults and abuse of the ticket hook: F1 to F9, H5. F2 and F10 with real commits are drills."""

import itertools
from datetime import date
from unittest.mock import patch

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS

from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .priority_common import PriorityCase

ENGINE = "odoo.addons.crm_roi.models.priority.priority_engine"
MAIL = """From: {sender}
To: leads@example.com
Subject: Ticket {number}
Message-Id: <priority-{number}@example.com>
Content-Type: text/plain

It does not work.
"""
# Tickets through each channel under each error: 6 × 170 = 1,020.
EACH = {"by_form": 10, "by_mail": 10, "by_rpc": 50, "by_import": 50, "by_portal": 50}


@tagged("post_install", "-at_install", "fault")
class TestFaultPriority(PriorityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule()
        cls.best.email = "best@example.com"
        cls.portal = new_test_user(
            cls.env, "priority_portal", "base.group_portal", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.numbers = itertools.count()

    # -- five ways a ticket comes ----------------------------------------------------------------

    def values(self):
        return {"name": f"Ticket {next(self.numbers)}", "partner_id": self.best.id,
                "company_id": self.company.id}

    def by_form(self, count):
        Lead = self.env["crm.lead"].with_user(self.rep)
        return [Lead.web_save(self.values(), {"priority": {}})[0]["id"] for _one in range(count)]

    def by_rpc(self, count):
        Lead = self.env["crm.lead"].with_user(self.rep)
        return call_kw(Lead, "create", [[self.values() for _one in range(count)]], {})

    def by_import(self, count):
        rows = [[values["name"], str(self.best.id), str(self.company.id)]
                for values in (self.values() for _one in range(count))]
        result = self.env["crm.lead"].with_user(self.rep).with_context(import_file=True).load(
            ["name", "partner_id/.id", "company_id/.id"], rows,
        )
        self.assertFalse(result["messages"])
        return result["ids"]

    def by_mail(self, count):
        Thread = self.env["mail.thread"]
        ids = []
        for _one in range(count):
            mail = MAIL.format(sender=self.best.email, number=next(self.numbers))
            ids.append(Thread.message_process(
                "crm.lead", mail, custom_values={"company_id": self.company.id},
            ))
            self.end()  # as after each mail that was fetched
        return ids

    def by_portal(self, count):
        # As the forms of a website do it: with the user of the request and all rights.
        Lead = self.env["crm.lead"].with_user(self.portal).sudo()
        return [Lead.create(self.values()).id for _one in range(count)]

    # -- six kinds of error ----------------------------------------------------------------------

    def errors(self):
        def fail(error):
            def work(*_args):
                raise error
            return work

        def run(*statements):
            def work(*_args):
                for statement in statements:
                    self.env.cr.execute(statement)
            return work

        return {
            "ValueError": fail(ValueError("planted")),
            "AccessError": fail(AccessError("planted")),
            "MemoryError": fail(MemoryError("planted")),
            "UndefinedTable": run("SELECT * FROM no_such_table"),
            "SerializationFailure": fail(psycopg2.errors.SerializationFailure("planted")),
            "QueryCanceled": run("SET LOCAL statement_timeout = 20", "SELECT pg_sleep(10)"),
        }

    def check_not_lost(self, error, channel, tickets, log):
        each = EACH[channel]
        self.assertEqual(len(tickets), each)
        self.assertEqual(len(tickets.exists()), each)
        self.assertEqual(set(tickets.mapped("priority")), {"0"})
        self.assertFalse(self.applied(tickets), "what was rolled back is not in the log")
        waiting = self.waiting(tickets)
        self.assertEqual(sorted(waiting.mapped("res_id")), sorted(tickets.ids))
        self.assertEqual(set(waiting.mapped("error")), {error})
        if channel == "by_mail":
            self.assertEqual(
                len(tickets.message_ids.filtered(lambda mail: mail.message_type == "email")), each,
            )
        # One warning with its traceback for each transaction, or form that was read back.
        times = each if channel in ("by_mail", "by_form") else 1
        self.assertEqual(len(log.records), times)
        self.assertTrue(all(record.exc_info for record in log.records))
        self.assertEqual({record.levelname for record in log.records}, {"WARNING"})

    @mute_logger("odoo.sql_db", "odoo.addons.mail.models.mail_thread")
    def test_F1_a_thousand_tickets_through_five_channels_under_six_errors_none_lost(self):
        engine = self.registry["crm.priority.rule"]
        channels = (self.by_form, self.by_rpc, self.by_import, self.by_mail, self.by_portal)
        everything = self.env["crm.lead"]
        for (name, work), channel in itertools.product(self.errors().items(), channels):
            with self.subTest(error=name, channel=channel.__name__):
                with patch.object(engine, "_tell_why", work), \
                        self.assertLogs(ENGINE, "WARNING") as log:
                    tickets = self.env["crm.lead"].browse(channel(EACH[channel.__name__]))
                    self.end()
                self.assertEqual(
                    self.env.cr._cnx.get_transaction_status(), TRANSACTION_STATUS_INTRANS,
                )
                self.check_not_lost(name, channel.__name__, tickets, log)
                everything += tickets
        self.assertEqual(len(everything), 1020)
        # What failed is repaired.
        self.env["crm.priority.rule"]._run_queue()
        self.env.invalidate_all()
        self.assertEqual(set(everything.mapped("priority")), {"3"})
        self.assertFalse(self.waiting(everything))
        self.assertEqual(len(self.applied(everything)), 1020)

    def test_F1_the_rules_themselves_can_not_be_read(self):
        with patch.object(
            self.registry["crm.priority.watch"], "_watched", side_effect=ValueError("planted"),
        ), self.assertLogs("odoo.addons.crm_roi.models.priority.priority_watch", "WARNING"):
            ticket = self._ticket(self.best)
            self.end()
        self.assertEqual(ticket.priority, "0")

    @mute_logger("odoo.sql_db")
    def test_F1_not_even_the_queue_can_be_written(self):
        def broken(*_args):
            self.env.cr.execute("SELECT * FROM no_such_table")

        with patch.object(self.registry["crm.priority.queue"], "_put", broken), \
                patch.object(self.registry["crm.priority.rule"], "_tell_why", broken), \
                self.assertLogs("odoo.addons.crm_roi", "WARNING") as log:
            ticket = self._ticket(self.best)
            self.end()
        self.assertEqual(len(log.records), 2)
        self.assertTrue(ticket.exists())
        self.assertEqual(
            self.env.cr._cnx.get_transaction_status(), TRANSACTION_STATUS_INTRANS,
        )

    def test_F1_a_ticket_that_keeps_failing_is_tried_five_times_and_holds_up_nobody(self):
        bad, good = self._ticket(self.best, name="Bad"), self._ticket(self.best)
        write = self.registry["crm.lead"].write

        def refuse(tickets, vals):
            if "priority" in vals and bad in tickets:
                raise ValidationError("never")
            return write(tickets, vals)

        with patch.object(self.registry["crm.lead"], "write", refuse), \
                mute_logger(ENGINE, "odoo.addons.crm_roi.models.priority.priority_job"):
            self.end()
            self.assertEqual(good.priority, "0", "both were to be raised at once")
            for _run in range(6):
                self.env["crm.priority.rule"]._run_queue()
                self.env.cr.execute("UPDATE crm_priority_queue SET date = '2020-01-01'")
                self.env.invalidate_all()
        self.assertEqual((bad.priority, good.priority), ("0", "3"))
        waiting = self.waiting(bad + good)
        self.assertEqual((waiting.res_id, waiting.attempts), (bad.id, 5))

    def test_F1_a_rule_that_fails_holds_up_no_other(self):
        self._rule({"A": "2"}, name="Other", sequence=90)
        raise_rows = self.registry["crm.priority.rule"]._raise_rows

        def refuse(rule, *args):
            if rule == self.rule:
                raise ValueError("planted")
            return raise_rows(rule, *args)

        ticket = self._ticket(self.best)
        with patch.object(self.registry["crm.priority.rule"], "_raise_rows", refuse), \
                mute_logger(ENGINE, "odoo.addons.crm_roi.models.priority.priority_job"):
            self.end()
            self.env["crm.priority.rule"].search([]).invalidate_recordset()
            self.env["crm.priority.rule"].browse(self.rule.id).sequence = 99
            self.env["crm.priority.rule"]._run_queue()
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(self.waiting(ticket).error, "ValueError")

    # -- F2 --------------------------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_F2_an_error_of_somebody_else_is_not_swallowed(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), \
                self.assertNoLogs("odoo.addons.crm_roi", "WARNING"):
            self._ticket(self.best)
            self.tiers["D"].share = 7  # refused by the database when it is flushed
            self.end()

    def test_F2_an_error_of_another_hook_is_not_swallowed(self):
        def fail():
            raise ValueError("of another hook")

        self._ticket(self.best)
        self.env.cr.precommit.add(fail)
        with self.assertRaisesRegex(ValueError, "of another hook"):
            self.env.cr.flush()

    def test_F2_what_the_writing_sets_off_is_the_hooks_own_error(self):
        """Another addon reacts to the new priority at the end of the transaction, and fails."""
        write = self.registry["crm.lead"].write

        def fail():
            raise ValueError("set off")

        def react(tickets, vals):
            if "priority" in vals:
                tickets.env.cr.precommit.add(fail)
            return write(tickets, vals)

        with patch.object(self.registry["crm.lead"], "write", react), \
                self.assertLogs(ENGINE, "WARNING"):
            ticket = self._ticket(self.best)
            self.end()
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(self.waiting(ticket).error, "ValueError")

    # -- F3 --------------------------------------------------------------------------------------

    def changed_tables(self):
        """``{table: (rows inserted, rows updated, rows deleted)}`` in this transaction."""
        return {row[0]: row[1:] for row in self.env.execute_query(SQL(
            """SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
               WHERE relname NOT LIKE 'pg_%%'"""
        ))}

    def test_F3_only_the_tickets_own_row_is_written(self):
        ticket = self._ticket(self.best)
        self.env.flush_all()
        before = self.changed_tables()
        self.env["crm.priority.watch"]._raise_safely("crm.lead", "create", ticket.ids)
        after = self.changed_tables()
        self.assertEqual(ticket.priority, "3")
        changes = {
            table: tuple(new - old for new, old
                         in zip(row, before.get(table, (0, 0, 0)), strict=True))
            for table, row in after.items() if row != before.get(table, (0, 0, 0))
        }
        self.assertEqual(changes.pop("crm_priority_applied"), (1, 0, 0))
        self.assertEqual(changes.pop("mail_message"), (1, 0, 0))
        _inserted, updated, _deleted = changes.pop("crm_lead")
        self.assertGreaterEqual(updated, 1)
        self.assertFalse({table for table, change in changes.items() if change[1] or change[2]},
                         "no other row is updated or locked")

    # -- F4 --------------------------------------------------------------------------------------

    def custom_model(self):
        return self.env["ir.model"].create({
            "name": "Complaint", "model": "x_complaint", "field_id": [
                (0, 0, {"name": "x_name", "ttype": "char", "field_description": "Name"}),
                (0, 0, {"name": "x_who", "ttype": "many2one", "relation": "res.partner",
                        "field_description": "Who"}),
                (0, 0, {"name": "x_priority", "ttype": "selection", "field_description": "How",
                        "selection_ids": [
                            (0, 0, {"value": "calm", "name": "Calm", "sequence": 1}),
                            (0, 0, {"value": "angry", "name": "Angry", "sequence": 2}),
                        ]}),
            ],
        })

    @mute_logger("odoo.orm.registry", "odoo.registry", "odoo.models")
    def test_F4_any_model_and_it_may_go(self):
        model = self.custom_model()
        rule = self.Rule.create({
            "name": "Complaints", "company_id": self.company.id, "model_name": "x_complaint",
            "partner_path": "x_who", "priority_field": "x_priority", "mode": "floor",
            "line_ids": [(0, 0, {"tier_id": self.tiers["A"].id,
                                 "choice": "x_complaint,x_priority,angry"})],
        })
        complaint = self.env["x_complaint"].create({"x_name": "No", "x_who": self.best.id})
        self.end()
        self.assertEqual(complaint.x_priority, "angry", "a model without a chatter or a default")
        self.assertTrue(self.applied(complaint))
        with mute_logger("odoo.addons.base.models.ir_model"):
            model.unlink()
        self.assertFalse(rule.exists())
        self.assertFalse(self.env["crm.priority.applied"].search([
            ("model_name", "=", "x_complaint"),
        ]))
        self._ticket(self.best)
        self.end()
        self.env["crm.priority.rule"]._run_ageing()

    def test_F4_abstract_transient_and_unfit_models_are_refused(self):
        offered = dict(self.Rule._select_models())
        self.assertIn("crm.lead", offered)
        for name in ("mail.thread", "mail.compose.message", "res.partner", "crm.priority.applied"):
            with self.subTest(model=name), self.assertRaises(ValidationError), self.cr.savepoint():
                self.assertNotIn(name, offered)
                self.Rule.create({
                    "name": "Unfit", "company_id": self.company.id, "model_name": name,
                })

    # -- F5 --------------------------------------------------------------------------------------

    def test_F5_what_a_person_has_chosen_stays(self):
        lowered, same, later = (
            self._ticket(self.best, user_id=self.rep.id) for _one in range(3)
        )
        self.end()
        lowered.with_user(self.rep).priority = "1"
        same.with_user(self.rep).write({"priority": "3"})
        self.end()
        for ticket in (lowered, same):
            ticket.partner_id = self.second
            self.end()
            ticket.partner_id = self.best
            self.end()
        self.assertEqual((lowered.priority, same.priority), ("1", "3"))
        self.assertEqual(self.applied(lowered).mapped("cause"), ["person", "create"])
        calm = self._ticket()
        self.end()
        calm.web_save({"priority": "1"}, {})
        calm.web_save({"priority": "0"}, {})
        self.end()
        calm.partner_id = self.best
        self.end()
        self.assertEqual(calm.priority, "0", "the usual priority, chosen")
        self.assertEqual(self.applied(calm).mapped("cause"), ["person"], "noted once")
        self.assertEqual(later.priority, "3")

    def test_F5_in_the_same_transaction(self):
        ticket = self._ticket(self.best)
        ticket.priority = "1"
        ticket.priority = "0"
        self.end()
        self.assertEqual(ticket.priority, "0")

    # -- F6 --------------------------------------------------------------------------------------

    def queue_run(self):
        self.env["crm.priority.rule"]._run_queue()
        self.env.invalidate_all()

    def test_F6_C9_merged_customers(self):
        ticket = self._ticket(self.small)
        choice = self._ticket(self.small)
        choice.priority = "1"
        self.end()
        self.env["crm.customer.value"]._refresh_company(self.company, date(2026, 6, 1))
        self.env["crm.customer.tier.override"].create({
            "partner_id": self.best.id, "tier_id": self.tiers["A"].id, "reason": "Kept",
            "company_id": self.company.id,
        })
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.small.id, self.best.id], self.best, extra_checks=False,
        )
        self.queue_run()
        self.assertEqual(ticket.partner_id, self.best)
        self.assertEqual((ticket.priority, choice.priority), ("3", "1"))

    def test_F6_a_contact_that_moves_to_another_company(self):
        contact = self.env["res.partner"].create({"name": "Mover", "parent_id": self.small.id})
        ticket = self._ticket(contact)
        self.end()
        contact.parent_id = self.best
        self.queue_run()
        self.assertEqual(ticket.priority, "3")

    def test_F6_an_archived_customer_and_one_of_another_company(self):
        self.best.active = False
        archived = self._ticket(self.best)
        self.end()
        self.assertEqual(archived.priority, "3")

    def test_F6_a_broken_queue_blocks_neither_merge_nor_tiers(self):
        contact = self.env["res.partner"].create({"name": "Mover", "parent_id": self.small.id})
        with patch.object(
            self.registry["crm.priority.rule"], "_open_ids", side_effect=ValueError("planted"),
        ), self.assertLogs("odoo.addons.crm_roi.models.priority.priority_queueing", "WARNING"):
            contact.parent_id = self.best
        self.assertEqual(contact.commercial_partner_id, self.best)

    # -- F7 --------------------------------------------------------------------------------------

    def many(self, count, partner):
        """Tickets as an import leaves them, without the time it takes to create them."""
        return [row[0] for row in self.env.execute_query(SQL(
            """INSERT INTO crm_lead (name, type, active, company_id, partner_id, priority, stage_id,
                                     create_date)
               SELECT 'Many', 'opportunity', TRUE, %s, %s, '0', %s, NOW() AT TIME ZONE 'UTC'
               FROM generate_series(1, %s) RETURNING id""",
            self.company.id, partner.id, self.stage_open.id, count,
        ))]

    def queries_at_the_end(self, ids):
        self.env.cr.flush()
        self.env.invalidate_all()
        self.env["crm.priority.watch"]._note("crm.lead", "create", ids)
        before = self.env.cr.sql_log_count
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_F7_a_thousand_tickets_cost_ten_queries(self):
        self.queries_at_the_end(self.many(101, self.best))  # fills the caches
        for partner in (self.small, self.best):
            ids = self.many(1000, partner)
            self.assertLessEqual(self.queries_at_the_end(ids), 10, partner.name)
        self.assertEqual(len(self.waiting(self.env["crm.lead"].browse(ids))), 1000)
        self.queue_run()
        self.assertEqual(set(self.env["crm.lead"].browse(ids).mapped("priority")), {"3"})

    def test_F7_creating_itself_asks_nothing_more(self):
        def queries():
            before = self.env.cr.sql_log_count
            self.env["crm.lead"].create([self.values() for _one in range(5)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries()
        with_rule = queries()
        self.rule.active = False
        self.env.flush_all()
        queries()
        self.assertEqual(with_rule, queries())

    # -- F8 --------------------------------------------------------------------------------------

    def test_F8_portal_users_get_the_priority_and_no_figure(self):
        ticket = self.env["crm.lead"].browse(self.by_portal(1))
        ticket.message_subscribe(self.portal.partner_id.ids)
        self.end()
        self.assertEqual(ticket.priority, "3")
        note = ticket.message_ids.filtered(lambda message: "tier" in (message.body or ""))
        self.assertTrue(note)
        for record in (
            note, self.applied(ticket), self.rule, self.rule.line_ids, self.tiers["A"],
            self.env["crm.customer.value"].search([("partner_id", "=", self.best.id)]),
        ):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.portal).read()
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            note.with_user(public).read(["body"])

    def test_F8_amounts_stand_nowhere(self):
        ticket = self._ticket(self.best)
        self.end()
        for table in ("mail_message", "crm_priority_applied", "crm_priority_queue"):
            rows = self.env.execute_query(SQL(
                "SELECT row::text FROM %s row WHERE res_id = %s", SQL.identifier(table), ticket.id,
            ))
            self.assertFalse([row for (row,) in rows if "48200" in row or "48,200" in row])

    # -- F9 --------------------------------------------------------------------------------------

    def test_F9_an_automation_that_writes_back_makes_no_loop(self):
        written = []
        write = self.registry["crm.lead"].write

        def automation(tickets, vals):
            result = write(tickets, vals)
            if "priority" in vals:
                written.append(vals["priority"])
                if vals["priority"] == "3":
                    tickets.write({"priority": "1", "partner_id": self.second.id})
                    tickets.create({"name": "Follow-up", "partner_id": self.best.id,
                                    "company_id": self.company.id})
            return result

        with patch.object(self.registry["crm.lead"], "write", automation):
            ticket = self._ticket(self.best)
            self.end()
            self.end()
        self.assertEqual(written, ["3", "1"])
        self.assertEqual(ticket.priority, "1")
        self.assertEqual(len(self.applied(ticket)), 1)

    def test_F9_one_write_for_all_tickets_of_a_priority(self):
        write = self.registry["crm.lead"].write
        written = []

        def counting(tickets, vals):
            if "priority" in vals:
                written.append((len(tickets), vals["priority"]))
            return write(tickets, vals)

        with patch.object(self.registry["crm.lead"], "write", counting):
            self.env["crm.lead"].create(
                [self.values() for _one in range(5)]
                + [{**self.values(), "partner_id": self.second.id} for _one in range(3)]
            )
            self.end()
        self.assertEqual(sorted(written), [(3, "2"), (5, "3")])

    # -- F10, H5 ---------------------------------------------------------------------------------

    def test_F10_other_workers_are_told_of_a_change(self):
        self.registry.cache_invalidated.clear()
        self.rule.active = False
        self.assertIn("default", self.registry.cache_invalidated)

    def test_H5_a_deleted_customer_or_user_leaves_the_log(self):
        author = new_test_user(self.env, "priority_author", "sales_team.group_sale_manager",
                               company_id=self.company.id,
                               company_ids=[(6, 0, self.company.ids)])
        gone = self._tiered("Zacharias Marker", "A")
        ticket = self._ticket(gone, user_id=author.id)
        self.end()
        row = self.applied(ticket)
        self.assertTrue(row)
        ticket.partner_id = False
        gone.unlink()
        author.unlink()
        self.assertEqual(row.exists().tier_id, self.tiers["A"])
        columns = self.env.execute_query(SQL(
            "SELECT row::text FROM crm_priority_applied row WHERE id = %s", row.id,
        ))
        self.assertNotIn("Zacharias", columns[0][0])

    def test_H5_what_is_kept_of_deleted_tickets_goes(self):
        ticket, kept = self._ticket(self.best), self._ticket(self.best)
        self.end()
        self.env["crm.priority.queue"]._put("crm.lead", (ticket + kept).ids, "tier")
        ids = ticket.ids
        ticket.unlink()
        self.env["crm.priority.applied"]._forget_deleted()
        self.env.invalidate_all()
        for model in ("crm.priority.applied", "crm.priority.queue"):
            self.assertFalse(self.env[model].search([("res_id", "in", ids)]))
            self.assertTrue(self.env[model].search([("res_id", "in", kept.ids)]))
