"""Odoo's spreadsheet dashboards of the addon, generated from a readable description.

``python3 -m dev dashboards`` writes ``data/dashboards/*.json``; the lint compares them.
"""

import json

from ..settings import CHECKOUT
from . import customers, director, my_sales, roi, support_value

FOLDER = CHECKOUT / "data" / "dashboards"
BOOKS = {
    "crm_director": director, "my_sales": my_sales, "roi": roi, "customers": customers,
    "support_value": support_value,
}


def texts():
    """:returns: dictionary path -> text of all files, as they should be."""
    return {
        FOLDER / f"{name}{kind}_dashboard.json":
            json.dumps(module.build(is_sample).as_dict(), ensure_ascii=False, indent=1) + "\n"
        for name, module in BOOKS.items() for kind, is_sample in (("", False), ("_sample", True))
    }


def write():
    """Write all files and return how many there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = texts()
    for path, text in found.items():
        path.write_text(text)
    return len(found)


def stale():
    """Names of committed files that differ from what the description says, or are too many."""
    found = texts()
    committed = set(FOLDER.glob("*.json"))
    return sorted(
        path.name for path in committed | set(found)
        if path not in found or path not in committed or path.read_text() != found[path]
    )
