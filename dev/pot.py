"""Writes the list of translatable texts."""

import re

from .settings import ADDON, CHECKOUT

TARGET = CHECKOUT / "i18n" / f"{ADDON}.pot"
# Dates would make every list differ from the last one.
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


def write(odoo):
    """Export all texts of the addon as installed in a database to i18n/."""
    TARGET.parent.mkdir(exist_ok=True)
    odoo.script("pot", CRM_ROI_POT=str(TARGET))
    TARGET.write_text(DATES.sub("", TARGET.read_text()))
    return TARGET
