"""Odoo shell script: press the button Uninstall of crm_roi in Apps."""

addon = env["ir.module.module"].search([("name", "=", "crm_roi")])
addon.button_immediate_uninstall()
if addon.state != "uninstalled":
    raise SystemExit(f"crm_roi is {addon.state}, not uninstalled")
