"""Companies, people who log in, teams, stages, products, channels, currencies."""

from odoo import Command

from . import world

DOMAIN = "noordvelt.example"


def load_companies(loading):
    env = loading.env
    _stay_at_home(env)
    for code in {c["currency"] for c in world.COMPANIES.values()} | set(world.PRICE_FACTOR):
        env["res.currency"].with_context(active_test=False).search(
            [("name", "=", code)]).active = True
    for key, values in world.COMPANIES.items():
        loading.companies[key] = _company(env, key, values)
    loading.env = env = env(context=dict(
        env.context, allowed_company_ids=[c.id for c in loading.companies.values()]))
    loading.companies = {key: env["res.company"].browse(company.id)
                         for key, company in loading.companies.items()}
    _switch_on_leads(env)
    _load_users(loading)
    _load_teams(loading)
    _load_stages(loading)
    _load_filters(loading)


def _stay_at_home(env):
    """No lookup of invented firms at a paid service on the internet."""
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")


def _company(env, key, values):
    country = env.ref(f"base.{values['country'].lower()}")
    fields = {
        "name": values["name"], "street": values["street"], "zip": values["zip"],
        "city": values["city"], "country_id": country.id, "phone": values["phone"],
        "email": values["email"], "website": f"https://www.{DOMAIN}",
        "state_id": _state(env, country, values.get("state")).id,
    }
    if "iap_enrich_auto_done" in env["res.company"]._fields:
        fields["iap_enrich_auto_done"] = True  # the same for the company itself
    # "install_mode": a country must not install its accounting module and commit half a story
    if key == "eu":
        company = env.ref("base.main_company")
        company.with_context(install_mode=True).write(fields)
    else:
        company = env["res.company"].with_context(install_mode=True).create(fields).with_env(env)
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    currency = env["res.currency"].search([("name", "=", values["currency"])])
    if company.currency_id != currency:
        company.currency_id = currency
    company.resource_calendar_id.tz = values["tz"]
    if "kpi_tz" in company._fields:
        company.kpi_tz = values["tz"]
    return company


def _state(env, country, code):
    return env["res.country.state"].search(
        [("country_id", "=", country.id), ("code", "=", code)], limit=1) if code \
        else env["res.country.state"]


def _switch_on_leads(env):
    """As the setting does: everybody works with leads and opportunities."""
    env.ref("base.group_user").implied_ids = [Command.link(env.ref("crm.group_use_lead").id)]


def _load_users(loading):
    env, companies = loading.env, loading.companies
    both = [company.id for company in companies.values()]
    wanted = [(*world.DIRECTOR, "eu", both, "sales_team.group_sale_manager"),
              (*world.SUPPORT, "eu", [companies["eu"].id], None)]
    for rep in world.REPS.values():
        company = world.TEAMS[rep.team].company
        group = "group_sale_salesman_all_leads" if rep.leader else "group_sale_salesman"
        wanted.append((rep.login, rep.name, company, [companies[company].id],
                       f"sales_team.{group}"))
    for login, name, company, allowed, group in wanted:
        loading.users[login] = _user(loading, login, name, company, allowed, group)
    admin = env.ref("base.user_admin")
    admin.write({
        "company_ids": [Command.set(both)], "company_id": companies["eu"].id,
        "tz": world.COMPANIES["eu"]["tz"],
        "group_ids": [Command.link(env.ref("sales_team.group_sale_manager").id)],
    })
    env.ref("base.user_root").company_ids = [Command.set(both)]


def _user(loading, login, name, company, allowed, group):
    env = loading.env
    groups = [env.ref("base.group_user"), env.ref("base.group_partner_manager")]
    if group:
        groups.append(env.ref(group))
    return env["res.users"].create({
        "login": login, "password": login, "name": name, "email": f"{login}@{DOMAIN}",
        "tz": world.COMPANIES[company]["tz"], "company_id": loading.companies[company].id,
        "company_ids": [Command.set(allowed)],
        "group_ids": [Command.set([record.id for record in groups])],
    })


def _load_teams(loading):
    env = loading.env
    for team in world.TEAMS.values():
        members = [rep for rep in world.REPS.values() if rep.team == team.key]
        leader = next(rep for rep in members if rep.leader)
        values = {
            "name": team.name, "company_id": loading.companies[team.company].id,
            "user_id": loading.users[leader.login].id, "use_leads": True,
            "use_opportunities": True,
            "member_ids": [Command.set([loading.users[rep.login].id for rep in members])],
        }
        default = team.key == "west" and env.ref(
            "sales_team.team_sales_department", raise_if_not_found=False)
        if default:
            default.write(values)
        loading.teams[team.key] = default or env["crm.team"].create(values)


def _load_filters(loading):
    """Managers open the pipeline of everybody, not their own empty one."""
    env = loading.env
    action = env.ref("crm.crm_lead_action_pipeline")
    env["ir.filters"].create({
        "name": env._("All open deals"), "model_id": "crm.lead", "action_id": action.id,
        "is_default": True, "domain": "[]", "context": "{}", "sort": "[]",
        "user_ids": [Command.set([env.ref("base.user_admin").id,
                                  loading.users[world.DIRECTOR[0]].id])],
    })


def _load_stages(loading):
    env = loading.env
    xmlids = {"new": 1, "qualified": 2, "proposition": 3, "won": 4}
    for key, (name, sequence) in world.STAGES.items():
        stage = key in xmlids and env.ref(f"crm.stage_lead{xmlids[key]}", raise_if_not_found=False)
        values = {"name": name, "sequence": sequence, "is_won": key == "won"}
        if stage:
            stage.write(values)
        loading.stages[key] = stage or env["crm.stage"].create(values)


def load_catalogue(loading):
    _load_products(loading)
    _load_rates(loading)
    _load_channels(loading)
    env = loading.env
    for key, name in world.LOST_REASONS.items():
        loading.reasons[key] = _by_name(env["crm.lost.reason"], name)
    for key, (name, color) in world.TAGS.items():
        loading.tags[key] = env["crm.tag"].create({"name": name, "color": color})


def _by_name(model, name, **values):
    return model.search([("name", "=", name)], limit=1) or model.create({"name": name, **values})


def _load_products(loading):
    env, main = loading.env, loading.companies["eu"]
    categories = {key: env["product.category"].create({"name": name})
                  for key, name in world.CATEGORIES.items()}
    products = env["product.product"].with_company(main).create([{
        "name": product.name, "default_code": product.code, "list_price": product.price,
        "standard_price": product.cost, "type": "service" if product.service else "consu",
        "categ_id": categories[product.category].id, "invoice_policy": "delivery",
        "taxes_id": [Command.clear()], "supplier_taxes_id": [Command.clear()],
    } for product in world.PRODUCTS.values()])
    for product, record in zip(world.PRODUCTS.values(), products, strict=True):
        loading.products[product.code] = record
        record.with_company(loading.companies["us"]).standard_price = round(
            product.cost * world.PRICE_FACTOR["USD"], 2)
    tax = main.account_sale_tax_id
    if tax:  # the generic chart has no Belgian tax
        tax.write({"name": "21%", "amount": 21.0, "invoice_label": "VAT 21%"})
        loading.taxes["BE"] = tax


def _load_rates(loading):
    env, plan = loading.env, loading.plan
    currencies = {c.name: c for c in env["res.currency"].search([("active", "=", True)])}
    env["res.currency.rate"].create([{
        "company_id": loading.companies[company].id, "currency_id": currencies[code].id,
        "name": day, "rate": rate,
    } for company, code, day, rate in plan.rates])
    for key, company in loading.companies.items():
        for code in {c for c in world.FOREIGN.values() if (c == "CAD") == (key == "us")}:
            loading.pricelists[key, code] = env["product.pricelist"].create({
                "name": f"Price list {code}", "currency_id": currencies[code].id,
                "company_id": company.id,
            })


def _load_channels(loading):
    env, plan = loading.env, loading.plan
    for source in world.SOURCES.values():
        if source.key:
            loading.sources[source.key] = _by_name(env["utm.source"], source.name)
            loading.media[source.medium] = _by_name(env["utm.medium"], source.medium)
    key, name, medium = world.ACCOUNT_SOURCE
    loading.sources[key] = _by_name(env["utm.source"], name)
    loading.media[medium] = _by_name(env["utm.medium"], medium)
    names = {deal.campaign for deal in plan.deals if deal.campaign}
    for name in sorted(names):
        loading.campaigns[name] = env["utm.campaign"].create({"title": name})
