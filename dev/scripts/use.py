"""Odoo shell script: use the addon for a while, so that an uninstall has something to remove."""

import os
import sys

sys.path.insert(0, os.environ["CRM_ROI_CHECKOUT"])

from dev.life.use import use  # noqa: E402

print("models:", ", ".join(use(env)))
