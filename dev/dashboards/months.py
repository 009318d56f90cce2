"""The months of a year and of a forecast, read from stored nights and never recomputed."""

from string import ascii_uppercase

from . import looks
from .kpi import matched
from .parts import NO_DATA, SNAPSHOT, heading, shown

MONTHS = 13
FORECAST_MONTHS = 6
LAST_YEAR = (("day", ">=", "today =1d -12m"),)


class Months:
    """Sheet “Months”: a line for each of the last thirteen months, the running one last.

    Levels are those of the last night of a month.
    """

    def __init__(self, book, measures, filters, samples, domain=()):
        """
        :param measures: ``[(code, unit)]``
        :param samples: ``{code: [thirteen made-up values]}``
        """
        self.book, self.places = book, {}
        self.sheet = book.sheet("Months", (110, *([120] * (len(measures) + 1))))
        filters = [name for name in filters if name != "period"]
        pivot = book.pivot("Months", SNAPSHOT, [code for code, _unit in measures], ("day:month",),
                           (*LAST_YEAR, *domain), matched(filters), kpi_stock="last")
        self.sheet.put("A1", '=_t("Month")')
        for at in range(MONTHS):
            row = at + 2
            self.sheet.put(f"A{row}", f"=EDATE(DATE(YEAR(TODAY()),MONTH(TODAY()),1),{at - 12})")
        self.sheet.look(f"A2:A{MONTHS + 1}", number="mmm yyyy")
        for place, (code, unit) in zip(ascii_uppercase[1:], measures, strict=False):
            self.places[code] = place
            self._column(place, pivot, code, unit, samples[code])

    def _column(self, place, pivot, code, unit, samples):
        words = code.replace("_", " ").capitalize()
        self.sheet.put(f"{place}1", f'=PIVOT.HEADER({pivot},"measure","{code}")', f'=_t("{words}")')
        for at in range(MONTHS):
            self.sheet.put(
                f"{place}{at + 2}",
                f'=PIVOT.VALUE({pivot},"{code}","day:month",$A{at + 2})',
                samples[at],
            )
        self.sheet.look(f"{place}2:{place}{MONTHS + 1}",
                        number=looks.number_format(unit, self.book.is_sample))

    def cell(self, code, months_ago):
        """Cell of a KPI in a month; 0 is the running one."""
        return f"Months!{self.places[code]}{MONTHS + 1 - months_ago}"

    def month(self, months_ago):
        """Cell of the first day of a month."""
        return f"Months!A{MONTHS + 1 - months_ago}"

    def chart(self, sheet, key, row, bars, lines, axes, height=300):
        """Bars over the months, and lines on an axis of their own; returns the next free row.

        :param axes: what the left and the right axis show, with its unit
        """
        sets = [
            {"dataRange": f"Months!{self.places[code]}1:{self.places[code]}{MONTHS + 1}",
             "yAxisId": axis, "type": kind}
            for codes, axis, kind in ((bars, "y", "bar"), (lines, "y1", "line"))
            for code in codes
        ]
        titles = dict(zip(("y", "y1"), axes, strict=False))
        sheet.figure(key, {
            "type": "combo", "dataSetsHaveTitle": True, "dataSets": sets, "legendPosition": "top",
            "labelRange": f"Months!A1:A{MONTHS + 1}", "title": {"text": ""}, "aggregated": False,
            "background": "#FFFFFF", "humanize": True, "showValues": False,
            "axesDesign": {axis: {"title": {"text": text}} for axis, text in titles.items()},
        }, left=0, row=row, width=sheet.width, height=height)
        return row + -(-height // sheet.ROW) + 1


def forecast(sheet, months, row, title, menu=None):
    """Forecasts as they were made, what came of them, and how good they were.

    The forecast of a month is the weighted pipeline due in it, as stored on the last night of the
    month before; it is compared with the won revenue of that month.
    """
    heading(sheet, row, title, menu)
    heads = ("Month", "Forecast", "Won Revenue", "Error", "Size of Error")
    for place, head in zip(ascii_uppercase, heads, strict=False):
        sheet.put(f"{place}{row + 1}", f'=_t("{head}")')
    sheet.look(f"A{row + 1}", looks.HEAD_LEFT, border=looks.UNDERLINE)
    sheet.look(f"B{row + 1}:E{row + 1}", looks.HEAD, border=looks.UNDERLINE)
    sheet.height(row + 1, 40)
    first = row + 2
    for at, ago in enumerate(range(FORECAST_MONTHS, -2, -1)):
        _forecast_line(sheet, months, first + at, ago)
    last = first + FORECAST_MONTHS - 1
    sheet.look(f"A{first}:A{last + 2}", {**looks.NAME, "align": "left"}, "mmm yyyy")
    sheet.look(f"B{first}:E{last + 2}", looks.CELL,
               looks.number_format("currency", months.book.is_sample))
    return _accuracy(sheet, months, first, last)


def _forecast_line(sheet, months, row, ago):
    """A month: finished, running (0) or the next one (-1). Errors count finished months only."""
    month = months.month(ago) if ago >= 0 else f"EDATE({months.month(0)},1)"
    sheet.put(f"A{row}", f"={month}")
    known, due = (months.cell(code, ago + 1) for code in ("dated_count", "due_next_revenue"))
    sheet.put(f"B{row}", f'=IF(OR({known}="",{known}=0),"{NO_DATA}",{due})')
    if ago >= 0:
        sheet.put(f"C{row}", shown(months.cell("won_revenue", ago)))
    if ago > 0:
        both = f"AND(ISNUMBER(B{row}),ISNUMBER(C{row}))"
        sheet.put(f"D{row}", f'=IF({both},B{row}-C{row},"{NO_DATA}")')
        size = f"IF(B{row}>C{row},B{row}-C{row},C{row}-B{row})"  # ABS loses the currency
        sheet.put(f"E{row}", f'=IF({both},{size},"{NO_DATA}")')
    else:
        words = "so far" if ago == 0 else "as of last night"
        sheet.put(f"D{row}", f'=_t("{words}")')


def _accuracy(sheet, months, first, last):
    """Lines below the forecasts: what the running month will bring, WAPE and bias."""
    row = last + 3
    finished = f"ISNUMBER(D{first}:D{last})"
    won = f"SUMPRODUCT({finished}*1,C{first}:C{last})"
    count = f"COUNT(D{first}:D{last})"
    running = [months.cell(code, 0) for code in ("won_revenue", "due_revenue")]
    lines = (
        ("Expected this month", f"=SUM({running[0]},{running[1]})",
         looks.number_format("currency", months.book.is_sample),
         '=_t("won so far, plus the weighted pipeline still due this month")'),
        ("Size of errors (WAPE)", f'=IF({count}=0,"{NO_DATA}",'
         f'IFERROR(SUM(E{first}:E{last})/{won},"{NO_DATA}"))', "0.0%",
         f'=IF({count}=0,_t("No finished month has a stored forecast yet: they are kept from the '
         f'first measured night on."),{count}&" "&_t("finished months: sum of the sizes of errors '
         f'/ won revenue"))'),
        ("Bias", f'=IF({count}=0,"{NO_DATA}",'
         f'IFERROR(SUM(D{first}:D{last})/{won},"{NO_DATA}"))', "+0.0%;-0.0%",
         '=_t("sum of errors / won revenue; above 0: forecasts were too high")'),
    )
    for at, (name, formula, number, words) in enumerate(lines):
        sheet.put(f"A{row + at}", f'=_t("{name}")')
        sheet.put(f"B{row + at}", formula)
        sheet.put(f"C{row + at}", words)
        sheet.look(f"A{row + at}", {**looks.NAME, "bold": True})
        sheet.look(f"B{row + at}", {**looks.CELL, "bold": True}, number)
        sheet.look(f"C{row + at}", {**looks.NOTE, "wrapping": "overflow"})
    return row + len(lines) + 1
