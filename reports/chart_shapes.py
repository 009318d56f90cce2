# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Draws a chart as plain SVG shapes, for paper; the template writes them out and escapes texts.

A shape is ``(tag, attributes, text)``. Series differ by dashes, points and hatching as well as by
colour, so that a copy in black and white can be read.
"""

from ..tools.chart import ticks

WIDTH, HEIGHT = 860, 280
LEFT, RIGHT, TOP, BOTTOM = 84, 10, 22, 66  # room for the axis, its labels and the legend
LINE_LOOKS = {"gain": ("#00796b", None), "cost": ("#c0392b", "7,4")}
TOTAL, GAIN, COST, MARK, GRID, INK, SHADE = (
    "#4a5568", "#00796b", "#c0392b", "#5752d1", "#d8dadd", "#374151", "#f3f4f6")
FILLS = ["#3188e6", "#f48935", "#00a78d", "#8481dd", "#ce4257", "#c08a16", "#056bd9", "#7e8290"]
# Gaps between level and between upright lines; 0 is no line.
HATCHES = [(0, 0), (5, 0), (0, 5), (8, 8), (10, 0), (0, 10), (4, 4), (3, 0)]


def draw(chart, amount):
    """Return the shapes of a chart.

    :param chart: a ``tools.chart.Chart``
    :param amount: function from a number to its text, as short as an axis wants it
    :return: list of ``(tag, attributes, text)``; tags are rect, path and text
    """
    return _Drawing(chart, amount).draw()


class _Drawing:
    def __init__(self, chart, amount):
        self.chart, self.amount, self.shapes = chart, amount, []
        self.levels = ticks(*chart.extent())
        self.slot = (WIDTH - LEFT - RIGHT) / max(len(chart.labels), 1)

    def draw(self):
        self._shade()
        self._axes()
        {"lines": self._lines, "steps": self._steps, "stack": self._stack}[self.chart.type]()
        self._mark()
        if self.chart.type != "steps":
            self._legend()
        return self.shapes

    def x(self, place):
        return LEFT + (place + 0.5) * self.slot

    def y(self, value):
        low, high = self.levels[0], self.levels[-1]
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def add(self, tag, text="", **attributes):
        named = {name.replace("_", "-"): _plain(value) for name, value in attributes.items()
                 if value is not None}
        self.shapes.append((tag, named, text))

    def text(self, x, y, text, anchor="middle", **attributes):
        self.add("text", text, x=x, y=y, text_anchor=anchor, font_size=11,
                 **{"fill": INK, **attributes})

    def line(self, x1, y1, x2, y2, stroke=GRID, width=1, dash=None):
        self.add("path", d=_path([(x1, y1), (x2, y2)]), fill="none", stroke=stroke,
                 stroke_width=width, stroke_dasharray=dash)

    def _shade(self):
        if not self.chart.shade:
            return
        place, label = self.chart.shade
        left = self.x(place) - self.slot / 2
        self.add("rect", x=left, y=TOP, width=WIDTH - RIGHT - left, height=HEIGHT - TOP - BOTTOM,
                 fill=SHADE)
        self.text(WIDTH - RIGHT, TOP - 6, label, "end", font_style="italic")

    def _axes(self):
        for level in self.levels:
            self.line(LEFT, self.y(level), WIDTH - RIGHT, self.y(level),
                      INK if level == 0 else GRID)
            self.text(LEFT - 6, self.y(level) + 3.5, self.amount(level), "end")
        every = -(-len(self.chart.labels) // 12)  # more than twelve would run into each other
        for place, label in enumerate(self.chart.labels):
            if place % every == 0:
                self.text(self.x(place), HEIGHT - BOTTOM + 16, label)

    def _lines(self):
        for series in self.chart.series:
            colour, dash = LINE_LOOKS.get(series.role, LINE_LOOKS["gain"])
            if series.low is not None:
                self._band(series, colour)
            points = [(self.x(place), self.y(value)) for place, value in enumerate(series.values)
                      if value is not None]
            self.add("path", d=_path(points), fill="none", stroke=colour, stroke_width=2.5,
                     stroke_dasharray=dash)

    def _band(self, series, colour):
        known = [place for place in range(len(series.low))
                 if None not in (series.low[place], series.high[place])]
        edge = [(self.x(place), self.y(series.high[place])) for place in known]
        edge += [(self.x(place), self.y(series.low[place])) for place in reversed(known)]
        if edge:
            self.add("path", d=_path(edge) + " Z", fill=colour, fill_opacity=0.13, stroke=colour,
                     stroke_width=0.5, stroke_dasharray="2,3")

    def _steps(self):
        series = self.chart.series[0]
        totals = series.totals or [False] * len(series.values)
        for place, (start, end) in enumerate(self.chart.step_bars()):
            colour = TOTAL if totals[place] else GAIN if end >= start else COST
            hatch = 1 if colour == COST else 0
            self._bar(place, start, end, colour, hatch)
            sign = "" if totals[place] or end == start else "+" if end > start else "−"
            value = end - start
            text = sign + self.amount(abs(value) if sign else value)
            self.text(self.x(place), self.y(max(start, end)) - 4, text, font_weight="bold")

    def _stack(self):
        up, down = [0.0] * len(self.chart.labels), [0.0] * len(self.chart.labels)
        for index, series in enumerate(self.chart.series):
            for place, value in enumerate(series.values):
                if value:
                    base = up if value > 0 else down
                    self._bar(place, base[place], base[place] + value,
                              FILLS[index % len(FILLS)], index)
                    base[place] += value

    def _bar(self, place, start, end, colour, hatch):
        width = min(self.slot * 0.66, 70)
        box = {"x": self.x(place) - width / 2, "y": self.y(max(start, end)), "width": width,
               "height": abs(self.y(start) - self.y(end)), "stroke": colour}
        self._filled(box, colour, hatch)

    def _filled(self, box, colour, index):
        """A box with its own hatching, drawn line by line: the converter to PDF loses patterns."""
        level_gap, upright_gap = HATCHES[index % len(HATCHES)]
        plain = not (level_gap or upright_gap)
        self.add("rect", **box, fill=colour, fill_opacity=None if plain else 0.3)
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        for y in _between(box["y"], bottom, level_gap):
            self.line(box["x"], y, right, y, colour)
        for x in _between(box["x"], right, upright_gap):
            self.line(x, box["y"], x, bottom, colour)

    def _mark(self):
        if not self.chart.mark:
            return
        at, label = self.chart.mark
        x = self.x(at)
        self.line(x, TOP, x, HEIGHT - BOTTOM, MARK, 1.5, "3,3")
        is_left = x < WIDTH / 2
        self.text(x + (5 if is_left else -5), TOP + 9, label, "start" if is_left else "end",
                  fill=MARK, font_weight="bold")

    def _legend(self):
        x, y = LEFT, HEIGHT - BOTTOM + 34
        for index, series in enumerate(self.chart.series):
            width = 30 + 6.4 * len(series.label)
            if x + width > WIDTH - RIGHT and x > LEFT:
                x, y = LEFT, y + 14
            self._key(x, y, index, series)
            self.text(x + 26, y + 3.5, series.label, "start")
            x += width + 12

    def _key(self, x, y, index, series):
        if self.chart.type == "lines":
            colour, dash = LINE_LOOKS.get(series.role, LINE_LOOKS["gain"])
            self.line(x, y, x + 20, y, colour, 2.5, dash)
        else:
            colour = FILLS[index % len(FILLS)]
            box = {"x": x, "y": y - 5, "width": 20, "height": 10, "stroke": colour}
            self._filled(box, colour, index)


def _between(start, end, gap):
    """Places from start to end, a gap apart; none without a gap."""
    return [start + number * gap for number in range(1, -int(-(end - start) // gap))] if gap else []


def _plain(value):
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _path(points):
    return " ".join(
        f"{'M' if index == 0 else 'L'}{_plain(float(x))},{_plain(float(y))}"
        for index, (x, y) in enumerate(points)
    )
