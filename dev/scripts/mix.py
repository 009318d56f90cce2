"""Odoo shell script: install, use and remove modules as the words in CRM_ROI_STEPS say."""

import os
import sys

sys.path.insert(0, os.environ["CRM_ROI_CHECKOUT"])

from dev.life.inside import run_steps  # noqa: E402

run_steps(env, os.environ["CRM_ROI_STEPS"].split())
