"""Opens the local demo without typing a password.

The key is made anew at every start, lives in a file that only its owner can read, and the server
listens on the loopback interface only. The module is loaded by a start option, never installed.
"""

import hmac
import os

from odoo import http
from odoo.http import request


class DevLogin(http.Controller):
    @http.route("/crm_roi/dev_login", type="http", auth="none", sitemap=False)
    def dev_login(self, key="", redirect="/odoo"):
        """Log in as admin when the key is the one this server was started with."""
        secret = os.environ.get("CRM_ROI_LOGIN_KEY", "")
        if not secret or not hmac.compare_digest(key.encode(), secret.encode()):
            return request.redirect("/web/login")
        credential = {"login": "admin", "password": "admin", "type": "password"}
        request.session.authenticate(request.env, credential)
        return request.redirect(redirect if redirect.startswith("/odoo") else "/odoo")
