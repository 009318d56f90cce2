"""Rows of another CRM's export to deals, and what is wrong in which cell."""

from datetime import datetime, timedelta

from .columns import LOST, OPEN, REPEATABLE, WON, normal, squash
from .deal import Deal, Issue
from .parsing import CellError, parse_moment, parse_number, to_utc
from .reader import Unusable
from .rows import RowReader, shown

MOMENTS = ("created", "converted", "closed", "deadline")
# A clock that runs ahead elsewhere, or a later time zone, is no mistake.
CLOCK_TOLERANCE = timedelta(hours=26)


def read_deals(sheet, columns, options):
    """Return ``(deals, issues)`` of a ``Sheet``; a row with an issue gives no deal.

    :param columns: ``{position: target}``
    """
    reader = _RowReader(sheet, columns, options)
    deals = [deal for number, values in sheet.rows if (deal := reader.read(number, values))]
    return deals, reader.issues


class _RowReader(RowReader):
    """Reads row by row and remembers what must be unique or is wrong."""

    LABELS = ("user", "team", "stage", "outcome")

    def __init__(self, sheet, columns, options):
        super().__init__(sheet, columns, REPEATABLE)
        self.options = options
        self.named = set()
        self.percent_scale = self._percent_scale()
        self.latest = options.now + CLOCK_TOLERANCE

    def read(self, number, values):
        before = len(self.issues)
        self.start(number)
        deal = Deal(number, values=self.cells(number, values))
        self._decide_outcome(deal)
        self._take_dates(deal)
        self._check_order(deal)
        self._check_labels(deal)
        self._name(deal)
        self._identify(deal)
        return deal if not deal.is_bad and len(self.issues) == before else None

    # --- cells ---

    def cell(self, target, value):
        if target in MOMENTS:
            return parse_moment(value, self.options.order)
        if target == "amount":
            return parse_number(value, self.options.decimal, self.options.symbols)
        if target == "probability":
            number = parse_number(value, self.options.decimal, ("%",)) * self.percent_scale
            if number > 100:
                raise CellError("not_a_percentage")
            return number
        return super().cell(target, value)

    def _percent_scale(self):
        """100 when the column holds fractions (0.25), 1 when it holds percentages (25)."""
        numbers = []
        for place in [place for place, target in self.columns.items() if target == "probability"]:
            for _number, values in self.sheet.rows:
                if isinstance(values[place], str) and "%" in values[place]:
                    return 1
                try:
                    numbers.append(parse_number(values[place], self.options.decimal))
                except CellError:
                    continue
        return 100 if numbers and max(numbers) <= 1 else 1

    # --- the deal as a whole ---

    def _decide_outcome(self, deal):
        values, options = deal.values, self.options
        stage = options.outcomes.get(squash(values.get("stage")))
        status = options.statuses.get(squash(values.get("outcome")))
        if "stage" not in values and "outcome" not in values:
            target = "outcome" if "outcome" in self.targets else "stage"
            self.flag(deal, target, "no_outcome")
        elif WON in (stage, status) and LOST in (stage, status):
            self.add(deal.row, self.heading["outcome"], values["outcome"], "contradiction",
                      stage=values["stage"])
        # Either column may say it: a stage "Closed Won", or a status beside the last stage.
        deal.outcome = WON if WON in (stage, status) else LOST if LOST in (stage, status) else OPEN

    def _take_dates(self, deal):
        values = deal.values
        moments = {
            target: to_utc(values[target], self.options.timezone)
            for target in ("created", "converted", "closed") if target in values
        }
        deal.created, deal.converted = moments.get("created"), moments.get("converted")
        deal.deadline = _day(values.get("deadline"))
        if deal.outcome == OPEN:
            # Systems keep the expected date of an open deal in the column of the close date.
            deal.deadline = deal.deadline or _day(values.get("closed"))
        else:
            deal.closed = moments.get("closed")
        if "created" not in values and deal.outcome == OPEN and self.options.fallback:
            deal.created = to_utc(self.options.fallback, self.options.timezone)
        self._same_day(deal)

    def _same_day(self, deal):
        """A bare day is kept as noon: do not let it fall before a time of that same day."""
        values = deal.values
        for earlier, later in (("created", "converted"), ("created", "closed"),
                               ("converted", "closed")):
            first, second = getattr(deal, earlier), getattr(deal, later)
            same_day = _day(values.get(earlier)) == _day(values.get(later))
            if first and second and second < first and same_day:
                setattr(deal, later, first)

    def _check_order(self, deal):
        if not deal.created:
            self.flag(deal, "created", "no_created_open" if deal.outcome == OPEN else "no_created")
        if deal.outcome != OPEN and not deal.closed:
            code = "no_closed_won" if deal.outcome == WON else "no_closed_lost"
            self.flag(deal, "closed", code)
        for target in ("created", "converted", "closed"):
            moment = getattr(deal, target)
            if moment and moment > self.latest:
                self.flag(deal, target, "future")
            elif moment and deal.created and moment < deal.created:
                created = shown(deal.values.get("created"))
                self.flag(deal, target, "before_created", created=created)
            elif target == "closed" and moment and deal.converted and moment < deal.converted:
                converted = shown(deal.values["converted"])
                self.flag(deal, target, "before_converted", converted=converted)

    def _check_labels(self, deal):
        if not deal.values.get("team"):
            team = self.options.teams.get(squash(deal.values.get("user")))
            if team and deal.values.get("user"):
                deal.values["team"] = team
        for target in self.LABELS:
            label = deal.values.get(target)
            if label and squash(label) in self.options.undecided.get(target, ()):
                deal.is_bad = True
                # One choice settles all rows of a label: it is named where it first occurs.
                if (target, squash(label)) not in self.named:
                    self.named.add((target, squash(label)))
                    self.add(deal.row, self.heading.get(target, ""), label, f"undecided_{target}")

    def _name(self, deal):
        values = deal.values
        deal.name = values.get("name") or " – ".join(
            part for part in (values.get("product"), values.get("partner")) if part
        ) or values.get("contact") or values.get("ref") or ""
        if not deal.name:
            self.flag(deal, "name", "no_name")

    def _identify(self, deal):
        """Give the row the key under which a second import finds its deal again."""
        # Without an id: what stays the same while a deal moves on.
        values = deal.values
        parts = [deal.name, values.get("partner"), values.get("contact"), values.get("email")]
        self.identify(deal, [*map(normal, parts), str(values.get("created", ""))])


def _day(moment):
    return moment.date() if isinstance(moment, datetime) else moment


def read_teams(sheet, columns):
    """Return ``({squashed salesperson: team}, issues)`` of the second file.

    :param columns: ``{position: "user" or "team"}``
    """
    places = {target: position for position, target in columns.items()}
    teams, issues = {}, []
    for number, values in sheet.rows:
        user, team = (values[places[target]] for target in ("user", "team"))
        if user is None or team is None or isinstance(user, Unusable) or isinstance(team, Unusable):
            continue
        known = teams.setdefault(squash(user), str(team))
        if squash(known) != squash(team):
            heading = sheet.headers[places["team"]]
            issues.append(Issue(number, heading, str(team), "two_teams",
                                {"user": str(user), "team": known}))
    return teams, issues


def latest_day(sheet, columns, order):
    """Return the latest day in the date columns of the file, None without any."""
    latest = None
    for position in [place for place, target in columns.items() if target in MOMENTS]:
        for _number, values in sheet.rows:
            try:
                day = _day(parse_moment(values[position], order))
            except CellError:
                continue
            latest = max(latest, day) if latest else day
    return latest
