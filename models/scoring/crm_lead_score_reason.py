"""Why a lead has its score: the sentences that made it, in the reader's language."""

from typing import NamedTuple

from odoo import api, fields, models

MINUS = "\N{MINUS SIGN}"


class Reason(NamedTuple):
    """One reason of a score.

    ``points``: what it gives now; ``text``: the rule's name; ``detail``: when it happened and
    whether it fades, or empty
    """

    points: float
    text: str
    detail: str

    @property
    def signed(self):
        """The points as a text with their sign: "+15", "−20", "+0.4"."""
        digits = 0 if abs(self.points) >= 1 else 1
        return f"{self.points:+.{digits}f}".replace("-", MINUS)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    lead_score_reasons = fields.Html(
        "Reasons of the Score", compute="_compute_lead_score_reasons", sanitize=False,
        help="The rules that this lead matches, and what they give it now.",
    )

    @api.depends_context("uid", "lang")
    @api.depends(
        "lead_score", "lead_score_fit", "lead_score_engagement", "lead_grade", "is_hot",
        "lead_score_date", "active", "won_status",
    )
    def _compute_lead_score_reasons(self):
        saved = self.filtered(lambda lead: lead._origin.id)
        (self - saved).lead_score_reasons = False
        found = saved._lead_score_rows()
        for lead in saved:
            lead.lead_score_reasons = self.env["ir.qweb"]._render(
                "crm_roi.lead_score_reasons", {"lead": lead, **lead._lead_score_explain(found)},
            )

    def _lead_score_rows(self):
        """Evaluate the live rules on these leads: one statement for each rule set.

        :return: ``{lead id: (rule set id, row of scores)}``; a lead that can not be scored is
            missing
        """
        engine = self.env["crm.lead.score.engine"]
        now, moments = fields.Datetime.now(), {}
        for lead in self._origin:
            moment = now if lead._lead_score_is_open() else lead.lead_score_date
            set_id = engine._set_of(lead.company_id.id)
            if set_id and moment:
                moments.setdefault(set_id, {})[lead.id] = moment
        return {
            row["id"]: (set_id, row) for set_id, some in moments.items()
            for row in engine._scores_at(set_id, some)
        }

    def _lead_score_is_open(self):
        return self.active and self.won_status not in ("won", "lost")

    def _lead_score_explain(self, found=None):
        """What the score of one lead is made of: of an open lead as of now, of a closed one as of
        when it was last scored.

        :param found: what ``_lead_score_rows`` found for several leads
        :return: dict ``dimensions`` (list of dicts ``name``, ``score``, ``mark``, ``reasons``:
            list of :class:`Reason`), ``score``, ``grade``, ``is_hot``, ``hot`` (threshold),
            ``is_open``, ``is_scored``, ``is_waiting`` (the stored score is not yet this one)
        """
        self.ensure_one()
        lead = self._origin
        is_open = lead._lead_score_is_open()
        if found is None:
            found = lead._lead_score_rows()
        if lead.id not in found:
            return {"is_scored": False, "is_open": is_open}
        set_id, row = found[lead.id]
        engine = self.env["crm.lead.score.engine"]
        rules = engine._rules(set_id)
        stored = (lead.lead_score_fit, lead.lead_score_engagement)
        return {
            "is_scored": True, "is_open": is_open,
            "dimensions": [
                lead._lead_score_dimension("fit", self.env._("Fit"), row, rules),
                lead._lead_score_dimension("engagement", self.env._("Engagement"), row, rules),
            ],
            "score": row["lead_score"], "grade": row["lead_grade"], "is_hot": row["is_hot"],
            "hot": lead.team_id.score_hot or engine._plan(set_id).thresholds["hot"],
            "is_waiting": stored != (row["lead_score_fit"], row["lead_score_engagement"]),
        }

    def _lead_score_dimension(self, dimension, name, row, rules):
        """:return: dict of one of the two scores, see :meth:`_lead_score_explain`"""
        reasons = []
        rules = rules.filtered(
            lambda rule: rule.dimension == dimension and row.get(f"points_{rule.id}") is not None
        )
        for group, some in rules.grouped("group_id").items():
            points = {rule: row[f"points_{rule.id}"] for rule in some}
            reasons += [
                Reason(points[rule], rule.name, self._lead_score_detail(rule, row))
                for rule in some
            ]
            reasons += self._lead_score_capped(group, sum(points.values()))
        position = 0 if dimension == "fit" else 1
        return {
            "name": name, "score": row[f"lead_score_{dimension}"],
            "mark": row["lead_grade"][position],
            "reasons": sorted(reasons, key=lambda reason: -reason.points),
            "sum": sum(reason.points for reason in reasons),
        }

    @api.model
    def _lead_score_capped(self, group, total):
        """:return: list with the :class:`Reason` that takes away what is above the group's cap"""
        if not group.cap or abs(total) <= group.cap:
            return []
        cut = (group.cap if total > 0 else -group.cap) - total
        return [Reason(cut, self.env._(
            "“%(group)s” counts for %(cap)s points at most", group=group.name,
            cap=f"{group.cap:g}",
        ), "")]

    def _lead_score_detail(self, rule, row):
        """When it happened, and what it gave then: "3 days ago, fading from +10"."""
        day = row[f"day_{rule.id}"]
        if not day:
            return ""
        today = self._kpi_company_today()
        days = (today.get(self.company_id.id, today[False]) - day).days
        when = self._lead_score_when(days)
        if abs(row[f"points_{rule.id}"] - rule.points) < 0.5:
            return when
        return self.env._(
            "%(when)s, fading from %(points)s", when=when,
            points=Reason(rule.points, "", "").signed,
        )

    @api.model
    def _lead_score_when(self, days):
        if days <= 0:
            return self.env._("today")
        if days == 1:
            return self.env._("yesterday")
        return self.env._("%(days)s days ago", days=days)

    def _lead_score_sentences(self):
        """:return: list of texts such as "+15 Decision maker in job position", best first"""
        explained = self._lead_score_explain()
        reasons = [
            reason for dimension in explained.get("dimensions", ())
            for reason in dimension["reasons"]
        ]
        return [
            f"{reason.signed} {reason.text}" + (f" ({reason.detail})" if reason.detail else "")
            for reason in sorted(reasons, key=lambda reason: -abs(reason.points))
        ]
