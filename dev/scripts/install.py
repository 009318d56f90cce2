"""Odoo shell script: press the button Activate of crm_roi in Apps."""

modules = env["ir.module.module"]
modules.update_list()
addon = modules.search([("name", "=", "crm_roi")])
addon.button_immediate_install()
if addon.state != "installed":
    raise SystemExit(f"crm_roi is {addon.state}, not installed")
