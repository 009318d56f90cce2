"""Leads and orders of two companies whose figures and records are compared."""

from datetime import timedelta

from .common import KpiCase


class DrillCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = cls.company._kpi_today("Europe/Brussels") - timedelta(days=40)
        later = day + timedelta(days=20)
        cls.first = day - timedelta(days=5)
        cls._lead("won", f"{day} 10:00", f"{later} 10:00", converted=f"{day} 11:00")
        cls._lead("won", f"{day} 22:30", f"{later} 22:30", user_id=cls.colleague.id)
        cls._lead("lost", f"{day} 10:00", f"{later} 10:00", source_id=cls.web.id)
        cls._lead("void", f"{day} 10:00", f"{later} 10:00")
        cls._lead("open", f"{day} 10:00", date_deadline=day, user_id=False)
        cls._lead("open", f"{day} 10:00", type="lead")
        cls._lead("open", f"{day} 10:00", company_id=False, team_id=False, user_id=False)
        cls._lead(
            "won",
            f"{day} 03:00",
            f"{later} 03:00",
            company_id=cls.other_company.id,
            team_id=cls.other_team.id,
            user_id=cls.other_manager.id,
        )
        product = cls.env["product.product"].create({"name": "KPI Product", "list_price": 100})
        partner = cls.env["res.partner"].create({"name": "KPI Customer", "is_company": True})
        for _i in range(2):
            order = cls.env["sale.order"].create(
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "user_id": cls.rep.id,
                    "team_id": cls.team.id,
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 2})],
                }
            )
            order.action_confirm()
            cls._date(order, date_order=f"{later} 10:00")
        cls.env.flush_all()
        today = cls.company._kpi_today("Europe/Brussels")
        cls.Snapshot._refresh(cls.first, today)
        cls.Snapshot._take_stocks()

    def _scopes(self):
        """Readers with the companies they look at."""
        both = (self.company + self.other_company).ids
        self.manager.company_ids += self.other_company
        yield self.Snapshot.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        yield self.Snapshot.with_user(self.manager).with_context(allowed_company_ids=both)
        yield self.Snapshot.with_user(self.rep).with_context(allowed_company_ids=self.company.ids)

    def opened(self, action, user=None):
        """The records that an action shows to a user."""
        records = self.env[action["res_model"]].with_user(user or self.env.user)
        return records.with_context(**action.get("context", {})).search(action["domain"])
