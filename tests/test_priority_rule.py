from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from .priority_common import PriorityCase


@tagged("post_install", "-at_install")
class TestPriorityRule(PriorityCase):
    """What rules raise, how far, and what they leave alone."""

    def priorities(self, *tickets):
        self.end()
        return [ticket.priority for ticket in tickets]

    # -- which tickets ---------------------------------------------------------------------------

    def test_a_ticket_of_the_best_customer_is_raised_when_it_is_created(self):
        self._rule()
        best, small, stranger, nobody = (
            self._ticket(partner) for partner in (self.best, self.small, self.stranger, None)
        )
        self.assertEqual(self.priorities(best, small, stranger, nobody), ["3", "0", "0", "0"])
        row = self.applied(best)
        self.assertEqual(
            (row.tier_id, row.cause, row.priority_before, row.priority, row.company_id),
            (self.tiers["A"], "create", "0", "3", self.company),
        )
        self.assertEqual(
            (row.label_before, row.label, row.document), ("Low", "Very High", "Ticket"),
        )
        self.assertFalse(self.applied(small + stranger + nobody))

    def test_titles_are_shown_to_those_who_may_read_the_ticket(self):
        self._rule()
        ticket = self._ticket(self.best)
        self.end()
        row = self.applied(ticket)
        manager = self.env["res.users"].create({
            "name": "Manager", "login": "reader of the log", "company_id": self.company.id,
            "company_ids": [(6, 0, self.company.ids)],
            "group_ids": [(6, 0, self.env.ref("sales_team.group_sale_manager").ids)],
        })
        seen = row.with_user(manager)
        self.assertEqual((seen.document, seen.is_readable), ("Ticket", True))
        self.env["ir.rule"].create({
            "name": "Nobody", "model_id": self.env["ir.model"]._get_id(self.ticket_model),
            "domain_force": "[(0, '=', 1)]",
        })
        self.env.invalidate_all()
        self.assertEqual(
            (seen.document, seen.is_readable), ("(not visible with your rights)", False),
        )
        ticket.unlink()
        self.env.invalidate_all()
        self.assertEqual((seen.document, seen.is_readable), ("(deleted)", False))

    def test_a_contact_stands_for_its_company(self):
        self._rule()
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.best.id})
        self.assertEqual(self.priorities(self._ticket(contact)), ["3"])

    def test_a_rule_is_for_tickets_and_tiers_of_its_company(self):
        self._rule()
        foreign = self.env["crm.customer.tier"].search(
            [("company_id", "=", self.other_company.id)], limit=1)
        self._set_tier(self.stranger, foreign)
        theirs = self.env["crm.lead"].with_context(
            allowed_company_ids=self.other_company.ids,
        ).create({"name": "Theirs", "partner_id": self.best.id,
                  "company_id": self.other_company.id, "team_id": self.other_team.id})
        self.assertEqual(self.priorities(theirs, self._ticket(self.stranger)), ["0", "0"])

    def test_a_ticket_without_a_company_follows_the_main_company(self):
        main = self.env["res.company"]._kpi_main_company()
        self.env.user.company_ids += main
        tier = self.env["crm.customer.tier"].sudo().search([("company_id", "=", main.id)], limit=1)
        self._set_tier(self.best, tier)
        self._rule()
        ticket = self._ticket(self.best, company_id=False, team_id=False, user_id=False)
        self.assertEqual(self.priorities(ticket), ["0"], "not of the rule's company")
        self.Rule.with_context(allowed_company_ids=main.ids).create({
            "name": "Main", "model_name": "crm.lead", "company_id": main.id, "mode": "floor",
            "line_ids": [(0, 0, {"tier_id": tier.id, "choice": "crm.lead,priority,2"})],
        })
        ticket = self._ticket(self.best, company_id=False, team_id=False, user_id=False)
        self.assertEqual(self.priorities(ticket), ["2"])

    def test_rules_of_other_companies_are_not_asked(self):
        """Same result as asking all rules, with fewer of them."""
        self._rule()
        for company in self.other_company + self.env["res.company"].create(
                [{"name": f"Priority {number}"} for number in range(3)]):
            self.env.user.company_ids += company
            self.Rule.with_context(allowed_company_ids=company.ids).create(
                {"name": "Elsewhere", "model_name": "crm.lead", "company_id": company.id})
        asked, engine = [], self.env.registry["crm.priority.engine"]
        original = engine._candidates

        def candidates(rule, *args, **kwargs):
            asked.append(rule.company_id)
            return original(rule, *args, **kwargs)

        self.patch(self.env.registry["crm.priority.rule"], "_candidates", candidates)
        self.assertEqual(self.priorities(self._ticket(self.best)), ["3"])
        self.assertEqual(asked, [self.company])
        theirs = self.env["crm.lead"].with_context(
            allowed_company_ids=self.other_company.ids,
        ).create({"name": "Theirs", "partner_id": self.best.id,
                  "company_id": self.other_company.id, "team_id": self.other_team.id})
        asked.clear()
        self.assertEqual(
            self.priorities(theirs, self._ticket(self.best), self._ticket(self.best)),
            ["0", "3", "3"])
        self.assertEqual(set(asked), {self.company, self.other_company})
        self.assertEqual(len(asked), 2)

    def test_tickets_that_know_no_company_ask_all_rules(self):
        self._rule()
        self.patch(self.env.registry["crm.priority.engine"], "_has_company",
                   lambda engine, model: False)
        scope = self.env["crm.priority.engine"]._company_scope("crm.lead", [1])
        self.assertTrue(scope.is_true())

    def test_the_condition_leaves_other_tickets_alone(self):
        self._rule(domain="[('name', 'ilike', 'urgent')]")
        self.assertEqual(
            self.priorities(self._ticket(self.best), self._ticket(self.best, name="Urgent!")),
            ["0", "3"],
        )

    def test_a_relative_date_in_a_condition(self):
        self._rule(domain="[('date_deadline', '<=', 'today +2d')]")
        today = fields.Date.today()
        self.assertEqual(self.priorities(
            self._ticket(self.best, date_deadline=today),
            self._ticket(self.best, date_deadline=today + timedelta(days=9)),
        ), ["3", "0"])

    def test_the_way_to_the_customer_may_lead_over_a_user(self):
        self.rep.partner_id.commercial_partner_id = self.rep.partner_id
        self._set_tier(self.rep.partner_id, self.tiers["A"])
        self._rule(partner_path="user_id.partner_id")
        self.assertEqual(self.priorities(
            self._ticket(user_id=self.rep.id), self._ticket(user_id=self.colleague.id),
        ), ["3", "0"])

    def test_switched_off_rules_do_nothing_and_on_again_they_do(self):
        rule = self._rule()
        rule.active = False
        self.assertEqual(self.priorities(self._ticket(self.best)), ["0"])
        rule.active = True
        self.assertEqual(self.priorities(self._ticket(self.best)), ["3"])
        rule.on_create = False
        self.assertEqual(self.priorities(self._ticket(self.best)), ["0"])
        rule.unlink()
        self.assertNotIn("crm.lead", self.Rule._watched_models())

    # -- how far ---------------------------------------------------------------------------------

    def test_a_bump_goes_some_steps_towards_the_tier_and_not_beyond(self):
        rule = self._rule(mode="bump", bump_cap=1)
        self.assertEqual(
            self.priorities(self._ticket(self.best), self._ticket(self.second)), ["1", "1"]
        )
        rule.bump_cap = 3
        self.assertEqual(
            self.priorities(self._ticket(self.best), self._ticket(self.second)), ["3", "2"]
        )

    def test_a_bump_counts_from_the_first_priority(self):
        """A second occasion raises no further than the first might have."""
        self._rule(mode="bump", bump_cap=1)
        ticket = self._ticket(self.second)
        self.assertEqual(self.priorities(ticket), ["1"])
        ticket.partner_id = self.best
        self.assertEqual(self.priorities(ticket), ["1"])

    def test_a_list_from_high_to_low(self):
        rule = self._rule({"A": "0"}, is_descending=True)
        rule.invalidate_recordset()
        self.assertEqual(rule._priority_values(), ["3", "2", "1", "0"])
        self.env["ir.default"].set("crm.lead", "priority", "2")
        self.assertEqual(self.priorities(self._ticket(self.best)), ["0"])

    def test_never_lowered(self):
        self._rule({"A": "1"})
        self.env["ir.default"].set("crm.lead", "priority", "2")
        ticket = self._ticket(self.best)
        self.assertEqual(self.priorities(ticket), ["2"])
        self._set_tier(self.best, self.tiers["D"])
        ticket.partner_id = self.second
        self.assertEqual(self.priorities(ticket), ["2"])

    def test_the_highest_of_several_rules_counts(self):
        self._rule({"A": "1"})
        self._rule({"A": "3"})
        self._rule({"A": "2"})
        ticket = self._ticket(self.best)
        self.assertEqual(self.priorities(ticket), ["3"])
        self.assertEqual(self.applied(ticket).mapped("priority"), ["3", "1"])

    # -- when ------------------------------------------------------------------------------------

    def test_the_customer_is_set_or_changed(self):
        rule = self._rule()
        ticket = self._ticket()
        self.end()
        ticket.partner_id = self.second
        self.assertEqual(self.priorities(ticket), ["2"])
        ticket.partner_id = self.best
        self.assertEqual(self.priorities(ticket), ["3"])
        self.assertEqual(self.applied(ticket).mapped("cause"), ["partner", "partner"])
        rule.on_partner = False
        other = self._ticket()
        self.end()
        other.partner_id = self.best
        self.assertEqual(self.priorities(other), ["0"])

    def test_other_changes_of_a_ticket_do_not_concern_rules(self):
        self._rule(on_create=False)
        ticket = self._ticket(self.best)
        self.end()
        with patch.object(self.registry["crm.priority.watch"], "_raise_safely") as raising:
            ticket.name = "Other"
            self.end()
        raising.assert_not_called()
        self.assertEqual(ticket.priority, "0")

    def test_the_form_shows_the_priority_at_once(self):
        self._rule()
        saved = self.env["crm.lead"].web_save(
            {"name": "By hand", "partner_id": self.best.id, "priority": "0",
             "company_id": self.company.id},
            {"priority": {}},
        )
        self.assertEqual(saved[0]["priority"], "3")
        saved = self.env["crm.lead"].browse(saved[0]["id"])
        empty = self._ticket()
        self.end()
        self.assertEqual(
            empty.web_save({"partner_id": self.best.id}, {"priority": {}})[0]["priority"], "3",
        )

    # -- ageing ----------------------------------------------------------------------------------

    def aged(self, ticket, hours):
        self._date(ticket, create_date=str(fields.Datetime.now() - timedelta(hours=hours)))
        return ticket

    def test_whoever_waits_long_is_raised_step_by_step_up_to_the_best(self):
        self._rule({"A": "2"}, ageing_hours=24)
        partners = (None, self.small, self.small, self.small)
        tickets = [self.aged(self._ticket(partner), hours) for partner, hours
                   in zip(partners, (25, 23, 25, 24 * 30), strict=True)]
        self.end()
        self.Rule._run_ageing()
        self.assertEqual(self.priorities(*tickets), ["1", "0", "1", "2"])
        self.Rule._run_ageing()
        self.assertEqual(self.priorities(*tickets), ["1", "0", "1", "2"], "once for each step")
        self.aged(tickets[0], 49)
        self.Rule._run_ageing()
        self.assertEqual(self.priorities(*tickets), ["2", "0", "1", "2"])
        self.assertEqual(self.applied(tickets[0]).mapped("cause"), ["ageing", "ageing"])

    def test_ageing_leaves_closed_tickets_and_choices_alone(self):
        self._rule(ageing_hours=1, open_domain="[('won_status', '=', 'pending')]")
        won, chosen, archived = (self.aged(self._ticket(self.small), 9) for _ in range(3))
        won.action_set_won()
        chosen.priority = "1"
        chosen.priority = "0"
        archived.active = False
        self.end()
        before = self.priorities(won, chosen, archived)
        self.Rule._run_ageing()
        self.assertEqual(self.priorities(won, chosen, archived), before)

    # -- tiers change ----------------------------------------------------------------------------

    def run_queue(self):
        self.env.flush_all()
        self.env["crm.priority.rule"]._run_queue()
        self.env.invalidate_all()

    def test_open_tickets_follow_when_a_tier_is_set(self):
        self._rule(open_domain="[('won_status', '=', 'pending')]")
        still_open, won = self._ticket(self.stranger), self._ticket(self.stranger)
        won.action_set_won()
        self.end()
        before = won.priority
        self.env["crm.customer.value"]._refresh_company(self.company, fields.Date.today())
        self.env["crm.customer.tier.override"].create({
            "partner_id": self.stranger.id, "tier_id": self.tiers["A"].id, "reason": "Promised",
            "company_id": self.company.id,
        })
        self.assertEqual(self.waiting(still_open + won).mapped("res_id"), still_open.ids)
        self.run_queue()
        self.assertEqual(self.priorities(still_open, won), ["3", before])
        self.assertEqual(self.applied(still_open).cause, "tier")
        self.assertFalse(self.waiting(still_open))

    def test_a_tier_that_falls_lowers_nothing(self):
        self._rule()
        ticket = self._ticket(self.best)
        self.end()
        self.env["crm.customer.value"]._refresh_company(self.company, fields.Date.today())
        self.run_queue()
        self.assertEqual(self.priorities(ticket), ["3"])

    # -- somebody's choice -----------------------------------------------------------------------

    def test_another_priority_than_the_usual_one_is_a_choice(self):
        self._rule()
        ticket = self._ticket(self.best, priority="1")
        self.assertEqual(self.priorities(ticket), ["1"])
        ticket.partner_id = False
        self.end()
        ticket.partner_id = self.best
        self.assertEqual(self.priorities(ticket), ["1"])

    def test_what_stands_in_a_file_was_chosen(self):
        self._rule()
        result = self.env["crm.lead"].with_context(import_file=True).load(
            ["name", "partner_id/.id", "company_id/.id", "priority"],
            [["Chosen", str(self.best.id), str(self.company.id), "Low"]],
        )
        self.assertFalse(result["messages"])
        ticket = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(self.priorities(ticket), ["0"])
        result = self.env["crm.lead"].with_context(import_file=True).load(
            ["name", "partner_id/.id", "company_id/.id"],
            [["Not said", str(self.best.id), str(self.company.id)]],
        )
        self.assertEqual(self.priorities(self.env["crm.lead"].browse(result["ids"])), ["3"])

    def test_a_choice_made_while_rules_were_off_is_seen(self):
        rule = self._rule()
        ticket = self._ticket(self.second)
        self.assertEqual(self.priorities(ticket), ["2"])
        rule.active = False
        ticket.priority = "1"
        self.end()
        rule.active = True
        ticket.partner_id = self.best
        self.assertEqual(self.priorities(ticket), ["1"])

    # -- the reason ------------------------------------------------------------------------------

    def test_the_reason_names_the_tier_and_no_amount_and_nobody_is_notified(self):
        self._rule()
        follower = self.colleague.partner_id
        env = self.env(context={"allowed_company_ids": self.company.ids})
        ticket = env["crm.lead"].create({
            "name": "Told", "partner_id": self.best.id, "company_id": self.company.id,
        })
        ticket.message_subscribe(follower.ids, self.env["mail.message.subtype"].search([]).ids)
        mails = self.env["mail.mail"].search_count([])
        before = ticket.message_ids
        self.env.flush_all()
        self.env["crm.priority.watch"]._run_pending()
        note = (ticket.message_ids - before).filtered("body")
        self.assertEqual(
            html2plaintext(note.body),
            "Priority raised from Low to Very High: customer of tier A (rule “Best first”).",
        )
        self.assertTrue(note.is_internal)
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertFalse(note.notification_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertNotIn("48", note.body)

    def test_names_in_the_reason_are_escaped(self):
        rule = self._rule()
        rule.name = "<img src=x onerror=alert(1)>"
        ticket = self._ticket(self.best)
        self.end()
        self.assertNotIn("<img", "".join(ticket.message_ids.mapped("body")))

    # -- what can be saved -----------------------------------------------------------------------

    def refused(self, words, **values):
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            self._rule(**values)

    def test_fields_that_do_not_fit_are_refused(self):
        self.refused("no stored link", partner_path="nothing_id")
        self.refused("no stored link", partner_path="partner_name")
        self.refused("no stored link", partner_path="partner_id.child_ids")
        self.refused("not to a contact", partner_path="team_id")
        self.refused("is no priority", priority_field="type")
        self.refused("is no priority", priority_field="won_status")
        self.refused("is no priority", priority_field="gone")

    def test_lines_that_do_not_fit_are_refused(self):
        rule = self._rule()
        for choice in ("crm.lead,type,lead", "crm.lead,priority,9", "nonsense"):
            with self.assertRaisesRegex(ValidationError, "is no priority"), self.cr.savepoint():
                rule.line_ids[0].choice = choice

    @mute_logger("odoo.sql_db")
    def test_conditions_that_could_run_or_read_too_much_are_refused(self):
        for text in (
            "user.sudo()", "[('id', '=', (lambda: 1)())]", "9**9**9", "{}", "[('gone', '=', 1)]",
            "[('user_id.login', '=', 'admin')]", "[('message_ids.body', 'ilike', 'x')]",
            "[('partner_id.bank_ids.acc_number', 'ilike', '1')]", "[(", "['&']",
            "[('create_date', '<', 'tomorrowish')]", "[('priority', '=?', '1')]",
            "[('id', '=', 1), " * 10_000,
        ):
            for name in ("domain", "open_domain"):
                with self.subTest(text=text[:40], field=name):
                    self.refused("can not be saved", **{name: text})

    def test_a_rule_needs_the_right_to_change_such_tickets(self):
        outsider = new_test_user(
            self.env, "priority_outsider", "base.group_user", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        outsider.group_ids += self.env.ref("sales_team.group_sale_manager")
        with patch.object(
            self.registry["crm.lead"], "has_access", lambda model, operation: False,
        ), self.assertRaisesRegex(ValidationError, "may not change"):
            self._rule().with_user(outsider).write({"partner_path": "user_id.partner_id"})

    def test_users_cannot_write_the_log_or_the_queue(self):
        for model in ("crm.priority.applied", "crm.priority.queue"):
            with self.assertRaises(AccessError):
                self.env[model].create({"model_name": "crm.lead", "res_id": 1})

    def test_the_form_offers_the_priorities_of_the_chosen_tickets(self):
        with Form(self.Rule.with_user(self.manager)) as form:
            form.name, form.model_name = "By form", "crm.lead"
            with form.line_ids.new() as line:
                line.tier_id = self.tiers["A"]
                self.assertEqual(line.choices, [
                    f"crm.lead,priority,{value}" for value in "0123"
                ])
                line.choice = "crm.lead,priority,2"
        self.assertEqual(form.record.line_ids.priority, "2")

    # -- preview ---------------------------------------------------------------------------------

    def test_preview_counts_open_tickets_and_gives_examples(self):
        rule = self._rule(open_domain="[('won_status', '=', 'pending')]", active=False)
        first, second, won = (self._ticket(self.best, name=name) for name in ("One", "Two", "Won"))
        self._ticket(self.small)
        won.action_set_won()
        self.end()
        rule = rule.with_user(self.manager)
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 2)
        self.assertEqual(rule.preview_text.splitlines(), [
            "Two: Low → Very High (tier A)", "One: Low → Very High (tier A)",
        ])
        action = rule.action_preview()
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), first + second)
        rule.active = True
        rule.action_raise_now()
        self.run_queue()
        self.assertEqual(self.priorities(first, second), ["3", "3"])
        rule.invalidate_recordset()
        self.assertEqual((rule.preview_count, rule.raised_count), (0, 2))

    def test_preview_shows_nobody_tickets_he_may_not_read(self):
        rule = self._rule()
        rule.on_create = False
        self._ticket(self.best, name="Hidden")
        self.end()
        self.env["ir.rule"].create({
            "name": "nothing", "model_id": self.env["ir.model"]._get_id("crm.lead"),
            "domain_force": "[('name', '!=', 'Hidden')]",
        })
        rule = rule.with_user(self.manager)
        self.assertEqual((rule.preview_count, rule.preview_text), (0, ""))

    def test_a_rule_whose_field_is_gone_says_so_and_does_nothing(self):
        rule = self._rule()
        self.env.cr.execute(
            "UPDATE crm_priority_rule SET priority_field = 'x_gone' WHERE id = %s", rule.ids,
        )
        rule.invalidate_recordset()
        self.registry.clear_cache()
        self.assertIn("x_gone", rule.problem)
        self.assertEqual(self.priorities(self._ticket(self.best)), ["0"])
        self.Rule._run_ageing()
        self.assertFalse(self.env["crm.priority.queue"].search([]))
