"""The parts dashboards are made of: figures with their comparisons, tables, charts, headings."""

from string import ascii_uppercase

from . import looks
from .kpi import matched

SNAPSHOT = "crm.kpi.snapshot"
GAP = 12
TILE_HEIGHT = 96
NO_DATA = "–"


def shown(cell):
    """Formula of a figure, a dash where there is none."""
    return f'=IF({cell}="","{NO_DATA}",{cell})'


def heading(sheet, row, title, menu=None):
    """A heading over the whole width, which opens a menu item when clicked."""
    text = f"[{title}](odoo://ir_menu_xml_id/crm_roi.{menu})" if menu else f'=_t("{title}")'
    sheet.put(f"A{row}", text, f'=_t("{title}")')
    last = ascii_uppercase[len(sheet.columns) - 1]
    sheet.look(f"A{row}:{last}{row}", looks.TITLE, border=looks.UNDERLINE)
    sheet.height(row, 40)


def note(sheet, row, text, first=None, empty=None):
    """A line of explanation in small letters.

    :param first: cell that is empty when there is nothing to explain
    :param empty: what to say then
    """
    words = f'_t("{text}")'
    sheet.put(f"A{row}", f'=IF({first}="",_t("{empty}"),{words})' if first else f"={words}")
    sheet.look(f"A{row}", {**looks.NOTE, "wrapping": "overflow"})


class Figures:
    """Sheet “Data”: a line for each KPI, computed by the figures service for the filters."""

    COLUMNS = (("A", "KPI", "name"), ("B", "Value", "value"), ("C", "Previous", "previous"),
               ("D", "Change", "change_text"), ("E", "Target", "target"),
               ("F", "Attained", "attainment_text"), ("G", "Benchmark", "benchmark"),
               ("H", "Based on", "basis_text"), ("I", "Better", "improved"),
               ("J", "Below the tile", "tile_text"))

    def __init__(self, book, kpis):
        self.book, self.kpis = book, list(kpis)
        self.data = book.sheet("Data", (220, *([110] * len(self.COLUMNS))))
        for place, head, _what in self.COLUMNS:
            self.data.put(f"{place}1", f'=_t("{head}")')
        self.data.put("K1", '=_t("On the tile")')
        self.data.look("A1:K1", {"bold": True})
        for kpi in self.kpis:
            self._line(self.row(kpi), kpi)

    def row(self, kpi):
        """Row of a KPI in the sheet."""
        return self.kpis.index(kpi) + 2

    def _line(self, row, kpi):
        samples = _samples(kpi)
        options = f',"{kpi.options}"' if kpi.options else ""
        for place, _head, what in self.COLUMNS:
            formula = f'=CRM.KPI("{kpi.code}","{what}"{options})'
            if what == "name":
                # A KPI that is not for the reader has no name either.
                formula = f'=IF({formula[1:]}="",_t("{kpi.title}"),{formula[1:]})'
            self.data.put(f"{place}{row}", formula, samples.get(what, ""))
        # Amounts of many digits are shortened on tiles, such as 12,346k€.
        self.data.put(f"K{row}", f'=IF(B{row}="","{NO_DATA}",IF(ABS(B{row})<10000,B{row},'
                                 f'FORMAT.LARGE.NUMBER(B{row})))')
        if self.book.is_sample:
            number = looks.number_format(kpi.unit, True)
            for cells in (f"B{row}:C{row}", f"E{row}", f"G{row}"):
                self.data.look(cells, number=number)
        _judge(self.data, f"J{row}", f"$I{row}")


def _judge(sheet, cell, improved):
    """Green for the better, red for the worse; the arrow in the text says up or down."""
    sheet.color(cell, f"={improved}=TRUE", looks.GREEN)
    sheet.color(cell, f"={improved}=FALSE", looks.RED)


def _samples(kpi):
    """Made-up values as the figures service would give them."""
    value, previous, target, benchmark = (*kpi.sample, "", "", "")[:4]
    difference = value - previous
    size = f"{difference * 100:+.1f} points" if kpi.unit == "percent" \
        else f"{difference / abs(previous):+.1%}"
    change = f"{'▲' if difference > 0 else '▼'} {size}"
    share = f"{value / target:.0%}" if target else NO_DATA
    improved = NO_DATA if kpi.better == "none" else (difference > 0) == (kpi.better == "higher")
    return {
        "name": f'=_t("{kpi.title}")', "value": value, "previous": previous, "target": target,
        "benchmark": benchmark, "change_text": change, "attainment_text": share,
        "basis_text": kpi.basis, "improved": str(improved).upper(),
        "tile_text": f"{change} · {share} of target" if target else change,
    }


def tiles(sheet, figures, kpis, row, columns=5, menu=None):
    """Big figures, each with its change; returns the next free row."""
    width = (sheet.width - (columns - 1) * GAP) // columns
    for position, kpi in enumerate(kpis):
        line, column = divmod(position, columns)
        at = figures.row(kpi)
        sheet.figure(f"tile-{kpi.code}", {
            "type": "scorecard", "title": {"text": kpi.title, "bold": True, "fontSize": 13,
                                           "color": looks.INK},
            "keyValue": f"Data!K{at}", "keyDescr": {"text": "", "fontSize": 26},
            "baseline": f"Data!J{at}", "baselineMode": "text",
            "baselineDescr": {"text": "", "fontSize": 11},
            "baselineColorUp": looks.GREEN, "baselineColorDown": looks.RED,
            "background": looks.TILE, "humanize": False,
        }, left=column * (width + GAP), row=row, top=8 + line * (TILE_HEIGHT + GAP), width=width,
            height=TILE_HEIGHT, menu=f"crm_roi.{kpi.menu or menu}")
    lines = -(-len(kpis) // columns)
    return row + -(-(lines * (TILE_HEIGHT + GAP) + 8) // sheet.ROW)


def comparison(sheet, figures, row, kpis=None):
    """Table of KPIs with the period before, target and benchmark; returns the next free row."""
    columns = figures.COLUMNS[:8]
    for place, head, _what in columns:
        sheet.put(f"{place}{row}", f'=_t("{head}")')
    sheet.look(f"A{row}", looks.HEAD_LEFT, border=looks.UNDERLINE)
    sheet.look(f"B{row}:H{row}", looks.HEAD, border=looks.UNDERLINE)
    for kpi in kpis or figures.kpis:
        row, at = row + 1, figures.row(kpi)
        for place, _head, what in columns:
            cell = f"Data!{place}{at}"
            is_text = what in ("name", "basis_text")
            sheet.put(f"{place}{row}", f'=IF({cell}="","",{cell})' if is_text else shown(cell))
        sheet.look(f"A{row}", looks.NAME)
        sheet.look(f"B{row}:H{row}", looks.CELL)
        if figures.book.is_sample:
            for cells in (f"B{row}:C{row}", f"E{row}", f"G{row}"):
                sheet.look(cells, number=looks.number_format(kpi.unit, True))
        _judge(sheet, f"D{row}", f"Data!$I${at}")
    return row + 2


def middle(sheet, figures, row, kpis, samples):
    """Table of one's own figures beside the middle of the team, nobody being named.

    :param samples: ``{code: (median, lowest, highest)}``
    """
    heads = (("KPI", None), ("Mine", None), ("Middle of the team", "middle"),
             ("Lowest", "middle_low"), ("Highest", "middle_high"), ("Colleagues", "middle_n"))
    places = ascii_uppercase[:len(heads)]
    for place, (head, _what) in zip(places, heads, strict=True):
        sheet.put(f"{place}{row}", f'=_t("{head}")')
    sheet.height(row, 40)
    sheet.look(f"A{row}", looks.HEAD_LEFT, border=looks.UNDERLINE)
    sheet.look(f"B{row}:{places[-1]}{row}", looks.HEAD, border=looks.UNDERLINE)
    for kpi in kpis:
        row, at = row + 1, figures.row(kpi)
        sheet.put(f"A{row}", f"=Data!A{at}")
        sheet.put(f"B{row}", shown(f"Data!B{at}"))
        values = dict(zip(("middle", "middle_low", "middle_high"), samples[kpi.code], strict=True))
        for place, (_head, what) in zip(places[2:], heads[2:], strict=True):
            cell = f'CRM.KPI("{kpi.code}","{what}","mine")'
            sheet.put(f"{place}{row}", f'=IF({cell}="","{NO_DATA}",{cell})', values.get(what, 7))
        sheet.look(f"A{row}", looks.NAME)
        sheet.look(f"B{row}:{places[-1]}{row}", looks.CELL)
    note(sheet, row + 1, "Shown to those who may read the figures of everybody, for teams of three "
                         "colleagues and more.")
    return row + 3


def ranking(sheet, book, row, title, group, measures, filters, sort, samples, domain=(), count=8,
            model=SNAPSHOT, **context):
    """Table with a line for each team, salesperson or source, best first.

    :param measures: ``[(code, unit)]``; of snapshots, levels are those of the last night
    :param samples: ``[(name, *values)]`` for an empty database
    """
    if model == SNAPSHOT:
        context = {"kpi_stock": "last", **context}
    pivot = book.pivot(title, model, [code for code, _unit in measures], (group,), domain,
                       matched(filters), sort, **context)
    places = ascii_uppercase[1:len(measures) + 1]
    sheet.put(f"A{row}", f'=_t("{title}")')
    sheet.height(row, 40)
    sheet.look(f"A{row}", looks.HEAD_LEFT, border=looks.UNDERLINE)
    sheet.look(f"B{row}:{places[-1]}{row}", looks.HEAD, border=looks.UNDERLINE)
    for place, (code, unit) in zip(places, measures, strict=True):
        words = _words(code.strip("_"))
        sheet.put(f"{place}{row}", f'=PIVOT.HEADER({pivot},"measure","{code}")', f'=_t("{words}")')
        sheet.look(f"{place}{row + 1}:{place}{row + count}", looks.CELL,
                   looks.number_format(unit, book.is_sample))
    sheet.look(f"A{row + 1}:A{row + count}", looks.NAME)
    for position in range(1, count + 1):
        line = samples[position - 1] if position <= len(samples) else ("", *[""] * len(measures))
        where = f'"#{group}",{position}'
        sheet.put(f"A{row + position}", f"=PIVOT.HEADER({pivot},{where})", line[0])
        for place, (code, _unit), value in zip(places, measures, line[1:], strict=True):
            sheet.put(f"{place}{row + position}", f'=PIVOT.VALUE({pivot},"{code}",{where})', value)
    return row + count + 2


def records(sheet, book, row, title, model, columns, order, domain, match, samples, count=8,
            menu=None):
    """List of records, each opening its own.

    :param columns: ``[(field, heading or None for the field's own, unit, width in columns)]``
    """
    number = book.list(title, model, [field for field, *_rest in columns], order, domain, match)
    heading(sheet, row, title, menu)
    last = ascii_uppercase[len(sheet.columns) - 1]
    sheet.height(row + 1, 40)
    sheet.look(f"A{row + 1}:{last}{row + 1}", border=looks.UNDERLINE)
    places = _places(columns)
    for place, (field, head, unit, _width) in zip(places, columns, strict=True):
        words = f',_t("{head}")' if head else ""
        sheet.put(f"{place}{row + 1}", f'=ODOO.LIST.HEADER({number},"{field}"{words})',
                  f'=_t("{head or _words(field)}")')
        is_left = unit == "text"
        sheet.look(f"{place}{row + 1}", looks.HEAD_LEFT if is_left else looks.HEAD)
        style = looks.NAME if place == "A" else looks.TEXT if is_left else looks.CELL
        sheet.look(f"{place}{row + 2}:{place}{row + count + 1}", style,
                   looks.number_format(unit, book.is_sample))
    for position in range(1, count + 1):
        line = samples[position - 1] if position <= len(samples) else [""] * len(columns)
        for place, (field, *_rest), value in zip(places, columns, line, strict=True):
            sheet.put(f"{place}{row + position + 1}",
                      f'=ODOO.LIST({number},{position},"{field}")', value)
    return row + count + 3


def _places(columns):
    """Letters of the columns that begin where the one before, as wide as it is, ends."""
    places, at = [], 0
    for *_what, width in columns:
        places.append(ascii_uppercase[at])
        at += width
    return places


def _words(code):
    """What a made-up heading calls a field."""
    return code.removesuffix("_id").replace("_", " ").capitalize()


def bars(sheet, book, row, title, model, group, measure, domain, match, samples, count=10,
         height=240, **context):
    """Horizontal bars for the groups of a model, in their own order; returns the next free row.

    :param samples: ``[(name, value)]`` for an empty database
    """
    data = book.sheet(title, (220, 110))
    pivot = book.pivot(title, model, [measure], (group,), domain, match, **context)
    data.put("A1", f'=_t("{title}")')
    data.put("B1", f'=PIVOT.HEADER({pivot},"measure","{measure}")', '=_t("Count")')
    for position in range(1, count + 1):
        name, value = samples[position - 1] if position <= len(samples) else ("", "")
        where = f'"#{group}",{position}'
        data.put(f"A{position + 1}", f"=PIVOT.HEADER({pivot},{where})", name)
        data.put(f"B{position + 1}", f'=PIVOT.VALUE({pivot},"{measure}",{where})', value)
    sheet.figure(f"bars-{title.lower().replace(' ', '-')}", {
        "type": "bar", "dataSetsHaveTitle": True, "horizontal": True, "stacked": False,
        "dataSets": [{"dataRange": f"{title}!B1:B{count + 1}", "yAxisId": "y"}],
        "labelRange": f"{title}!A1:A{count + 1}", "legendPosition": "none", "aggregated": False,
        "title": {"text": ""}, "background": "#FFFFFF", "showValues": False,
    }, left=0, row=row, width=sheet.width, height=height)
    return row + -(-height // sheet.ROW) + 1
