"""The small records of the benchmark's company, created by the ORM; queries name them by number."""

from datetime import timedelta
from itertools import product

from odoo import fields

from . import bulk

TEAMS = {"main": 5, "other": 3}
PEOPLE = {"main": 38, "other": 22}
SOURCES = (
    "Website", "Search", "Referral", "Newsletter", "Trade Fair", "Partner", "Cold Call", "Webinar",
    "Marketplace", "Social", "Print", "Sponsoring",
)
CATEGORIES = ("Pumps", "Valves", "Sensors", "Service", "Software", "Spare Parts")
YEARS = 3


def create(env):
    """Two companies in two currencies and time zones, teams, people, sources, products, rates."""
    companies = _companies(env)
    _rates(env, companies["other"].currency_id)
    people = _people(env, companies)
    _teams(env, companies, people)
    env["utm.source"].create([{"name": f"Bench {name}"} for name in SOURCES])
    _products(env, companies.values())
    env.flush_all()


def number(env):
    """Temporary tables bench_person, bench_source, bench_product: rows numbered from 0."""
    bulk.temporary(env, "bench_person", """
        SELECT row_number() OVER (ORDER BY member.user_id) - 1 AS person, member.user_id,
               person.partner_id, team.id AS team_id, company.id AS company_id,
               company.currency_id, company.id = 1 AS is_main
        FROM crm_team_member member
        JOIN crm_team team ON team.id = member.crm_team_id
        JOIN res_users person ON person.id = member.user_id
        JOIN res_company company ON company.id = team.company_id
        WHERE person.login LIKE 'bench-%%'""")
    bulk.temporary(env, "bench_source", """
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, id
        FROM utm_source WHERE name LIKE 'Bench %%'""")
    bulk.temporary(env, "bench_product", """
        SELECT row_number() OVER (ORDER BY product.id) - 1 AS number, product.id,
               template.uom_id, template.list_price::numeric AS price,
               template.name->>'en_US' AS name
        FROM product_product product
        JOIN product_template template ON template.id = product.product_tmpl_id
        WHERE product.default_code LIKE 'BENCH%%'""")


def _companies(env):
    main = env.ref("base.main_company")
    main.resource_calendar_id.tz = "Europe/Brussels"
    euro = env.ref("base.EUR")
    euro.active = True
    # Without a country: the chart of accounts of one would change the currency.
    other = env["res.company"].create({"name": "Bench Overseas", "currency_id": euro.id})
    other.resource_calendar_id.tz = "America/New_York"
    env.user.company_ids = main | other
    return {"main": main, "other": other}


def _rates(env, currency):
    today = fields.Date.today()
    env["res.currency.rate"].create([
        {"name": today - timedelta(days=30 * month), "rate": 0.85 + 0.01 * (month % 13),
         "currency_id": currency.id, "company_id": False}
        for month in range(12 * YEARS + 2)
    ])


def _people(env, companies):
    salesman = env.ref("sales_team.group_sale_salesman")
    manager = env.ref("sales_team.group_sale_manager")
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
    people = {
        key: users.create([
            {"name": f"Salesperson {key} {i}", "login": f"bench-{key}-{i:02}",
             "email": f"{key}.{i}@sales.example.com", "company_id": company.id,
             "company_ids": company.ids, "group_ids": [(4, salesman.id)]}
            for i in range(PEOPLE[key])
        ])
        for key, company in companies.items()
    }
    both = companies["main"] | companies["other"]
    users.create({
        "name": "Director", "login": "bench_director", "email": "director@sales.example.com",
        "company_id": companies["main"].id, "company_ids": both.ids,
        "group_ids": [(4, manager.id)],
    })
    return people


def _teams(env, companies, people):
    for key, company in companies.items():
        count = TEAMS[key]
        env["crm.team"].create([
            {"name": f"Team {key} {i}", "company_id": company.id, "use_leads": True,
             "member_ids": people[key][i::count].ids}
            for i in range(count)
        ])


def _products(env, companies):
    categories = env["product.category"].create([{"name": name} for name in CATEGORIES])
    products = env["product.product"].create([
        {"name": f"{category.name} {size}", "default_code": f"BENCH-{category.id}-{size}",
         "categ_id": category.id, "list_price": 120.0 * size, "type": "service", "taxes_id": False}
        for category, size in product(categories, (1, 2, 5, 9))
    ])
    for company in companies:
        for item in products.with_company(company):
            item.standard_price = .625 * item.list_price
