import json
from unittest.mock import patch

from odoo import api
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_checker import own_models
from .common_replica import ReplicaCase


@tagged("post_install", "-at_install", "fault")
class TestFaultReplica(ReplicaCase):
    """H6: whoever only looks is served by a replica, that is by a read-only transaction."""

    def own_fields(self, model):
        """Specification of the addon's fields on a model of Odoo's, to be read."""
        return {
            name: {} for name, field in self.env[model]._fields.items()
            if field._module == "crm_roi"
        }

    def test_H6_pages_of_kpis(self):
        snapshot = self.env["crm.kpi.snapshot"]
        day = [("day", "=", str(self.day))]
        with self.assertNoLogs("odoo.http", "WARNING"):
            described = self.call("crm.kpi.snapshot", "fields_get")
            self.call("crm.kpi.snapshot", "get_views", [
                (False, "pivot"), (False, "graph"), (False, "list"), (False, "search"),
            ])
            measures = [
                f"{name}:{described[name]['aggregator']}"
                for name in described if snapshot._kpi_kind(name)
            ]
            sets = [[], ["team_id"], ["day:month"], ["team_id", "day:month"]]
            self.call("crm.kpi.snapshot", "formatted_read_grouping_sets", [], sets, measures)
            self.call("crm.kpi.snapshot", "formatted_read_group", day, ["user_id"], measures)
            self.call("crm.kpi.snapshot", "web_search_read", day, {"lead_count": {}})
            measured = snapshot._measurable(is_stock=True) | snapshot._measurable(is_stock=False)
            for name in described:
                # Those of an app that is not installed have no records.
                if snapshot._kpi_kind(name) and set(snapshot._kpi_parts(name)) <= set(measured):
                    self.call("crm.kpi.snapshot", "action_drill", name, day)
        self.assert_read_only(30)

    def test_H6_drill_down_to_the_records(self):
        with self.assertNoLogs("odoo.http", "WARNING"):
            for measure in ("lead_count", "order_count", "open_count"):
                action = self.call("crm.kpi.snapshot", "action_drill", measure, [])
                model = action["res_model"]
                self.call(model, "web_search_read", action["domain"], self.own_fields(model))
                self.call(model, "formatted_read_group", action["domain"], ["user_id"], [])
            lead = self.env["crm.lead"].search([("id", "in", self.leads.ids)], limit=1)
            self.call("crm.lead", "web_read", lead.ids, self.own_fields("crm.lead"))
            self.call("crm.team", "action_open_kpis", self.env["crm.team"].search([], limit=1).ids)
        self.assert_read_only(8)

    def test_H6_every_list_of_ours(self):
        with self.assertNoLogs("odoo.http", "WARNING"):
            for name in own_models(self.env):
                model = self.env[name]
                if model._abstract or model._transient:
                    continue
                self.call(name, "get_views", [(False, "list"), (False, "search")])
                readable = {
                    field: {} for field in model.with_user(self.users["manager"]).fields_get()
                    if field not in ("create_uid", "write_uid")
                }
                self.call(name, "web_search_read", [], readable, limit=10)
                self.call(name, "name_search", "")
        self.assert_read_only(10)

    def test_H6_download(self):
        layout = {
            "title": "KPIs", "domain": [], "row_groupbys": ["team_id"], "col_groupbys": [],
            "rows": [[]], "columns": [{"values": [], "measure": "win_rate"}], "filters": [],
            "context": {},
        }
        with self.assertNoLogs("odoo.http", "WARNING"):
            response = self.url_open("/crm_roi/kpi_pivot/export_xlsx", data={
                "csrf_token": Request.csrf_token(self), "data": json.dumps(layout),
            })
        self.assertEqual(response.status_code, 200)
        self.assert_read_only()

    @mute_logger("odoo.sql_db")
    def test_H6_negative_control_a_write_while_reading_is_seen(self):
        def action_drill(snapshot, measure, domain):
            snapshot.env["crm.kpi.dirty.day"]._mark_all()
            return {}

        planted = patch.object(
            self.env.registry["crm.kpi.snapshot"], "action_drill",
            api.model(api.readonly(action_drill)),
        )
        with planted, self.assertLogs("odoo.http", "WARNING") as logs:
            self.call("crm.kpi.snapshot", "action_drill", "lead_count", [])
        self.assertRegex(logs.output[0], "retrying with a read/write cursor")
