import base64
import csv
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_import import DATA, ImportCase
from .xlsx_checker import cells

HISTORY = (DATA / "history.csv").read_bytes()
TEAMS = (DATA / "teams.csv").read_bytes()
ROWS = list(csv.DictReader(HISTORY.decode().splitlines()))
ONE = "id,title,owner,stage,created,closed,amount\n"


def days(row):
    return (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days


@tagged("post_install", "-at_install")
class TestImportHistory(ImportCase):
    def test_kpis_say_what_the_file_says(self):
        """Counted here from the file by hand, there by the whole way through the snapshot."""
        wizard = self.bring(HISTORY, teams=TEAMS, refresh_kpis=True)
        self.assertTrue(wizard.kpis_refreshed)
        won = [row for row in ROWS if row["deal_stage"] == "Won"]
        lost = [row for row in ROWS if row["deal_stage"] == "Lost"]
        revenue = sum(float(row["close_value"]) for row in won)
        measures = ["win_rate:avg", "won_count:sum", "lost_count:sum", "won_revenue:sum",
                    "average_deal_size:avg", "average_cycle_days:avg", "lead_count:sum"]
        expected = (
            len(won) / (len(won) + len(lost)), len(won), len(lost), revenue, revenue / len(won),
            sum(map(days, won)) / len(won), len(ROWS),
        )
        Snapshot = self.Snapshot.with_user(self.manager)
        domain = [("company_id", "=", self.company.id)]
        self.assertAlmostEqualAll(Snapshot._read_group(domain, [], measures)[0], expected)
        self.assertEqual(
            (wizard.won_count, wizard.lost_count, wizard.open_count, wizard.created_count),
            (len(won), len(lost), len(ROWS) - len(won) - len(lost), len(ROWS)))
        self.assertEqual(wizard.won_revenue, revenue)
        self.assertEqual(wizard.win_rate, f"{100 * expected[0]:.2f} %")
        self.assertEqual(wizard.average_cycle, f"{expected[5]:.2f} days")
        for user, rate in Snapshot._read_group(domain, ["user_id"], ["win_rate:avg"]):
            mine = [row for row in won + lost if row["sales_agent"] == user.name]
            self.assertAlmostEqual(rate, sum(row in won for row in mine) / len(mine))
        totals = dict(Snapshot._read_group(domain, ["team_id"], ["won_count:sum"]))
        north = {"Ada Novak", "Bruno Keller"}
        self.assertEqual(
            {team.name: count for team, count in totals.items()},
            {"North": sum(row["sales_agent"] in north for row in won),
             "South": sum(row["sales_agent"] not in north for row in won)})

    def assertAlmostEqualAll(self, found, expected):
        for one, other in zip(found, expected, strict=True):
            self.assertAlmostEqual(one, other, places=6)

    def test_leads_keep_their_own_dates_people_and_values(self):
        self.bring(HISTORY, teams=TEAMS)
        leads = self.imported()
        self.assertEqual(set(leads), {row["deal_id"] for row in ROWS})
        row = next(row for row in ROWS if row["deal_stage"] == "Won" and row["account"])
        lead = leads[row["deal_id"]]
        # Noon of Brussels' standard time, also in summer.
        self.assertEqual(lead.create_date, datetime.fromisoformat(row["engage_date"] + " 11:00"))
        self.assertEqual(lead.date_closed, datetime.fromisoformat(row["close_date"] + " 11:00"))
        self.assertEqual(lead.date_last_stage_update, lead.date_closed)
        self.assertEqual(lead.date_open, lead.create_date)
        self.assertEqual((lead.day_close, lead.day_open), (days(row), 0))
        self.assertEqual((lead.won_status, lead.probability, lead.active), ("won", 100, True))
        self.assertEqual(lead.prorated_revenue, float(row["close_value"]))
        self.assertEqual(lead.partner_id.name, row["account"])
        self.assertTrue(lead.partner_id.is_company)
        self.assertEqual(lead.user_id.name, row["sales_agent"])
        self.assertEqual(lead.type, "opportunity")
        lost = [leads[row["deal_id"]] for row in ROWS if row["deal_stage"] == "Lost"]
        self.assertTrue(all(
            lead.won_status == "lost" and not lead.active and lead.date_closed for lead in lost))
        early = [leads[row["deal_id"]] for row in ROWS if row["deal_stage"] == "Prospecting"]
        # No creation date in the file: the latest day of the file.
        latest = max(row["close_date"] for row in ROWS)
        self.assertEqual({str(lead.create_date) for lead in early}, {f"{latest} 11:00:00"})
        self.assertTrue(all(not lead.date_closed and lead.active for lead in early))
        self.assertEqual({lead.stage_id.name for lead in early}, {"Prospecting"})
        self.assertEqual({lead.expected_revenue for lead in early}, {0.0})

    def test_spellings_of_one_product_are_one_tag(self):
        self.bring(HISTORY)
        tags = {}
        for row in ROWS:
            lead = self.imported()[row["deal_id"]]
            tags.setdefault(lead.tag_ids.name, set()).add(row["product"])
        self.assertEqual(sorted(map(len, tags.values())), [1, 1, 3])
        self.assertEqual(len(tags), 3)

    def test_a_product_record_gives_the_spelling(self):
        self.env["product.template"].create({"name": "Flex-Pro"})
        self.bring(HISTORY)
        self.assertIn("Flex-Pro", self.imported()[ROWS[0]["deal_id"]].tag_ids.mapped("name"))

    def test_products_as_notes(self):
        self.bring(HISTORY, product_as="note")
        lead = self.imported()[ROWS[0]["deal_id"]]
        self.assertFalse(lead.tag_ids)
        self.assertIn(ROWS[0]["product"], lead.description)

    def test_second_import_changes_nothing(self):
        first = self.bring(HISTORY, teams=TEAMS)
        counts = [self.env[model].with_context(active_test=False).search_count([]) for model in (
            "crm.lead", "res.users", "res.partner", "crm.team", "crm.stage", "crm.tag",
            "crm.team.member")]
        second = self.bring(HISTORY, teams=TEAMS, create_users=False)
        self.assertEqual((first.created_count, second.created_count), (len(ROWS), 0))
        self.assertEqual((second.updated_count, second.unchanged_count), (0, len(ROWS)))
        self.assertEqual(second.known_count, len(ROWS))
        self.assertEqual(counts, [
            self.env[model].with_context(active_test=False).search_count([]) for model in (
                "crm.lead", "res.users", "res.partner", "crm.team", "crm.stage", "crm.tag",
                "crm.team.member")])

    def test_second_import_updates_what_changed(self):
        row = "A1,Deal,{owner},{stage},2024-01-10,{closed},{amount}\n"
        self.bring(ONE + row.format(owner="Ada", stage="Talks", closed="", amount=10))
        lead = self.imported()["A1"]
        tag = self.env["crm.tag"].create({"name": "By hand"})
        lead.tag_ids += tag
        self.assertEqual((lead.won_status, lead.date_closed), ("pending", False))

        wizard = self.bring(
            ONE + row.format(owner="Bea", stage="Won", closed="2024-02-20", amount=12.5))
        self.assertEqual((wizard.created_count, wizard.updated_count), (0, 1))
        self.assertEqual(self.imported()["A1"], lead)
        self.assertEqual(
            (lead.won_status, lead.user_id.name, lead.expected_revenue, lead.date_closed),
            ("won", "Bea", 12.5, datetime(2024, 2, 20, 11)))
        self.assertEqual(lead.tag_ids, tag, "what was added by hand stays")

        self.bring(ONE + row.format(owner="Bea", stage="Lost", closed="2024-02-21", amount=0),
                   refresh_kpis=True)
        self.assertEqual(
            (lead.won_status, lead.active, lead.date_closed),
            ("lost", False, datetime(2024, 2, 21, 11)))
        self.assertFalse(lead.stage_id.is_won)

        self.bring(
            ONE + row.format(owner="Bea", stage="Talks", closed="", amount=30), refresh_kpis=True)
        self.assertEqual(
            (lead.won_status, lead.active, lead.date_closed, lead.expected_revenue),
            ("pending", True, False, 30))
        self.assertEqual(lead.probability, lead.automated_probability, "estimated by Odoo again")
        totals = self.Snapshot._read_group(
            [("company_id", "=", self.company.id)], [], ["won_count:sum", "lost_count:sum"])
        self.assertEqual(totals[0], (0, 0), "the days of the earlier outcome were restated")

    def test_without_external_id_rows_find_their_deal_again(self):
        text = ("Deal name,Account,Create date,Stage,Close date,Amount\n"
                "Pump,Acme,2024-01-10,{0},{1},5\n"
                "Pump,Acme,2024-01-10,{0},{1},6\n"
                "Pump,Other,2024-01-10,{0},{1},7\n")
        first = self.bring(text.format("Talks", ""))
        self.assertEqual(first.created_count, 3)
        second = self.bring(text.format("Won", "2024-03-01"))
        self.assertEqual((second.created_count, second.updated_count), (0, 3))
        self.assertEqual(sorted(lead.expected_revenue for lead in self.imported().values()),
                         [5, 6, 7])

    def test_companies_do_not_share_ids(self):
        self.bring(ONE + "A1,Deal,,Talks,2024-01-10,,1\n")
        self.Import = self.Import.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids)
        self.company, mine = self.other_company, self.company
        wizard = self.bring(ONE + "A1,Deal,,Talks,2024-01-10,,2\n")
        self.assertEqual(wizard.created_count, 1)
        self.assertEqual(self.imported()["A1"].create_date, datetime(2024, 1, 10, 17))
        self.company = mine
        self.assertEqual(self.imported()["A1"].expected_revenue, 1)

    def test_people_who_left_are_archived_users(self):
        self.bring(HISTORY, teams=TEAMS)
        user = self.imported()["K001"].user_id
        self.assertFalse(user.active)
        self.assertFalse(user.partner_id.active)
        self.assertEqual(user.company_ids, self.company)
        self.assertEqual(user.group_ids, self.env.ref("base.group_user"))
        member = self.env["crm.team.member"].with_context(active_test=False).search(
            [("user_id", "=", user.id)])
        self.assertEqual((member.crm_team_id.name, member.active), ("North", False))
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
        self.assertFalse(self.env.cr.fetchone()[0])
        self.assertFalse(self.env["mail.mail"].search(
            [("recipient_ids", "in", user.partner_id.ids)]))

    def test_people_are_created_only_when_asked(self):
        wizard = self.check(ONE + "A1,Deal,Ada,Talks,2024-01-10,,1\n", create_users=False)
        self.assertEqual(self.problems(wizard), [(2, "owner", "Ada")])
        with self.assertRaises(AccessError):
            self.env["res.users"].with_user(self.manager).create({"name": "x", "login": "x"})
        wizard.user_value_ids.write({"action": "map", "user_id": self.rep.id})
        wizard.action_check()
        wizard.action_import()
        self.assertEqual(self.imported()["A1"].user_id, self.rep)
        again = self.bring(ONE + "A1,Deal,Ada,Talks,2024-01-10,,1\n", create_users=False)
        self.assertEqual(again.unchanged_count, 1, "the choice was remembered")

    def test_users_are_found_by_name_login_and_email(self):
        self.rep.write({"name": "Rita Repp", "email": "rita@example.com"})
        text = ONE + "".join(
            f"A{n},Deal,{owner},Talks,2024-01-10,,1\n"
            for n, owner in enumerate(("rita  REPP", "kpi_rep", "Rita@Example.com", "")))
        self.bring(text, create_users=False)
        self.assertEqual(
            [self.imported()[f"A{n}"].user_id for n in range(4)],
            [self.rep, self.rep, self.rep, self.env["res.users"]])

    def test_two_people_of_one_name_are_not_guessed(self):
        (self.rep + self.colleague).write({"name": "Same Name"})
        wizard = self.check(
            ONE + "A1,Deal,Same Name,Talks,2024-01-10,,1\n", create_users=False)
        self.assertEqual(self.problems(wizard), [(2, "owner", "Same Name")])

    def test_leaving_empty(self):
        wizard = self.upload(ONE + "A1,Deal,Ada,Talks,2024-01-10,,1\n")
        wizard.action_read()
        wizard.action_match()
        wizard.user_value_ids.action = "empty"
        wizard.stage_value_ids.action = "empty"
        wizard.action_check()
        wizard.action_import()
        lead = self.imported()["A1"]
        self.assertFalse(lead.user_id)
        first = self.env["crm.stage"].search([("is_won", "=", False), ("team_ids", "=", False)],
                                             order="sequence, id", limit=1)
        self.assertEqual(lead.stage_id, first)

    def test_leads_convert(self):
        text = ("Lead ID,Title,Status,Created,Converted,Closed,Lost reason,Lead source\n"
                "1,New one,Open,2024-01-10 08:30,,,,Fair\n"
                "2,Became one,Open,2024-01-10 08:30,2024-01-20 09:00,,,fair\n"
                "3,Won one,Won,2024-01-10,2024-01-20,2024-02-01,,Web\n"
                "4,Lost one,Lost,2024-01-10,,2024-02-01,Too  expensive,\n")
        self.bring(text, record_type="lead")
        leads = self.imported()
        self.assertEqual(
            [leads[n].type for n in "1234"], ["lead", "opportunity", "opportunity", "lead"])
        self.assertEqual(leads["2"].date_conversion, datetime(2024, 1, 20, 8))
        self.assertEqual(leads["1"].create_date, datetime(2024, 1, 10, 7, 30))
        self.assertEqual(leads["1"].source_id, leads["2"].source_id)
        self.assertEqual(leads["4"].lost_reason_id.name, "Too expensive")
        self.assertEqual(leads["4"].won_status, "lost")

    def test_contacts_do_not_overwrite_accounts(self):
        account = self.env["res.partner"].create(
            {"name": "ACME", "is_company": True, "email": "office@acme.example"})
        text = ("id,title,stage,created,account,contact,email,phone\n"
                "1,A,Talks,2024-01-10,Acme,Jo Lee,jo@acme.example,+32 2 123 45 67\n"
                "2,B,Talks,2024-01-10,acme,,,\n"
                "3,C,Talks,2024-01-10,,Kim,kim@example.com,\n"
                "4,D,Talks,2024-01-10,Acme,Jo Lee,JO@acme.example,\n")
        for _time in range(2):
            self.bring(text)
            leads = self.imported()
            self.assertEqual(account.email, "office@acme.example")
            self.assertEqual(leads["1"].partner_id.parent_id, account)
            self.assertEqual(leads["1"].email_from, "jo@acme.example")
            self.assertEqual(leads["4"].partner_id, leads["1"].partner_id)
            self.assertEqual(leads["2"].partner_id, account)
            self.assertFalse(leads["3"].partner_id)
            self.assertEqual((leads["3"].contact_name, leads["3"].email_from),
                             ("Kim", "kim@example.com"))

    def test_probability_tags_notes_and_deadline(self):
        text = ("id,title,stage,created,close date,probability,tags,notes\n"
                "1,A,Talks,2024-01-10,2031-05-06,25%,\"big; new\",=1+1 <b>x</b>\n"
                "2,B,Won,2024-01-10,2024-01-11,100%,big,\n")
        self.bring(text)
        leads = self.imported()
        self.assertEqual(leads["1"].probability, 25)
        self.assertEqual(leads["1"].date_deadline, date(2031, 5, 6))
        self.assertFalse(leads["1"].date_closed)
        self.assertEqual(set(leads["1"].tag_ids.mapped("name")), {"big", "new"})
        self.assertIn("=1+1 &lt;b&gt;x&lt;/b&gt;", leads["1"].description)
        self.assertFalse(leads["2"].date_deadline)

    def test_layout_is_remembered(self):
        text = "Nr,What,Who,Phase,Start,End,Worth\nA1,Deal,,Talks,10/01/2024,,\"1,5\"\n"
        columns = {"Nr": "ref", "What": "name", "Who": "user", "Phase": "stage",
                   "Start": "created", "End": "closed", "Worth": "amount"}
        self.bring(text, columns=columns, date_order="dmy", decimal=",")
        wizard = self.upload(text)
        wizard.action_read()
        self.assertEqual(
            {column.header: column.target for column in wizard.column_ids}, columns)
        self.assertEqual((wizard.date_order, wizard.decimal), ("dmy", ","))
        self.assertEqual(self.imported()["A1"].expected_revenue, 1.5)

    def test_import_again_after_the_last_step_is_refused(self):
        wizard = self.bring(ONE + "A1,Deal,,Talks,2024-01-10,,1\n")
        for action in (wizard.action_import, wizard.action_back):
            with self.assertRaises(UserError):
                action()

    def test_failure_while_writing_leaves_nothing(self):
        wizard = self.check(HISTORY, teams=TEAMS)
        before = self.Lead.search_count([]), self.env["res.partner"].search_count([])
        writer = self.env.registry["crm.lead.import.writer"]

        def fail(self, leads):
            raise UserError("disk full")

        self.patch(writer, "_after_moments", fail)
        with self.assertRaisesRegex(UserError, "disk full"), self.env.cr.savepoint():
            wizard.action_import()
        self.assertEqual(wizard.state, "check")
        self.assertEqual(
            (self.Lead.search_count([]), self.env["res.partner"].search_count([])), before)

    def test_locked_days_are_announced(self):
        self.company.kpi_lock_date = "2023-06-01"
        wizard = self.check(HISTORY)
        self.assertIn("locked before 2023-06-01", wizard.notice)

    def test_imported_ids_are_not_copied_and_unique(self):
        self.bring(ONE + "A1,Deal,,Talks,2024-01-10,,1\n")
        self.assertFalse(self.imported()["A1"].copy().import_ref)

    def test_results_open(self):
        wizard = self.bring(HISTORY, refresh_kpis=True)
        action = wizard.action_open_leads()
        found = self.Lead.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(len(found), len(ROWS))
        action = wizard.action_open_kpis()
        self.assertEqual(
            self.Snapshot._read_group(action["domain"], [], ["lead_count:sum"])[0][0], len(ROWS))

    def test_only_sales_managers(self):
        for user in (self.rep, self.colleague):
            for model in ("crm.lead.import", "crm.lead.import.value", "crm.lead.import.mapping"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search_count([])
        mapping = self.env["crm.lead.import.mapping"]
        self.bring(ONE + "A1,Deal,,Talks,2024-01-10,,1\n")
        self.assertTrue(mapping.with_user(self.manager).search_count([]))
        self.assertFalse(mapping.with_user(self.other_manager).with_context(
            allowed_company_ids=self.other_company.ids).search_count([]))

    def test_only_into_own_companies(self):
        with self.assertRaises(AccessError):
            self.Import.create({"company_id": self.other_company.id})

    def test_problem_sheet(self):
        wizard = self.check(ONE + "A1,Deal,,Won,2024-01-10,,=1+1\n", create_users=False)
        rows = cells(base64.b64decode(wizard.issue_file))
        self.assertEqual(rows[0], ["Row", "Column", "Value", "What to do"])
        self.assertEqual(rows[1][:3], [2, "amount", "=1+1"])
        self.assertEqual(rows[2][:2], [2, "closed"])
        self.assertIn("won but has no close date", rows[2][3])
        self.assertIn(f"/{wizard.id}/issue_file", wizard.action_download_issues()["url"])
