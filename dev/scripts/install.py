"""Odoo shell script: press Activate of crm_roi in Apps, then of others that are named."""

import os

modules = env["ir.module.module"]
modules.update_list()
for name in ["crm_roi", *os.environ.get("BESIDE", "").split()]:
    addon = modules.search([("name", "=", name)])
    addon.button_immediate_install()
    if addon.state != "installed":
        raise SystemExit(f"{name} is {addon.state}, not installed")
