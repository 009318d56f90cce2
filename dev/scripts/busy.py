"""Odoo shell script: an uninstall while a scheduled action of the addon runs is refused, whole."""

from odoo.exceptions import UserError
from odoo.tools import mute_logger

addon = env["ir.module.module"].search([("name", "=", "crm_roi")])
cron = env.ref("crm_roi.ir_cron_kpi_nightly")
env.cr.commit()
with env.registry.cursor() as cr:
    # As Odoo's own runner holds a job while it runs.
    cr.execute("SELECT FROM ir_cron WHERE id = %s FOR NO KEY UPDATE", [cron.id])
    try:
        # Odoo asks with a statement that fails, and catches the error.
        with mute_logger("odoo.sql_db"):
            addon.button_immediate_uninstall()
    except UserError as error:
        print(f"refused: {error}")
        env.cr.rollback()
    else:
        raise SystemExit("the addon was uninstalled from under its running job")
    cr.rollback()
states = set(env["ir.module.module"].search([]).mapped("state"))
if addon.state != "installed" or states & {"to remove", "to install", "to upgrade"}:
    raise SystemExit(f"crm_roi is {addon.state}; modules are {', '.join(sorted(states))}")
cron.method_direct_trigger()
