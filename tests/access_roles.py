"""Roles, companies and marked figures that the tests of access share."""

from datetime import timedelta

from odoo.tests import TransactionCase, new_test_user

ROLES = (
    "public", "portal", "internal", "settings", "own", "all", "manager", "other_manager",
)
GROUPS = {
    "portal": "base.group_portal",
    "internal": "base.group_user,base.group_allow_export",
    "settings": "base.group_system,base.group_allow_export",
    "own": "sales_team.group_sale_salesman,base.group_allow_export",
    "all": "sales_team.group_sale_salesman_all_leads,base.group_allow_export",
    "manager": "sales_team.group_sale_manager,base.group_allow_export",
    "other_manager": "sales_team.group_sale_manager,base.group_allow_export",
}
# Each cell holds as many leads as its weight, so a sum tells exactly which cells were added.
CELLS = {
    "a_own": 1, "a_colleague": 2, "a_nobody": 4, "b_other": 8, "shared_nobody": 16,
    "shared_own": 32,
}


def weight(*cells):
    """Sum of the weights of the named cells."""
    return sum(CELLS[cell] for cell in cells)


# What each role may see with its own company ticked; a role that is absent may see nothing.
VISIBLE = {
    "own": weight("a_own", "a_nobody", "shared_nobody", "shared_own"),
    "all": weight("a_own", "a_colleague", "a_nobody", "shared_nobody", "shared_own"),
    "manager": weight("a_own", "a_colleague", "a_nobody", "shared_nobody", "shared_own"),
    "other_manager": weight("b_other", "shared_nobody", "shared_own"),
}


class AccessCase(TransactionCase):
    """Two companies, one user for each role, and leads measured into figures that tell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(
            tracking_disable=True, mail_create_nosubscribe=True, no_reset_password=True
        ).env
        cls.company_a = cls.env.company
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.users = {"public": cls.env.ref("base.public_user")}
        for role, groups in GROUPS.items():
            company = cls.company_b if role == "other_manager" else cls.company_a
            cls.users[role] = new_test_user(
                cls.env, f"role_{role}", groups, company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
        cls.day = cls.company_a._kpi_today("UTC") - timedelta(days=20)

    @classmethod
    def make_leads(cls):
        """Open opportunities in the cells, created on ``cls.day``, and measured."""
        own, colleague, other = (cls.users[role] for role in ("own", "all", "other_manager"))
        places = {
            "a_own": (cls.company_a, own), "a_colleague": (cls.company_a, colleague),
            "a_nobody": (cls.company_a, None), "b_other": (cls.company_b, other),
            "shared_nobody": (None, None), "shared_own": (None, own),
        }
        leads = cls.env["crm.lead"].create([
            {"name": f"{cell} {number}", "type": "opportunity", "team_id": False}
            for cell, count in CELLS.items() for number in range(count)
        ])
        cls.env.flush_all()
        rows = iter(leads.ids)
        for cell, count in CELLS.items():
            company, user = places[cell]
            # Straight into the table: the form would choose a company and a salesperson itself.
            cls.env.cr.execute(
                """UPDATE crm_lead SET company_id = %s, user_id = %s, team_id = NULL,
                          expected_revenue = 1, create_date = %s::timestamp + interval '12 hours'
                   WHERE id = ANY(%s)""",
                [company and company.id or None, user and user.id or None, cls.day,
                 [next(rows) for _number in range(count)]],
            )
        cls.env.invalidate_all()
        cls.env["crm.kpi.snapshot"]._refresh(cls.day, cls.day + timedelta(days=1))
        cls.env["crm.kpi.snapshot"]._take_stocks()
        cls.leads = leads

    def as_role(self, role, model, companies=None):
        """``model`` as the user of a role, with ``companies`` (own one unless given) ticked."""
        user = self.users[role]
        chosen = companies or user.company_id
        return self.env[model].with_user(user).with_context(
            allowed_company_ids=chosen.ids, tracking_disable=True
        )
