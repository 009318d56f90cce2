"""KPIs computed a second time, in plain Python over records: what the SQL must agree with."""

from collections import defaultdict
from zoneinfo import ZoneInfo


def local_day(moment, timezone):
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(timezone)).date()


def expected_lead_flows(leads, timezone_of):
    """Flows of leads by key.

    :param leads: crm.lead records, archived ones included
    :param timezone_of: function of a company record (may be empty) that gives a zone name
    :return: dict ``{(day, company id, team id, user id, source id): {kpi: value}}`` without zeros
    """
    rows = defaultdict(lambda: defaultdict(float))
    for lead in leads:
        zone = timezone_of(lead.company_id)

        def add(moment, lead=lead, zone=zone, **amounts):
            key = (
                local_day(moment, zone),
                lead.company_id.id,
                lead.team_id.id,
                lead.user_id.id,
                lead.source_id.id,
            )
            for name, amount in amounts.items():
                rows[key][name] += amount

        won = lead.probability == 100 and lead.stage_id.is_won
        lost = not won and not lead.active and lead.probability == 0
        if not lead.active and not won and not lost:
            continue
        is_opportunity = lead.type == "opportunity"
        add(
            lead.create_date,
            lead_count=1,
            lead_to_qualify_count=int(not is_opportunity or bool(lead.date_conversion)),
            lead_qualified_count=int(is_opportunity and bool(lead.date_conversion)),
            lead_won_count=int(is_opportunity and won),
        )
        if is_opportunity and (won or lost) and lead.date_closed:
            add(
                lead.date_closed,
                closed_count=1,
                won_count=int(won),
                lost_count=int(lost),
                won_revenue=lead.expected_revenue if won else 0,
            )
            start = lead.date_conversion or lead.create_date
            if won and lead.date_closed >= start.replace(microsecond=0):
                days = (lead.date_closed - start.replace(microsecond=0)).total_seconds() / 86400
                add(lead.date_closed, won_cycle_count=1, cycle_days_total=days)
    return {
        key: {name: value for name, value in values.items() if value}
        for key, values in rows.items()
        if any(values.values())
    }
