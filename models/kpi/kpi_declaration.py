"""How KPIs are declared: the populations they count and the three kinds of fields."""

from ...tools.fact import COUNT
from ..base.optional_number import OptionalFloat, OptionalInteger, OptionalMonetary

# Outcomes as Odoo 19 stores them: won and lost are won_status; open is active and pending;
# archived but not lost ("void") is counted nowhere.
KEPT = ("|", ("active", "=", True), ("won_status", "!=", "pending"))
OPPORTUNITY = (("type", "=", "opportunity"),)
OPEN = (*OPPORTUNITY, ("active", "=", True), ("won_status", "=", "pending"))
WON = (*OPPORTUNITY, ("won_status", "=", "won"))
LOST = (*OPPORTUNITY, ("won_status", "=", "lost"))
CLOSED = (*OPPORTUNITY, ("won_status", "in", ("won", "lost")))
BORN_AS_LEAD = ("|", ("type", "=", "lead"), ("date_conversion", "!=", False))
CONFIRMED = (("state", "=", "sale"),)
RETURNING = (*CONFIRMED, ("customer_order_rank", ">", 1))


def flow(label, theme, fact, cls=OptionalInteger, unit="count", better="higher", **kwargs):
    """A measured quantity that is summed over time and people; stored."""
    return cls(label, fact=fact, theme=theme, unit=unit, better=better, readonly=True, **kwargs)


def stock(label, theme, domain, aggregate=COUNT, model="crm.lead", **kwargs):
    """A level measured at each day's end: averaged over time, summed over people; stored."""
    cls = OptionalInteger if aggregate == COUNT else OptionalMonetary
    unit = "count" if aggregate == COUNT else "currency"
    kwargs.setdefault("aggregator", "avg")
    return flow(label, theme, (model, None, domain, aggregate), cls, unit, **kwargs)


def ratio(label, theme, formula, unit="percent", cls=OptionalFloat, better="higher", **kwargs):
    """A formula over sums, never stored and never averaged."""
    return cls(
        label, formula=formula, theme=theme, unit=unit, better=better,
        compute="_compute_formulas", aggregator="avg", **kwargs,
    )
