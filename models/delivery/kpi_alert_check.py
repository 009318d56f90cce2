"""When an alert fires: figures of finished periods, read with the rights of its owner."""

from odoo import api, models

from ...tools.alert import alarms, streak
from ...tools.report_period import ReportPeriod
from ..base.attempt import attempt, error_text

YEAR = 365
# An alert that was begun so often and never finished waits for the next night.
MOST_TRIES = 3


class KpiAlertCheck(models.AbstractModel):
    _name = "crm.kpi.alert.check"
    _description = "Checking of KPI Alerts"

    @api.model
    def _run_alerts(self):
        """Look at all alerts whose company was measured since; each in its own transaction.

        :return: number of alerts looked at
        """
        nights = self._last_nights()
        due = [
            # One at which the server dies holds up no other: it comes last.
            alert for alert in self.search([], order="tries, id")
            if nights.get(alert.company_id)
            and (not alert.checked_day or alert.checked_day < nights[alert.company_id])
        ]
        progress = self.env["ir.cron"]._commit_progress
        left, done = progress(remaining=len(due)), 0
        for alert in due:
            if not left:
                break
            done += alert._try_check(nights[alert.company_id])
            left = progress(processed=1)
        return done

    @api.model
    def _last_nights(self):
        """:return: ``{company: last day (date) that was counted and measured}``"""
        return dict(self.env["crm.kpi.snapshot.day"]._read_group(
            [("company_id", "!=", False), ("flows_at", "!=", False), ("stocks_at", "!=", False)],
            ["company_id"], ["day:max"],
        ))

    def _try_check(self, night):
        """:return: whether it was looked at; one alert that fails stops no other"""
        def check():
            self._check()
            self.write({"checked_day": night, "tries": 0})
            return True

        return attempt(
            self.env, f"Alert {self.id}", check,
            lambda error: self._note_problem(night, error_text(error)),
            take=lambda: self._take(night), clashed=self._untake,
        )

    def _take(self, night):
        """Count the attempt before it is made, since one that kills the process counts, too."""
        if self.tries >= MOST_TRIES:
            self._note_problem(night, self.env._(
                "It was begun %(count)s times and never finished.", count=self.tries,
            ))
            return False
        self.tries += 1
        self.env["ir.cron"]._commit_progress()
        return True

    def _untake(self):
        """A clash, as with the owner who has just changed it, was nobody's fault."""
        self.tries = max(self.tries - 1, 0)

    def _note_problem(self, night, text):
        """The next night tries again; until then its form says what is wrong."""
        self.write({"problem": text, "checked_day": night, "tries": 0})

    def _check(self):
        """Fire, or arm again, by the figures as they are."""
        self.ensure_one()
        problem = self._problem()
        if self.problem != problem:
            self.problem = problem
        if problem:
            return
        judged = self._judged(self._as_owner(), self.periods)
        state = streak([bad for _day, _value, _limit, bad in judged], self.periods)
        if state is True and self.state == "ok":
            self._fire(*judged[-1][:3])
        elif state is False and self.state == "firing":
            self._recover(*judged[-1][:3])

    def _problem(self):
        """Why the owner cannot be told, or False."""
        owner = self.owner_id
        if not owner.active or owner.share or self.company_id not in owner.company_ids:
            return self.env._(
                "%(owner)s does not work in %(company)s any more. Choose somebody else to tell.",
                owner=owner.name, company=self.company_id.name,
            )
        if self.kpi_id.problem:
            return self.kpi_id.problem
        if not self._as_owner()._kpis([self.kpi_id.code]):
            return self.env._("%(owner)s may not see this KPI.", owner=owner.name)
        if self.condition in ("warning", "alarm") and not self._limit_of_kpi():
            return self.env._("The KPI dictionary has no such threshold for this KPI.")
        return False

    def _as_owner(self):
        return self._figures_of(self.owner_id)

    def _figures_of(self, user):
        # As the owner, or as who looks at the preview: neither is told what he may not see.
        return self.env["crm.kpi.figures"].with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, lang=user.lang, tz=user.tz,
        )

    # ------------------------------------------------------------------
    # Judging periods
    # ------------------------------------------------------------------

    def _judged(self, figures, count):
        """The latest periods as ``figures`` (a figures service of some user) sees them.

        :return: list of ``(first day, value or None, limit or None, bad)``, oldest first; ``bad``
            is True, False or None where nothing is known
        """
        if self.condition == "target":
            return self._judged_by_target(figures, count)
        limit = self.value if self.condition in ("below", "above") else self._limit_of_kpi()
        is_low = self.condition == "below" or (
            self.condition in ("warning", "alarm") and self.kpi_id.better == "higher"
        )
        # Thresholds count from their value on, as everywhere else.
        is_from = self.condition in ("warning", "alarm")
        return [
            (day, value, limit, None if value is None else
             _is_past(value, limit, is_low) or (is_from and value == limit))
            for day, value in self._points(figures, count)
        ]

    def _limit_of_kpi(self):
        """A threshold of the dictionary; 0 where none is set."""
        kpi = self.kpi_id.with_company(self.company_id)
        return {"warning": kpi.threshold_warning, "alarm": kpi.threshold_alarm}[self.condition]

    def _points(self, figures, count):
        """:return: list of ``(first day, value or None)`` of the last finished periods"""
        last = figures._period("yesterday" if self.step == "day" else f"last_{self.step}")
        first = last
        for _number in range(count - 1):
            first = first.previous()
        span = ReportPeriod(first.first, last.stop)
        code = self.kpi_id.code
        points = figures._series([code], span, self._scope(), self.step)
        return points.get(code, [])

    def _scope(self):
        scope = {"team_id": self.team_id.id, "user_id": self.user_id.id}
        return {name: id_ for name, id_ in scope.items() if id_}

    def _judged_by_target(self, figures, count):
        """Finished periods against their target, the running one by its pace."""
        period = figures._period(f"this_{self.step}")
        judged = []
        for _number in range(count):
            found = figures._figures([self.kpi_id.code], period, self._scope(), compare=None)
            is_running = period.is_running(figures._today())
            judged.insert(0, (period.first, *self._missed(found, is_running)))
            period = period.previous()
        return judged

    def _missed(self, found, is_running):
        if not found or found[0]["target"] is None or found[0]["value"] is None:
            return None, None, None
        figure = found[0]
        if figure["pace"]:
            return figure["value"], figure["target"], figure["pace"] == "behind"
        if is_running:
            # Too early to say: the whole target against a few days would always be missed.
            return figure["value"], figure["target"], None
        is_low = figure["better"] == "higher"
        return figure["value"], figure["target"], _is_past(
            figure["value"], figure["target"], is_low
        )

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    def _past_alarms(self, figures):
        """When it would have fired in the last twelve months.

        :return: ``(judged periods, positions among them)``; see :meth:`_judged`
        """
        count = {"day": YEAR, "week": 52, "month": 12, "quarter": 4}[self.step]
        judged = self._judged(figures, count)
        return judged, alarms([bad for *_rest, bad in judged], self.periods)


def _is_past(value, limit, is_low):
    return value < limit if is_low else value > limit
