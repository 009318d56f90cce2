"""A study whose results are set by hand, each figure computed here in plain Python."""

from datetime import date

from dateutil.relativedelta import relativedelta

from .common import KpiCase

START = date(2025, 10, 1)
RATE = 1.08 ** (1 / 12) - 1


class StudyCase(KpiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Study = cls.env["crm.roi.study"]
        cls.baseline = cls.env["crm.roi.baseline"].create({
            "name": "Before the CRM", "company_id": cls.company.id,
            "date_from": "2024-10-01", "date_to": "2025-09-30",
        })
        cls.study = cls.make_study()

    @classmethod
    def make_study(cls, name="After one year", **vals):
        study = cls.Study.create({
            "name": name, "company_id": cls.company.id, "baseline_id": cls.baseline.id,
            "date_from": START, "date_to": "2026-09-30", "switch_date": START,
            "include_acquisition": True, "horizon": "projected", "horizon_months": 15,
            "saving_ids": [(0, 0, {"name": "Lists", "hours": 2, "people": 5, "hourly_cost": 10.5,
                                   "is_cash": True})],
            **vals,
        })
        cls.write_results(study)
        return study

    @classmethod
    def months(cls):
        """``(kind, crm cost, acquisition cost, gain low, gain, gain high)`` of 15 months."""
        rows = [("observed", 9000.25, 800.0, 0.0, 0.0, 0.0)]
        rows += [("observed", 1500.1 + 10 * n, 790.55, 900.05 * (n % 3), 3300.4 + n, 5600.5)
                 for n in range(1, 12)]
        return rows + [("projected", 1600.0, 790.0, 900.0, 3300.0, 5600.0)] * 3

    @classmethod
    def write_results(cls, study):
        base = {"study_id": study.id, "company_id": study.company_id.id,
                "currency_id": study.currency_id.id}
        saving, rows, so_far = 105.0, [], {}
        flows = {"low": [], "base": [], "high": []}
        for time, (kind, crm, acquisition, low, gain, high) in enumerate(cls.months()):
            cost = round(crm + acquisition, 2)
            row = {"kind": kind, "crm_cost": crm, "acquisition_cost": acquisition, "cost": cost,
                   "gain_low": low, "gain": gain, "gain_high": high, "saving_cash": saving,
                   "saving_other": 40.0, "net": gain + saving - cost}
            row["discounted"] = round(row["net"] / (1 + RATE) ** time, 2)
            for name, amount in (
                ("cost", cost), ("gain", gain + saving), ("gain_low", low + saving),
                ("gain_high", high + saving), ("", row["net"]), ("low", low + saving - cost),
                ("high", high + saving - cost), ("discounted", row["discounted"]),
            ):
                so_far[name] = so_far.get(name, 0.0) + amount
                row[f"cumulative_{name}".rstrip("_")] = so_far[name]
            for name, amount in (("low", low), ("base", gain), ("high", high)):
                flows[name].append(amount + saving - cost)
            rows.append({**base, **row, "month": START + relativedelta(months=time)})
        # Results can be written by nobody but the program itself.
        cls.env["crm.roi.study.month"].sudo().create(rows)
        cls.env["crm.roi.study.part"].sudo().create([
            {**base, "sequence": place, "code": code, "amount": amount}
            for place, (code, amount) in enumerate((
                ("before", 18000), ("volume", -2100.5), ("win_rate", 5200), ("deal_size", 900),
                ("margin_rate", -350), ("cycle", 0), ("after", 21649.5)))
        ])
        cls.env["crm.roi.study.effect"].sudo().create([
            {**base, "sequence": 1, "method": "did", "is_used": True, "gain": 39000.5,
             "low": 10000.25, "high": 61000.75, "p_value": 0.0123},
            {**base, "sequence": 2, "method": "its"},
        ])
        cost = sum(row["cost"] for row in rows)
        values = {"total_cost": cost, "saving_cash": saving * len(rows),
                  "saving_other": 40.0 * len(rows)}
        for name, gain in (("low", "gain_low"), ("base", "gain"), ("high", "gain_high")):
            values[gain] = sum(row[gain] for row in rows)
            values[f"roi_{name}"] = (values[gain] + values["saving_cash"] - cost) / cost
            values[f"npv_{name}"] = round(sum(
                flow / (1 + RATE) ** time for time, flow in enumerate(flows[name])), 2)
        study.sudo().write({
            **values, "state": "computed", "computed_at": "2026-10-02 10:00:00",
            "computed_by_id": cls.env.uid, "method_used": "did", "observed_months": 12,
            "projected_months": 3, "payback_month": 7.25, "irr": 0.21, "irr_state": "one",
        })
