"""Every way a figure leaves the database for a user, reduced to one number: the leads counted."""

from datetime import timedelta


def channels(snapshot, day):
    """Number of leads that each way of reading shows on a day.

    :param snapshot: ``crm.kpi.snapshot`` as the user who reads
    :return: dict ``{channel: number}``
    """
    env = snapshot.env
    domain = [("day", "=", day)]
    total = ["lead_count:sum"]
    rows = snapshot.search(domain)
    listed = snapshot.web_search_read(domain, {"lead_count": {}})["records"]
    groups = snapshot.formatted_read_group(domain, ["user_id", "company_id"], total)
    sets = snapshot.formatted_read_grouping_sets(domain, [[], ["user_id"], ["company_id"]], total)
    names = [found for found, _name in snapshot.name_search(str(day), limit=None)]
    values = env["crm.kpi"]._values(["lead_count"], day, day + timedelta(days=1))
    action = snapshot.action_drill("lead_count", domain)
    return {
        "search": sum(rows.mapped("lead_count")),
        "read": sum(line["lead_count"] for line in rows.read(["lead_count"])),
        "web_search_read": sum(line["lead_count"] for line in listed),
        "export_data": sum(int(line[0]) for line in rows.export_data(["lead_count"])["datas"]),
        "_read_group": snapshot._read_group(domain, [], total)[0][0] or 0,
        "formatted_read_group": sum(line["lead_count:sum"] for line in groups),
        "grouping sets, total": sets[0][0]["lead_count:sum"] or 0,
        "grouping sets, people": sum(line["lead_count:sum"] for line in sets[1]),
        "grouping sets, companies": sum(line["lead_count:sum"] for line in sets[2]),
        "name_search": sum(snapshot.browse(names).mapped("lead_count")),
        "dictionary values": values[()]["lead_count"]["value"] or 0,
        "drill-down": env[action["res_model"]].search_count(action["domain"]),
        "leads themselves": env["crm.lead"].search_count([
            ("create_date", ">=", day), ("create_date", "<", day + timedelta(days=1)),
        ]),
    }
