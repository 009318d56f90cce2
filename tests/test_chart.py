"""Charts: the figures of the table, the range of the axis, and the shapes on paper."""

from odoo.tests import BaseCase, tagged

from ..reports.chart_shapes import HEIGHT, WIDTH, draw
from ..tools.chart import Chart, Series, ticks

LINES = Chart(
    "lines", ["Jan", "Feb", "Mar"],
    [Series("Gain", [0, 50, None], "gain", [0, 10, None], [0, 90, None]),
     Series("Cost", [40, 45, 50], "cost")],
    label_title="Month", mark=(0.9, "Payback"),
)
STEPS = Chart(
    "steps", ["Before", "Volume", "Win rate", "After"],
    [Series("Margin", [100, -130, 60, 30], totals=[True, False, False, True])],
)


@tagged("post_install", "-at_install")
class TestChart(BaseCase):
    def test_table_has_every_figure(self):
        self.assertEqual(
            [(label, list(values)) for label, values in LINES.columns()],
            [("Gain", [0, 50, None]), ("Gain, low", [0, 10, None]), ("Gain, high", [0, 90, None]),
             ("Cost", [40, 45, 50])],
        )

    def test_json_holds_no_figure_as_null(self):
        told = LINES.as_json(7)
        self.assertEqual(told["currency_id"], 7)
        self.assertIsNone(told["series"][0]["values"][2])
        self.assertEqual(told["mark"], {"at": 0.9, "label": "Payback"})
        self.assertEqual(len(told["columns"]), 4)

    def test_extent(self):
        self.assertEqual(LINES.extent(), (0, 90))
        self.assertEqual(STEPS.step_bars(), [(0, 100), (100, -30), (-30, 30), (0, 30)])
        self.assertEqual(STEPS.extent(), (-30, 100))
        stack = Chart("stack", ["a", "b"], [Series("x", [5, -2]), Series("y", [3, None])])
        self.assertEqual(stack.extent(), (-2, 8))

    def test_ticks_cover_the_range_in_round_steps(self):
        self.assertEqual(ticks(0, 90), [0, 20, 40, 60, 80, 100])
        self.assertEqual(ticks(0, 0), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0])
        for low, high in ((-30, 100), (0, 0.07), (-5e6, 1), (0, 123456)):
            found = ticks(low, high)
            self.assertLessEqual(found[0], low)
            self.assertGreaterEqual(found[-1], high)
            self.assertLessEqual(len(found), 12)

    def test_wrong_charts_are_refused(self):
        with self.assertRaisesRegex(ValueError, "2 values for 3 labels"):
            Chart("lines", ["a", "b", "c"], [Series("x", [1, 2])])
        with self.assertRaisesRegex(ValueError, "unknown type"):
            Chart("pie", [], [])

    def test_shapes_stay_on_the_paper_and_name_every_figure(self):
        for chart in (LINES, STEPS):
            shapes = draw(chart, lambda value: f"€{value:g}")
            for tag, attributes, _text in shapes:
                if tag != "path":
                    self.assertTrue(0 <= float(attributes["x"]) <= WIDTH, attributes)
                    self.assertTrue(0 <= float(attributes["y"]) <= HEIGHT, attributes)
        texts = [text for tag, _attributes, text in draw(STEPS, lambda value: f"€{value:g}")]
        for text in ("€100", "−€130", "+€60", "€30", "Win rate"):
            self.assertIn(text, texts)

    def test_series_differ_without_colour(self):
        """Dashes, and hatching by lines of its own: patterns are lost on the way to PDF."""
        paths = [attributes for tag, attributes, _text in draw(LINES, str) if tag == "path"]
        solid = [p for p in paths if p["stroke"] == "#00796b" and p["stroke-width"] == "2.5"]
        dashed = [p for p in paths if p["stroke"] == "#c0392b"]
        self.assertTrue(solid and all("stroke-dasharray" not in p for p in solid))
        self.assertTrue(dashed and all("stroke-dasharray" in p for p in dashed))
        stack = Chart("stack", ["a"], [Series("x", [500]), Series("y", [500])])
        colours = [attributes["stroke"] for tag, attributes, _text in draw(stack, str)
                   if tag == "path"]
        self.assertGreater(len([c for c in colours if c == "#f48935"]), 2)
        self.assertNotIn("#3188e6", colours)
