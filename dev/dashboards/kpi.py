"""What a dashboard says of a KPI; what the KPI means is declared in the addon alone."""

from dataclasses import dataclass

FILTERS = {
    "period": ("day", "date"),
    "company": ("company_id", "many2one"),
    "team": ("team_id", "many2one"),
    "user": ("user_id", "many2one"),
    "source": ("source_id", "many2one"),
}


@dataclass(frozen=True)
class Kpi:
    """A KPI on a dashboard.

    :param code: its field on ``crm.kpi.snapshot``
    :param title: short name for a tile
    :param unit: ``count``, ``percent``, ``currency``, ``days``, ``times`` ...
    :param sample: made-up value, the one of the period before, target and benchmark
    :param better: ``higher``, ``lower`` or ``none``
    :param basis: made-up words on what a share rests on
    :param options: ``last`` for the level of the last night, ``mine`` for the reader's own figures
    :param menu: menu item that its tile opens, instead of the one of all tiles
    """

    code: str
    title: str
    unit: str
    sample: tuple
    better: str = "higher"
    basis: str = ""
    options: str = ""
    menu: str = ""


def period_filters(names, default="last_90_days"):
    """Global filters of Odoo's search bar."""
    relations = {
        "company": ("Company", "res.company"), "team": ("Sales Team", "crm.team"),
        "user": ("Salesperson", "res.users"), "source": ("Source", "utm.source"),
    }
    return [
        {"id": name, "type": "date", "label": "Period", "defaultValue": default}
        if name == "period" else
        {"id": name, "type": "relation", "label": relations[name][0],
         "modelName": relations[name][1]}
        for name in names
    ]


def matched(names):
    """How filters apply to what has the dimensions of KPI snapshots; name ``period`` or not."""
    return {name: FILTERS[name] for name in names}
