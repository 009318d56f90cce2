"""Runs the comparison: one sample, every habit with every result, one correction for all."""

from datetime import timedelta

from odoo import fields, models

from ...tools.association import adjusted, associate, centred, discoveries
from ...tools.band import bands, bend
from ...tools.ranking import rank
from ...tools.report_period import ReportPeriod

SURE = 0.05


class CrmWinningAnalysis(models.Model):
    _inherit = "crm.winning.analysis"

    def _run(self):
        """Compute the results anew, with the rights of the current user."""
        self.ensure_one()
        self.check_access("write")
        reader = self._reader()
        sample = reader._sample(self)
        wins = reader._wins(self)
        findings = self._findings(reader, sample)
        ranking = rank([won for won, _closed in wins.values()],
                       [closed for _won, closed in wins.values()])
        # Results are the machine's: nobody else may write them. What is read was read above, with
        # the rights of whoever runs it.
        machine = self.sudo()
        self._drop_results()
        machine.env["crm.winning.finding"].create(findings)
        machine.env["crm.winning.place"].create(self._places(wins, ranking, reader))
        machine.write({
            "state": "done", "run_at": fields.Datetime.now(),
            "counted_company_ids": reader.env.companies.ids,
            "people_count": len(set(sample.people)), "point_count": len(sample.people),
            "left_out_count": sample.left_out, "mean_rate": ranking.mean if ranking else 0.0,
            "spread_p": 1.0 if not ranking or ranking.spread_p is None else ranking.spread_p,
        })

    def _reader(self):
        """Whose figures are read: this company's alone, or those of all that are switched on."""
        companies = self.env.companies if self.all_companies else self.company_id
        ids = [self.company_id.id, *(companies - self.company_id).ids]
        return self.env["crm.winning.sample"].with_context(allowed_company_ids=ids)

    # ------------------------------------------------------------------
    # Habits
    # ------------------------------------------------------------------

    def _findings(self, reader, sample):
        others = reader._confounders(self, sample) if self.question != "within" else {}
        found = [
            self._finding(sample, habit, outcome, others)
            for habit in self.habit_ids for outcome in self.outcome_ids if habit != outcome
        ]
        self._correct(found)
        return found

    def _finding(self, sample, habit, outcome, others):
        places = sample.both(habit.code, outcome.code)
        x, y = ([sample.values[kpi.code][place] for place in places] for kpi in (habit, outcome))
        people = [sample.people[place] for place in places]
        closed = [sample.closed[place] for place in places]
        vals = {
            "analysis_id": self.id, "habit_id": habit.id, "outcome_id": outcome.id,
            "verdict": "too_few", "point_count": len(places), "people_count": len(set(people)),
        }
        blocks = sample.blocks and [sample.blocks[place] for place in places]
        if places:
            # Inside a block only differences from its mean count, so these are what is drawn.
            drawn = [centred(values, blocks).tolist() for values in (x, y)]
            vals["points"] = [list(point) for point in zip(people, *drawn, closed, strict=True)]
        link = associate(x, y, blocks)
        if link is None:
            return vals
        curve = None if blocks else bend(x, y, closed)
        return {
            **vals, "verdict": "chance", "rho": link.rho, "low": link.low, "high": link.high,
            "p": link.p, "bend_p": curve[1] if curve else None,
            "bands": None if blocks else [list(band) for band in bands(x, y, closed)],
            "adjusted": {
                name: self._without(x, y, [values[place] for place in places], blocks)
                for name, values in others.items()
            },
        }

    def _without(self, x, y, other, blocks):
        return None if None in other or len(set(other)) < 3 else adjusted(x, y, other, blocks)

    def _correct(self, found):
        """One correction for everything that is shown: straight and bent lines together."""
        tests = [(vals, name) for vals in found for name in ("p", "bend_p")
                 if vals.get(name) is not None]
        for (vals, name), q in zip(
            tests, discoveries([vals[name] for vals, name in tests]), strict=True,
        ):
            vals["q" if name == "p" else "bend_q"] = q
        for vals in found:
            if vals["verdict"] == "too_few":
                continue
            if vals.get("bend_q") is not None and vals["bend_q"] < SURE:
                vals["verdict"] = "band"
            elif vals["q"] < SURE:
                vals["verdict"] = "more" if vals["rho"] > 0 else "less"

    # ------------------------------------------------------------------
    # Ranking
    # ------------------------------------------------------------------

    def _places(self, wins, ranking, reader):
        if not ranking:
            return []
        rows = [
            {
                "analysis_id": self.id, "user_id": user.id, "won_count": won,
                "closed_count": closed, "rate": place.rate, "shrunken_rate": place.shrunken,
                "low": place.low, "high": place.high, "p": place.p, "q": place.q,
                "own_weight": place.weight, "verdict": self._place_verdict(place, ranking),
                "drills": self._place_drills(user, reader),
            }
            for (user, (won, closed)), place in zip(wins.items(), ranking.places, strict=True)
        ]
        rows.sort(key=lambda row: -row["shrunken_rate"])
        for sequence, row in enumerate(rows, 1):
            row["place"] = sequence
        return rows

    def _place_drills(self, user, reader):
        """What opens the deals of a place: those of the companies that were counted."""
        scope = {"user_id": user.id, "company_ids": reader.env.companies.ids}
        if self.team_id:
            scope["team_id"] = self.team_id.id
        figures = reader.env["crm.kpi.figures"]
        period = ReportPeriod(self.date_from, self.date_to + timedelta(days=1))
        won, closed = (
            figures._drill_request(code, period, scope) for code in ("won_count", "closed_count")
        )
        return {"won_count": won, "closed_count": closed, "rate": closed}

    def _place_verdict(self, place, ranking):
        # Of few deals even a small q is not enough while the average is still to be expected.
        if place.q >= SURE or place.low <= ranking.mean <= place.high:
            return "chance"
        return "above" if place.rate > ranking.mean else "below"
