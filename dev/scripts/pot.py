"""Odoo shell script: export the addon's translatable texts to the file that CRM_ROI_POT names."""

import os

from odoo.tools.translate import trans_export

with open(os.environ["CRM_ROI_POT"], "wb") as stream:
    trans_export(False, ["crm_roi"], stream, "po", env)
