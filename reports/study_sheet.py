# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A study as a workbook: the results, with live formulas where a reader would check the sum.

Change a cost, a gain, a saving or the discount rate on the sheets and ROI, running totals and net
present value follow.
"""

import io

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from .xlsx import add_sheet, money_shape, safe_workbook, write_cell, write_formula

MONTHS, SUMMARY = "Months", "Summary"  # in English: formulas name them
HEAD = 3  # first row of the months, counted from 0
# Cells of the summary that formulas of the months read.
RATE, COUNTED = "Summary!$B$5", "Summary!$B$6"

# name on the month, how its column is filled
COLUMNS = (
    "month", "kind", "time", "crm_cost", "acquisition_cost", "cost", "gain_low", "gain",
    "gain_high", "saving_cash", "saving_other", "net_low", "net", "net_high", "cumulative_low",
    "cumulative", "cumulative_high", "discounted", "cumulative_discounted",
)
COL = {name: number for number, name in enumerate(COLUMNS)}


def render_study(study):
    """:return: the study as the bytes of an XLSX file"""
    stream = io.BytesIO()
    with safe_workbook(stream) as workbook:
        _Book(study, workbook).fill()
    return stream.getvalue()


class _Book:
    def __init__(self, study, workbook):
        self.study, self.env, self.workbook = study, study.env, workbook
        self.months = study.month_ids
        currency = study.currency_id
        self.digits = currency.decimal_places
        shape = money_shape(currency.symbol, currency.position == "before", self.digits)
        add = workbook.add_format
        self.money, self.money_bold = add({"num_format": shape}), add(
            {"num_format": shape, "bold": True})
        self.percent = add({"num_format": "0.0%", "bold": True})
        self.rate = add({"num_format": "0.00%"})
        self.number, self.month = add({"num_format": "0.0"}), add({"num_format": "mmm yyyy"})
        self.bold, self.title = add({"bold": True}), add({"bold": True, "font_size": 14})
        self.note = add({"italic": True, "font_color": "#666666"})
        self.wrap = add({"text_wrap": True, "valign": "top"})
        self.header = add({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})

    def fill(self):
        summary, months = add_sheet(self.workbook, SUMMARY), add_sheet(self.workbook, MONTHS)
        if self.months:
            self._write_months(months)
        self._write_summary(summary)
        self._write_parts()
        self._write_kpis()
        self._write_methods()
        self._write_assumptions()

    # -- Months ----------------------------------------------------------------------------

    def _write_months(self, sheet):
        write_cell(sheet, 0, 0, self.study.name, self.title)
        write_cell(sheet, 1, 0, self.env._(
            "Costs, gains and savings are figures; everything that follows from them is a "
            "formula."), self.note)
        for name, col in COL.items():
            write_cell(sheet, HEAD - 1, col, self._label(name), self.header)
        sheet.set_column(0, len(COLUMNS), 14)
        sheet.freeze_panes(HEAD, 1)
        for time, month in enumerate(self.months):
            self._write_month(sheet, HEAD + time, time, month)
        self._write_totals(sheet, HEAD + len(self.months))

    def _label(self, name):
        own = {"time": self.env._("Months to discount"), "net_low": self.env._("Net, Low"),
               "net_high": self.env._("Net, High")}
        if name in own:
            return own[name]
        return self.months._fields[name]._description_string(self.env)

    def _write_month(self, sheet, row, time, month):
        kinds = dict(month._fields["kind"]._description_selection(self.env))
        write_cell(sheet, row, COL["month"], month.month, self.month)
        write_cell(sheet, row, COL["kind"], kinds.get(month.kind))
        write_cell(sheet, row, COL["time"], time)
        for name in ("crm_cost", "acquisition_cost", "gain_low", "gain", "gain_high",
                     "saving_cash", "saving_other"):
            self._write_amount(sheet, row, COL[name], month[name])
        for name, formula in self._month_formulas(row).items():
            write_formula(
                sheet, row, COL[name], formula, self.money, self._month_value(month, name))

    def _write_amount(self, sheet, row, col, value):
        """An amount; nothing when it is not known, which is not the same as zero."""
        write_cell(sheet, row, col, None if value is False else float(value), self.money)

    def _month_formulas(self, row):
        cell = {name: xl_rowcol_to_cell(row, col) for name, col in COL.items()}
        so_far = {name: f"{xl_rowcol_to_cell(HEAD, col, row_abs=True)}:{cell[name]}"
                  for name, col in COL.items()}
        crm, acquisition = cell["crm_cost"], cell["acquisition_cost"]
        both = _if_known([acquisition], f"{crm}+{acquisition}")[1:]
        formulas = {"cost": _if_known([crm], f"IF({COUNTED}=0,{crm},{both})")}
        for side in ("", "_low", "_high"):
            gain = cell[f"gain{side}"]
            formulas[f"net{side}"] = _if_known(
                [gain, cell["cost"]], f"{gain}+{cell['saving_cash']}-{cell['cost']}")
            formulas[f"cumulative{side}"] = _sum_if_known(so_far[f"net{side}"])
        formulas["discounted"] = _if_known(
            [cell["net"]], f"ROUND({cell['net']}/(1+{RATE})^{cell['time']},{self.digits})")
        formulas["cumulative_discounted"] = _sum_if_known(so_far["discounted"])
        return formulas

    def _month_value(self, month, name):
        if name in ("net_low", "net_high"):
            gain = month[name.replace("net", "gain")]
            unknown = gain is False or month.cost is False
            return None if unknown else gain + month.saving_cash - month.cost
        return None if month[name] is False else month[name]

    def _write_totals(self, sheet, row):
        write_cell(sheet, row, 0, self.env._("Total"), self.bold)
        for name in ("crm_cost", "acquisition_cost", "cost", "gain_low", "gain", "gain_high",
                     "saving_cash", "saving_other", "net_low", "net", "net_high", "discounted"):
            values = [self._month_value(month, name) for month in self.months]
            total = None if None in values else sum(values)
            write_formula(sheet, row, COL[name], _sum_if_known(self._range(name)),
                          self.money_bold, total)

    def _range(self, name, first=0, prefix=""):
        cells = xl_range(HEAD + first, COL[name], HEAD + len(self.months) - 1, COL[name])
        return prefix + cells

    # -- Summary ---------------------------------------------------------------------------

    def _write_summary(self, sheet):
        study = self.study
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, 3, 20)
        write_cell(sheet, 0, 0, study.name, self.title)
        write_cell(sheet, 1, 0, study.summary or self.env._("Not computed yet."))
        write_cell(sheet, 2, 0, study.evidence, self.note)
        self._write_rates(sheet)
        for col, text in enumerate(("", self.env._("Low"), self.env._("Expected"),
                                    self.env._("High"))):
            write_cell(sheet, 7, col, text, self.header)
        if not self.months:
            return
        self._write_three(sheet, 8, self.env._("Gain"), "gain", self._total_formula, self.money)
        self._write_one(sheet, 9, self.env._("Savings in cash"), "saving_cash")
        self._write_one(sheet, 10, self.env._("Total cost"), "cost", study.total_cost)
        self._write_three(sheet, 11, self.env._("Return on investment"), "roi", self._roi_formula,
                          self.percent)
        self._write_three(sheet, 12, self.env._("Net present value"), "npv", self._npv_formula,
                          self.money)
        self._write_words(sheet, 13)

    def _write_rates(self, sheet):
        rate = self.study.discount_rate
        write_cell(sheet, 3, 0, self.env._("Discount rate per year"))
        write_cell(sheet, 3, 1, rate, self.rate)
        write_cell(sheet, 4, 0, self.env._("Discount rate per month"))
        write_formula(sheet, 4, 1, "=(1+B4)^(1/12)-1", self.rate, (1 + rate) ** (1 / 12) - 1)
        write_cell(sheet, 5, 0, self.env._("Acquisition cost is counted (1 yes, 0 no)"))
        write_cell(sheet, 5, 1, int(self.study.include_acquisition))

    def _write_three(self, sheet, row, label, name, formula, fmt):
        write_cell(sheet, row, 0, label, self.bold)
        names = {"gain": ("gain_low", "gain", "gain_high")}.get(
            name, (f"{name}_low", f"{name}_base", f"{name}_high"))
        for col, (side, field) in enumerate(zip(("_low", "", "_high"), names, strict=True), 1):
            value = self.study[field]
            shown = ("n/a" if name == "roi" else None) if value is False else value
            write_formula(sheet, row, col, formula(side, col), fmt, shown)

    def _write_one(self, sheet, row, label, name, value=None):
        if value is None:
            value = self.study[name]
        write_cell(sheet, row, 0, label, self.bold)
        write_formula(sheet, row, 2, _sum_if_known(self._range(name, prefix="Months!")),
                      self.money, None if value is False else value)

    def _total_formula(self, side, _col):
        return _sum_if_known(self._range(f"gain{side}", prefix="Months!"))

    def _roi_formula(self, _side, col):
        gain, saving, cost = xl_rowcol_to_cell(8, col), "$C$10", "$C$11"
        return (f'=IF(COUNT({gain},{cost})<2,"n/a",IF({cost}<=0,"n/a",'
                f"({gain}+{saving}-{cost})/{cost}))")

    def _npv_formula(self, side, _col):
        flows = self._range(f"net{side}", prefix="Months!")
        value = f"Months!{xl_rowcol_to_cell(HEAD, COL[f'net{side}'])}"
        if len(self.months) > 1:
            value += f"+NPV($B$5,{self._range(f'net{side}', 1, 'Months!')})"
        return (f'=IF(COUNT({flows})<ROWS({flows}),"",IF($C$11<=0,"",'
                f"ROUND({value},{self.digits})))")

    def _write_words(self, sheet, row):
        study = self.study
        texts = (
            (self.env._("Payback"), study.payback_text),
            (self.env._("Internal rate of return"), study.irr_text),
            (self.env._("Horizon"), study.horizon_text),
            (self.env._("Savings"), study.saving_text),
            (self.env._("To bear in mind"), study.comparability),
        )
        for offset, (label, text) in enumerate(text for text in texts if text[1]):
            write_cell(sheet, row + offset, 0, label, self.bold)
            write_cell(sheet, row + offset, 1, text)

    # -- The other sheets ------------------------------------------------------------------

    def _write_list(self, title, labels, rows, widths=(28,)):
        sheet = add_sheet(self.workbook, title)
        for col, label in enumerate(labels):
            sheet.set_column(col, col, widths[min(col, len(widths) - 1)])
            write_cell(sheet, 0, col, label, self.header)
        for line, values in enumerate(rows, 1):
            for col, value in enumerate(values):
                fmt = self.money if isinstance(value, float) else self.wrap
                write_cell(sheet, line, col, value, fmt)
        return sheet

    def _write_parts(self):
        parts = self.study.part_ids
        labels = dict(parts._fields["code"]._description_selection(self.env))
        sheet = self._write_list(
            self.env._("Margin Split"),
            (self.env._("Part"), self.env._("Margin per month")),
            [(labels[part.code], part.amount) for part in parts])
        if parts:
            last = len(parts)
            write_cell(sheet, last + 1, 0, self.env._("Check: the parts add up to the last row"))
            write_formula(sheet, last + 1, 1, f"=ROUND(SUM(B2:B{last})-B{last + 1},{self.digits})",
                          self.money, 0)

    def _write_kpis(self):
        self._write_list(
            self.env._("KPIs"),
            (self.env._("KPI"), self.env._("Before"), self.env._("After"), self.env._("Change"),
             self.env._("95 % interval"), self.env._("In words")),
            [(line.name, line.before_text, line.after_text, line.change_text, line.interval_text,
              line.verdict_text) for line in self.study.kpi_ids],
            (30, 16, 16, 16, 28, 50))

    def _write_methods(self):
        effects = self.study.effect_ids
        labels = dict(effects._fields["method"]._description_selection(self.env))
        self._write_list(
            self.env._("Methods"),
            (self.env._("Method"), self.env._("Used"), self.env._("Gain"), self.env._("Low"),
             self.env._("High"), self.env._("p"), self.env._("Evidence")),
            [(labels[line.method], self.env._("yes") if line.is_used else self.env._("no"),
              line.gain, line.low, line.high,
              None if line.p_value is False else f"{line.p_value:.3f}",
              line.refused or line.evidence) for line in effects],
            (30, 8, 16, 16, 16, 8, 70))

    def _write_assumptions(self):
        rows = self.study._assumption_rows()
        savings = [
            (saving.name, self.env._(
                "%(hours)s hours × %(people)s people × %(cost)s = %(amount)s per month; %(cash)s",
                hours=saving.hours, people=saving.people,
                cost=self.study._money(saving.hourly_cost),
                amount=self.study._money(saving.amount),
                cash=self.env._("cash") if saving.is_cash else self.env._("not cash")))
            for saving in self.study.saving_ids]
        self._write_list(
            self.env._("Assumptions"), (self.env._("Assumption"), self.env._("Value")),
            [*rows, *savings], (34, 80))


def _if_known(cells, formula):
    """A formula that stays empty while one of its amounts is not known."""
    return f'=IF(COUNT({",".join(cells)})<{len(cells)},"",{formula})'


def _sum_if_known(cells):
    return f'=IF(COUNT({cells})<ROWS({cells}),"",SUM({cells}))'
