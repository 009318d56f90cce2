# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A report kit as a workbook: a sheet for each section, as a real table with filters, native
charts, and totals as formulas that follow the filters."""

import io

from xlsxwriter.utility import xl_range

from .xlsx import add_sheet, add_table, money_shape, safe_workbook, write_cell, write_formula

TONES = {"good": "#1B5E20", "warning": "#8A5A00", "bad": "#B3261E"}
MIN_WIDTH, MAX_WIDTH = 11, 60
TOP = 2  # row of the headings, counted from 0


def render_kit(kit):
    """:return: a ``tools.kit.Kit`` as the bytes of an XLSX file"""
    stream = io.BytesIO()
    with safe_workbook(stream) as workbook:
        _Book(kit, workbook).fill()
    return stream.getvalue()


class _Book:
    def __init__(self, kit, workbook):
        self.kit, self.workbook, self.formats = kit, workbook, {}

    def fill(self):
        for number, section in enumerate((*self.kit.sections, self.kit.definitions)):
            sheet = add_sheet(self.workbook, section.title)
            if self.kit.is_rtl:
                sheet.right_to_left()
            self._write_head(sheet, section, is_first=not number)
            self._write_section(sheet, section)
            sheet.set_paper(0)  # the printer's own
            sheet.fit_to_pages(1, 0)
            sheet.set_landscape()

    def _write_head(self, sheet, section, is_first):
        title = f"{self.kit.title}: {section.title}" if is_first else section.title
        write_cell(sheet, 0, 0, title, self._format(bold=True, font_size=14))
        facts = " · ".join(f"{label}: {text}" for label, text in self.kit.facts)
        write_cell(sheet, 1, 0, facts, self._format(italic=True, font_color="#666666"))

    def _write_section(self, sheet, section):
        if not section.rows:
            write_cell(sheet, TOP, 0, section.empty)
            return
        labels = add_table(sheet, TOP, [column.label for column in section.columns],
                           len(section.rows), self._header())
        for line, row in enumerate(section.rows, TOP + 1):
            for col, cell in enumerate(row):
                write_cell(sheet, line, col, cell.value, self._look(cell))
        sheet.freeze_panes(TOP + 1, 1)
        self._set_widths(sheet, section, labels)
        end = self._write_totals(sheet, section)
        note = self._format(italic=True, font_color="#666666")
        for offset, text in enumerate(section.notes):
            write_cell(sheet, end + 1 + offset, 0, text, note)
        self._add_charts(sheet, section, end + 2 + len(section.notes))

    def _write_totals(self, sheet, section):
        """A row under the table; sums of what a filter leaves.

        :return: the row after it
        """
        end = TOP + 1 + len(section.rows)
        if not section.total or not any(column.is_sum for column in section.columns):
            return end
        write_cell(sheet, end, 0, section.total[0].text, self._format(bold=True, top=1))
        for col, column in enumerate(section.columns):
            cells = [row[col] for row in section.rows]
            if column.is_sum:
                known = [cell.value for cell in cells if cell.value is not None]
                kinds = {cell.kind for cell in cells}
                shape = self._shape(next(k for k in ("money", "float", "integer") if k in kinds))
                write_formula(
                    sheet, end, col, f"=SUBTOTAL(109,{xl_range(TOP + 1, col, end - 1, col)})",
                    self._format(bold=True, top=1, num_format=shape), sum(known))
        return end + 1

    def _add_charts(self, sheet, section, row):
        """Native charts of some columns against the first one."""
        for number, col in enumerate(section.chart_columns):
            chart = self.workbook.add_chart({"type": section.chart_kind})
            name, last = sheet.get_name(), TOP + len(section.rows)
            chart.add_series({
                # By address, so that no name becomes a formula.
                "name": [name, TOP, col],
                "categories": [name, TOP + 1, 0, last, 0],
                "values": [name, TOP + 1, col, last, col],
            })
            chart.set_legend({"position": "bottom"})
            chart.set_x_axis({"reverse": self.kit.is_rtl})
            chart.show_blanks_as("gap")
            chart.set_size({"width": 760, "height": 300})
            sheet.insert_chart(row + 16 * number, 0, chart)

    def _set_widths(self, sheet, section, labels):
        for col, label in enumerate(labels):
            texts = [row[col].text for row in section.rows]
            longest = max(map(len, (*texts, label[:24])))
            width = min(max(longest + 3, MIN_WIDTH), MAX_WIDTH)
            sheet.set_column(col, col, width)

    # -- Looks -----------------------------------------------------------------------------

    def _header(self):
        return self._format(bold=True, text_wrap=True, valign="top")

    def _look(self, cell):
        look = {"num_format": self._shape(cell.kind), "valign": "top"}
        if cell.kind == "text":
            look["text_wrap"] = len(cell.text) > MAX_WIDTH
        if cell.tone:
            look["font_color"] = TONES[cell.tone]
        return self._format(**look)

    def _shape(self, kind):
        return {
            "integer": "#,##0", "float": "#,##0.0", "percent": "0.0%", "days": "#,##0.0",
            "money": money_shape(*self.kit.currency), "date": "yyyy-mm-dd",
            "datetime": "yyyy-mm-dd hh:mm",
        }.get(kind, "General")

    def _format(self, **properties):
        """Return one format object per look: a workbook keeps every one it is given."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]
