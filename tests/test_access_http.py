import io
import json
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo import http
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_checker import own_models, public_calls
from .access_golden import MATRIX
from .access_roles import ROLES, VISIBLE, AccessCase
from .access_samples import sample_record

SECRET_NAME = "Zebra Marker Team"
SECRET_AMOUNT = 918273645
OUTSIDERS = [role for role in ROLES if role not in VISIBLE]
QUIET = ("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
READERS = {
    "search_read": [[]], "web_search_read": [[], {"id": {}, "display_name": {}}],
    "search_count": [[]], "name_search": [""], "read": [[1, 2, 3]],
    "export_data": [[1, 2, 3], ["display_name"]],
    "formatted_read_group": [[], [], ["__count"]],
    "formatted_read_grouping_sets": [[], [[]], ["__count"]],
    "web_read_group": [[], ["id"]],
}

# Routes without log-in, each reviewed; tests of their own show what they give and refuse.
SIGNED = {
    # For the recipient's signature in the address: the name of the kit and of the recipient.
    "/crm_roi/report_kit/<int:recipient_id>/<string:token>/unsubscribe",
    "/digest/<int:digest_id>/unsubscribe",
}

# Whoever may run scheduled actions may run these.
JOBS = ("action_run_kpi_nightly", "action_run_customer_nightly")


@tagged("post_install", "-at_install", "fault")
class TestAccessHttp(HttpCase, AccessCase):
    """A8: whoever has no sales rights gets no figure from any address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": SECRET_NAME})
        cls.make_leads()
        cls.env.cr.execute(
            "UPDATE crm_lead SET team_id = %s, expected_revenue = %s WHERE id = %s",
            [cls.team.id, SECRET_AMOUNT, cls.leads[-1].id],
        )
        cls.env.cr.execute(
            "UPDATE crm_kpi_snapshot SET team_id = %s, won_revenue = %s WHERE day = %s",
            [cls.team.id, SECRET_AMOUNT, cls.day],
        )
        cls.env.invalidate_all()
        cls.row = cls.env["crm.kpi.snapshot"].search([("day", "=", cls.day)], limit=1)

    # -- how a request is made and judged ------------------------------------------------------

    def enter(self, role):
        login = None if role == "public" else self.users[role].login
        self.authenticate(login, login)

    def reveals(self, response):
        """Whether an answer holds the marks, in its text or in the cells of a workbook."""
        if response.content[:2] == b"PK":
            book = openpyxl.load_workbook(io.BytesIO(response.content))
            text = repr([list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets])
        else:
            text = response.text
        return SECRET_NAME in text or str(SECRET_AMOUNT) in text

    def call(self, model, method, args, kwargs=None):
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}", timeout=30,
            headers={"Content-Type": "application/json"},
            data=json.dumps({"params": {
                "model": model, "method": method, "args": args, "kwargs": kwargs or {},
            }}),
        )

    def assert_refused(self, response, label):
        self.assertFalse(self.reveals(response), label)
        if response.headers["Content-Type"].startswith("application/json"):
            self.assertIn("error", response.json(), label)
        else:
            self.assertGreaterEqual(response.status_code, 300, label)

    # -- our routes ----------------------------------------------------------------------------

    def own_routes(self):
        """Routing rules whose code is ours, ``{address: rule}``."""
        return {
            rule.rule: rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.endpoint.func.__module__.startswith("odoo.addons.crm_roi.")
            and rule.rule not in SIGNED
        }

    def payload(self, address):
        """What a real client sends to one of our routes; a new route must be added here."""
        pivot = {
            "title": "KPIs", "domain": [["day", "=", str(self.day)]], "row_groupbys": ["team_id"],
            "col_groupbys": [], "rows": [[], [self.team.id]], "filters": [], "context": {},
            "columns": [{"values": [], "measure": "won_revenue"}],
        }
        return {
            "/crm_roi/kpi_pivot/export_xlsx": {"token": "t", "data": json.dumps(pivot)},
        }[address]

    def request_route(self, rule):
        values = self.payload(rule.rule)
        if "POST" in (rule.methods or ("POST",)):
            values = {**values, "csrf_token": Request.csrf_token(self)}
            return self.url_open(rule.rule, data=values, allow_redirects=False)
        return self.url_open(rule.rule, params=values, allow_redirects=False)

    @mute_logger(*QUIET)
    def test_A8_our_routes_give_outsiders_nothing(self):
        self.assertTrue(self.own_routes())
        for role in OUTSIDERS:
            self.enter(role)
            for address, rule in self.own_routes().items():
                with self.subTest(role=role, route=address):
                    self.assertNotIn(rule.endpoint.routing["auth"], ("public", "none"))
                    self.assert_refused(self.request_route(rule), f"{role} {address}")

    def test_A8_negative_control_the_same_requests_serve_a_manager(self):
        self.enter("manager")
        for address, rule in self.own_routes().items():
            response = self.request_route(rule)
            self.assertEqual(response.status_code, 200, response.text[:300])
            self.assertTrue(self.reveals(response), address)

    def test_A5_the_download_shows_the_figures_of_its_reader(self):
        layout = {
            "title": "KPIs", "domain": [["day", "=", str(self.day)]], "row_groupbys": [],
            "col_groupbys": [], "rows": [[]], "filters": [],
            "columns": [{"values": [], "measure": "lead_count"}],
        }
        for role, visible in VISIBLE.items():
            self.enter(role)
            response = self.url_open("/crm_roi/kpi_pivot/export_xlsx", data={
                "csrf_token": Request.csrf_token(self),
                "data": json.dumps(layout),
            })
            book = openpyxl.load_workbook(io.BytesIO(response.content))
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            with self.subTest(role=role):
                self.assertEqual(rows[-1][-1], visible, rows)

    @mute_logger(*QUIET)
    def test_A3_the_download_of_a_company_that_is_not_theirs_is_refused(self):
        self.enter("manager")
        layout = {
            "title": "KPIs", "domain": [], "row_groupbys": [], "col_groupbys": [], "rows": [[]],
            "filters": [], "columns": [{"values": [], "measure": "lead_count"}],
            "context": {"allowed_company_ids": [self.company_a.id, self.company_b.id]},
        }
        response = self.url_open("/crm_roi/kpi_pivot/export_xlsx", data={
            "csrf_token": Request.csrf_token(self), "data": json.dumps(layout),
        })
        self.assertGreaterEqual(response.status_code, 400)

    def test_A8_negative_control_a_planted_route_is_found(self):
        def planted(self, **_values):
            team = http.request.env["crm.kpi.snapshot"].sudo().search([]).mapped("team_id.name")
            return http.request.make_json_response(team)

        planted.__module__ = "odoo.addons.crm_roi.controllers.planted"
        controller = type("Planted", (http.Controller,), {
            "__module__": planted.__module__,
            "planted": http.route("/crm_roi/planted", type="http", auth="public")(planted),
        })
        known = http.Controller.children_classes["crm_roi"]
        self.addCleanup(self.env.registry.clear_cache, "routing")
        self.addCleanup(known.remove, controller)
        self.env.registry.clear_cache("routing")
        self.assertIn("/crm_roi/planted", self.own_routes())
        self.enter("public")
        response = self.url_open("/crm_roi/planted")
        self.assertTrue(self.reveals(response))
        with self.assertRaises(AssertionError):
            self.assert_refused(response, "planted")

    # -- remote calls --------------------------------------------------------------------------

    def remote_calls(self):
        """``(model, method, args)`` of everything that reads figures."""
        for name in own_models(self.env):
            for method, args in READERS.items():
                yield name, method, args
        day = [["day", "=", str(self.day)]]
        for measure in ("lead_count", "won_revenue", "open_count", "win_rate"):
            yield "crm.kpi.snapshot", "action_drill", [measure, day]
        yield "crm.kpi.snapshot", "read", [self.row.ids, ["team_id", "won_revenue"]]
        yield "crm.kpi.snapshot", "search_read", [[], ["team_id", "won_revenue"]]
        yield "crm.kpi.snapshot", "formatted_read_group", [[], ["team_id"], ["won_revenue:sum"]]
        yield "crm.kpi.snapshot", "export_data", [self.row.ids, ["team_id/name", "won_revenue"]]
        yield "crm.kpi.snapshot", "_run_nightly", []
        yield "crm.kpi.snapshot", "_refresh", [str(self.day), str(self.day + timedelta(days=1))]
        yield "crm.kpi", "_values", [["won_revenue"], "2000-01-01", "2100-01-01"]
        yield "crm.team", "action_open_kpis", [self.team.ids]
        yield "res.users", "action_open_kpis", [self.users["own"].ids]
        yield "res.config.settings", "action_run_kpi_nightly", [[]]

    @mute_logger(*QUIET)
    def test_A8_remote_calls_give_outsiders_nothing(self):
        for role in OUTSIDERS:
            self.enter(role)
            for name, method, args in self.remote_calls():
                if role == "settings" and method in JOBS:
                    continue  # whoever may run scheduled actions may run this one
                if "r" in MATRIX.get(name, {}).get(role, ""):
                    continue  # reviewed: shown to people without sales rights
                with self.subTest(role=role, model=name, method=method):
                    response = self.call(name, method, args)
                    self.assert_refused(response, method)

    @mute_logger("odoo.http")
    def test_A8_negative_control_the_same_calls_serve_a_manager(self):
        self.enter("manager")
        shown = [
            method for name, method, args in self.remote_calls()
            if name == "crm.kpi.snapshot" and not method.startswith("_")
            and self.reveals(self.call(name, method, args))
        ]
        self.assertEqual(
            set(shown), {"read", "search_read", "formatted_read_group", "export_data"}
        )

    @mute_logger(*QUIET)
    def test_A8_public_methods_give_outsiders_nothing(self):
        """At most an action comes back: it opens a page that is refused in turn."""
        calls = []
        for name, method in public_calls(self.env):
            model = self.env[name]
            record = sample_record(model)
            calls.append((name, method, [record.ids]))
        self.assertGreater(len(calls), 3)
        for role in OUTSIDERS:
            self.enter(role)
            for name, method, args in calls:
                if role == "settings" and method in JOBS:
                    continue
                response = self.call(name, method, args)
                with self.subTest(role=role, model=name, method=method):
                    self.assertFalse(self.reveals(response))
                    if "error" not in response.text and (args[0] or "result" in response.json()):
                        action = response.json()["result"]
                        self.assertTrue(action["type"].startswith("ir.actions."), action)

    # -- Odoo's own addresses ------------------------------------------------------------------

    def addresses(self):
        export = json.dumps({
            "model": "crm.kpi.snapshot", "ids": self.row.ids, "domain": [], "groupby": [],
            "fields": [{"name": "team_id/name", "label": "Team", "type": "char"},
                       {"name": "won_revenue", "label": "Revenue", "type": "monetary"}],
            "import_compat": False, "context": {},
        })
        for path in ("/odoo/kpis", "/odoo/kpi-dictionary", "/odoo/kpi-log", "/json/1/kpis",
                     "/json/kpis", f"/web/content/crm.kpi.snapshot/{self.row.id}/won_revenue",
                     f"/web/content?model=crm.kpi.snapshot&id={self.row.id}&field=won_revenue",
                     f"/web/image/crm.kpi.snapshot/{self.row.id}/won_revenue",
                     f"/report/html/crm_roi.any/{self.row.id}",
                     f"/report/pdf/crm_roi.any/{self.row.id}",
                     f"/mail/view?model=crm.kpi.snapshot&res_id={self.row.id}"):
            yield path, None
        yield "/web/export/csv", {"data": export}
        yield "/web/export/xlsx", {"data": export}
        yield "/json/2/crm.kpi.snapshot/search_read", {}

    @mute_logger(*QUIET, "odoo.addons.web.controllers.export", "odoo.addons.web.controllers.report")
    def test_A8_addresses_of_odoo_give_outsiders_nothing(self):
        for role in OUTSIDERS:
            self.enter(role)
            for path, values in self.addresses():
                if values is not None:
                    values = {**values, "csrf_token": Request.csrf_token(self)}
                response = self.url_open(path, data=values)
                with self.subTest(role=role, path=path):
                    self.assertFalse(self.reveals(response))

    def test_A8_negative_control_the_same_export_serves_a_manager(self):
        self.enter("manager")
        for path, values in self.addresses():
            if path.startswith("/web/export"):
                values = {**values, "csrf_token": Request.csrf_token(self)}
                self.assertTrue(self.reveals(self.url_open(path, data=values)), path)

    def test_A8_reading_needs_no_write(self):
        snapshot = type(self.env["crm.kpi.snapshot"])
        self.assertTrue(snapshot.action_drill._readonly)
        self.enter("manager")
        with patch.object(snapshot, "write", side_effect=AssertionError("write")):
            for rule in self.own_routes().values():
                self.assertEqual(self.request_route(rule).status_code, 200)
