# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Requests of the web client, and whether a read-only transaction served them."""

import json

from odoo.http import Request
from odoo.tests import HttpCase

from .access_roles import AccessCase


class ReplicaCase(HttpCase, AccessCase):
    """A manager is logged in; each request is noted with whether it was served by a replica."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_leads()

    def setUp(self):
        super().setUp()
        self.served = []
        served, original = self.served, Request._serve_ir_http

        def serve(request, rule, args):
            served.append((request.httprequest.path, request.env.cr.readonly))
            return original(request, rule, args)

        self.patch(Request, "_serve_ir_http", serve)
        self.authenticate("role_manager", "role_manager")
        self.served.clear()

    def call(self, model, method, *args, **kwargs):
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"params": {
                "model": model, "method": method, "args": args, "kwargs": kwargs,
            }}),
        ).json()
        self.assertNotIn("error", response, f"{model}.{method}: {response.get('error')}")
        return response["result"]

    def assert_read_only(self, minimum=1):
        self.assertGreaterEqual(len(self.served), minimum)
        self.assertEqual([path for path, readonly in self.served if not readonly], [])
