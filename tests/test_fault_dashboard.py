# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .access_roles import weight
from .common_replica import ReplicaCase

REFS = [
    f"crm_roi.spreadsheet_dashboard_{name}"
    for name in ("director", "my_sales", "roi", "customers", "support")
]


@tagged("post_install", "-at_install", "fault")
class TestFaultDashboard(ReplicaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boards = {ref.rpartition("_dashboard_")[2]: cls.env.ref(ref) for ref in REFS}

    def figure(self, role, code, **scope):
        """What a dashboard cell of a user shows, over all days of the marked leads."""
        user = self.users[role]
        request = {"code": code, "first": str(self.day), "unit": "days",
                   "stop": str(self.day + timedelta(days=1)),
                   "scope": {"company_ids": user.company_ids.ids, **scope}}
        Figures = self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids)
        return Figures.spreadsheet_fetch_figures([request])[0]

    # -- A5, A15: cells show what their reader may see --------------------------------------

    def test_A5_a_cell_adds_up_what_its_reader_may_see(self):
        for role, cells in (
            ("own", ("a_own", "a_nobody", "shared_nobody", "shared_own")),
            ("manager", ("a_own", "a_colleague", "a_nobody", "shared_nobody", "shared_own")),
            ("other_manager", ("b_other", "shared_nobody", "shared_own")),
        ):
            self.assertEqual(self.figure(role, "lead_count")["value"], weight(*cells), role)

    def test_A5_no_middle_of_the_team_for_who_sees_own_figures_only(self):
        team = self.env["crm.team"].create({"name": "Four", "company_id": self.company_a.id})
        people = self.users["own"] + self.users["all"] + self.users["manager"]
        team.member_ids = [Command.set(people.ids)]
        Figures = self.env["crm.kpi.figures"]
        period = Figures._dashboard_period({
            "first": str(self.day), "stop": str(self.day + timedelta(days=1)), "unit": "days"})
        hidden = Figures.with_user(self.users["own"])._middles(["lead_count"], period, {})
        self.assertEqual(hidden, {})
        # Two of the three have leads on that day: too few to say nobody's name.
        self.assertEqual(
            Figures.with_user(self.users["all"])._middles(["lead_count"], period, {}), {})

    def test_A15_a_kpi_for_managers_is_no_figure_for_others(self):
        self.assertFalse(self.figure("own", "customer_acquisition_cost"))
        self.assertFalse(self.figure("all", "revenue_to_cost"))
        self.assertEqual(self.figure("manager", "revenue_to_cost")["name"], "Revenue to Cost")

    def test_A15_dashboards_of_costs_are_for_managers(self):
        Board = self.env["spreadsheet.dashboard"]
        ours = [("id", "in", [board.id for board in self.boards.values()])]
        seen = {
            role: set(Board.with_user(self.users[role]).search(ours).mapped("name"))
            for role in ("internal", "own", "all", "manager")
        }
        everybody = {"My Sales", "Customers", "Support Value"}
        self.assertEqual(seen, {
            "internal": set(), "own": everybody, "all": everybody,
            "manager": everybody | {"CRM Director", "ROI"},
        })

    # -- A10: shared links -------------------------------------------------------------------

    def share(self):
        board = self.boards["director"]
        return self.env["spreadsheet.dashboard.share"].with_user(self.users["manager"]).create(
            {"dashboard_id": board.id, "spreadsheet_data": board.spreadsheet_data,
             "excel_export": b"dGVzdA=="})

    def statuses(self, share_id, token):
        self.logout()
        with mute_logger("odoo.http"):
            return {
                self.url_open(f"/dashboard/{page}/{share_id}/{token}").status_code
                for page in ("share", "data", "download")
            }

    def test_A10_shared_link(self):
        share = self.share()
        link = share.id, share.access_token
        self.assertEqual(self.statuses(*link), {200})
        self.assertEqual(self.statuses(share.id, "wrong"), {403})
        with self.subTest("right withdrawn"):
            manager = self.users["manager"]
            manager.group_ids -= self.env.ref("sales_team.group_sale_manager")
            self.assertEqual(self.statuses(*link), {403})
            manager.group_ids += self.env.ref("sales_team.group_sale_manager")
            self.assertEqual(self.statuses(*link), {200})
        with self.subTest("sharer archived"):
            manager.active = False
            self.assertEqual(self.statuses(*link), {403})
            manager.active = True
            self.assertEqual(self.statuses(*link), {200})
        share.unlink()
        self.assertLessEqual(self.statuses(*link), {403, 404})

    # -- H6: replicas serve dashboards ---------------------------------------------------------

    def test_H6_dashboards(self):
        with self.assertNoLogs("odoo.http", "WARNING"):
            for board in self.boards.values():
                self.assertEqual(
                    self.url_open(f"/spreadsheet/dashboard/data/{board.id}").status_code, 200)
                book = json.loads(board.spreadsheet_data)
                for pivot in book["pivots"].values():
                    self.read_pivot(pivot)
                for source in book["lists"].values():
                    self.call(source["model"], "web_search_read", self.plain(source["domain"]),
                              {name: {} for name in source["columns"]}, limit=5)
            day = str(self.day)
            self.call("crm.kpi.figures", "spreadsheet_fetch_figures", [
                {"code": code, "first": day, "stop": day, "unit": "days", "middle": True}
                for code in ("lead_count", "win_rate", "open_count", "roi_cost_total")
            ])
        self.assert_read_only(25)

    def plain(self, domain):
        """The domain as the client sends it: it knows the reader."""
        if isinstance(domain, list):
            return domain
        return safe_eval(domain, {"uid": self.users["manager"].id})

    def read_pivot(self, pivot):
        # Odoo serves fields_get by the primary; the client asks once for each model.
        fields = self.env[pivot["model"]].fields_get()
        specs = [
            name if name == "__count" else f"{name}:{fields[name]['aggregator']}"
            for name in (measure["fieldName"] for measure in pivot["measures"])
        ]
        group = ["{fieldName}:{granularity}".format(**row) if "granularity" in row
                 else row["fieldName"] for row in pivot["rows"]]
        self.call(pivot["model"], "formatted_read_grouping_sets", self.plain(pivot["domain"]),
                  [[], group], specs, context=pivot["context"])
