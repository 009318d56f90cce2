
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL


class KpiCase(TransactionCase):
    """Two companies, teams and the sales roles; leads with chosen dates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": True,
                "mail_create_nolog": True,
                "no_reset_password": True,
            }
        )
        cls.Snapshot = cls.env["crm.kpi.snapshot"]
        cls.Lead = cls.env["crm.lead"].with_context(active_test=False)
        cls.company = cls.env["res.company"].create(
            {
                "name": "KPI North",
                "currency_id": cls.env.ref("base.EUR").id,
                "kpi_tz": "Europe/Brussels",
            }
        )
        cls.other_company = cls.env["res.company"].create(
            {
                "name": "KPI West",
                "currency_id": cls.env.ref("base.USD").id,
                "kpi_tz": "America/New_York",
            }
        )
        cls.env.ref("base.EUR").active = cls.env.ref("base.USD").active = True
        companies = cls.company + cls.other_company
        cls.env.user.company_ids += companies
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.Snapshot, cls.Lead = (
            cls.Snapshot.with_env(cls.env),
            cls.Lead.with_env(cls.env(context={**cls.env.context, "active_test": False})),
        )
        cls.team = cls._team("North Team", cls.company)
        cls.other_team = cls._team("West Team", cls.other_company)
        cls.rep = cls._user("kpi_rep", "sales_team.group_sale_salesman", cls.company)
        cls.colleague = cls._user(
            "kpi_all", "sales_team.group_sale_salesman_all_leads", cls.company
        )
        cls.manager = cls._user("kpi_manager", "sales_team.group_sale_manager", cls.company)
        cls.other_manager = cls._user(
            "kpi_other", "sales_team.group_sale_manager", cls.other_company
        )
        cls.web = cls.env["utm.source"].create({"name": "KPI Web"})
        Stage = cls.env["crm.stage"]
        cls.stage_open = Stage.create({"name": "KPI Open", "sequence": 1})
        cls.stage_won = Stage.create({"name": "KPI Won", "sequence": 90, "is_won": True})

    @classmethod
    def _team(cls, name, company):
        return cls.env["crm.team"].create({"name": name, "company_id": company.id})

    @classmethod
    def _user(cls, login, group, company):
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _lead(cls, outcome="open", created="2026-03-10 12:00", closed=None, converted=None, **vals):
        """A lead with the dates of a real history.

        :param outcome: ``open``, ``won``, ``lost`` or ``void`` (archived, not lost)
        :param created, closed, converted: UTC datetimes as text
        """
        values = {
            "name": "KPI lead",
            "type": "opportunity",
            "stage_id": cls.stage_open.id,
            "company_id": cls.company.id,
            "team_id": cls.team.id,
            "user_id": cls.rep.id,
            "expected_revenue": 1000,
            "probability": 10,
            **vals,
        }
        lead = cls.Lead.create(values)
        if outcome == "won":
            lead.stage_id = cls.stage_won
        elif outcome == "lost":
            lead.action_set_lost()
        elif outcome == "void":
            lead.write({"active": False, "probability": 20})
        cls._date(lead, create_date=created, date_closed=closed or None, date_conversion=converted)
        return lead

    @classmethod
    def _date(cls, records, **moments):
        """Set dates the way an import does: by SQL, with the days marked before and after."""
        cls.env.flush_all()
        records._kpi_mark_dirty()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = %s::timestamp", SQL.identifier(name), value)
                    for name, value in moments.items()
                ),
                records.ids,
            )
        )
        cls.env.invalidate_all()
        is_order = records._name == "sale.order"
        records._kpi_recompute_sql(records.partner_id.ids if is_order else records.ids)
        records._kpi_mark_dirty()

    def _rows(self, *columns):
        """Snapshot rows of the two test companies and shared leads, as sorted tuples."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM crm_kpi_snapshot WHERE (company_id = ANY(%s) OR company_id IS NULL)"
                " ORDER BY 1",
                SQL(", ").join(SQL.identifier(c) for c in columns),
                (self.company + self.other_company).ids,
            )
        )
        return self.env.cr.fetchall()

    def _today(self, company=None):
        company = company or self.company
        return company._kpi_today(company._kpi_timezone())
