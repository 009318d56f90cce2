"""Drill of the customers' figures: the scheduled action killed at random moments."""

import time

from .base import NightDrill

CUSTOMERS = 2_000
STATE = """
    SELECT 'value', COUNT(*), md5(string_agg(concat_ws(',', company_id, partner_id,
           first_order_date, last_order_date, order_day_count, lifetime_revenue, customer_value,
           lifecycle_stage, rfm_segment, customer_tier_id), ';' ORDER BY company_id, partner_id))
    FROM crm_customer_value
    UNION ALL
    SELECT 'month', COUNT(*), md5(string_agg(concat_ws(',', company_id, partner_id, date, status),
           ';' ORDER BY company_id, partner_id, date))
    FROM crm_customer_month
    UNION ALL SELECT 'change', COUNT(*), '' FROM crm_customer_tier_change
    UNION ALL SELECT 'forecast', COUNT(*), '' FROM crm_customer_forecast"""


class Customers(NightDrill):
    """The customers' action among kills."""

    def customers(self):
        """What the scheduled action of customers does."""
        self.workers.in_odoo(lambda env: env["crm.customer.value"]._run_nightly())

    def D1_customers_killed(self):
        """Killed anywhere, one more run makes values, months and history as if in peace."""
        kills = max(self.kills // 3, 3)
        self.workers.in_odoo(_spread_orders)
        with self.check(f"D1 customers killed {kills} times at random moments") as faults:
            self.workers.in_odoo(_forget)
            started = time.monotonic()
            self.workers.run(self.customers)
            duration = time.monotonic() - started
            expected = self.workers.query(STATE)
            if expected[0][1] < CUSTOMERS / 4:
                faults.append(f"{expected[0][1]} customers prove little")
            midway = 0
            for _kill in range(kills):
                self.workers.in_odoo(_forget)
                pid = self.workers.start(self.customers)
                time.sleep(self.random.uniform(0, duration))
                midway += self.workers.kill(pid)
                self.workers.run(self.customers)
                found = self.workers.query(STATE)
                if found != expected:
                    faults.append(f"differs after a kill: {found}, not {expected}")
            if midway < kills / 3:
                faults.append(f"only {midway} of {kills} kills were midway")


def _spread_orders(env):
    """Give the orders of the history to many customers."""
    env.cr.execute(
        """WITH made AS (
               INSERT INTO res_partner (name, complete_name, active, is_company, create_date,
                                    autopost_bills)
               SELECT 'Drill customer ' || i, 'Drill customer ' || i, TRUE, TRUE, now(), 'ask'
               FROM generate_series(1, %(count)s) AS i RETURNING id)
           SELECT array_agg(id) FROM made""", {"count": CUSTOMERS},
    )
    ids = env.cr.fetchone()[0]
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%(ids)s)", {"ids": ids}
    )
    env.cr.execute(
        """UPDATE sale_order SET partner_id = (%(ids)s)[1 + (id * 7919::bigint) %% %(count)s]
           WHERE state = 'sale'""", {"ids": ids, "count": CUSTOMERS},
    )


def _forget(env):
    env.cr.execute("TRUNCATE crm_customer_value, crm_customer_month, crm_customer_tier_change,"
                   " crm_customer_forecast CASCADE")
