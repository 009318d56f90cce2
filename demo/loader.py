"""Loads the demo story into an Odoo database.

    from odoo.addons.crm_roi.demo.loader import load
    load(env)
    env.cr.commit()

Nothing is sent, nothing is fetched, nothing is committed here.
"""

import sys

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError

from . import load_base, load_chatter, load_costs, load_crm, load_dates, load_sales, stocks
from .story import plan

# no notification, no mail, no tracking of our own making: the story writes its own history
QUIET = {
    "lang": "en_US",
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_notify_force_send": False,
    "mail_activity_quick_update": True,
    "mail_activity_automation_skip": True,
    "no_reset_password": True,
    "no_mail_to_attendees": True,
    "dont_notify": True,
    "skip_contact_description": True,
    "sale_no_log_for_new_lines": True,
}

# share of the whole time each step takes, to move the bar evenly
STEPS = (
    (load_base.load_companies, "companies, users and teams", 9),
    (load_base.load_catalogue, "products, channels and exchange rates", 3),
    (load_crm.load_partners, "customers", 14),
    (load_crm.load_leads, "leads and opportunities", 18),
    (load_crm.load_afterthoughts, "merged leads and moved deadlines", 6),
    (load_sales.load_orders, "quotations and orders", 26),
    (load_sales.load_refunds, "invoices and credit notes", 5),
    (load_dates.back_date_records, "dates of three years", 3),
    (load_chatter.load_messages, "e-mails, calls and stage moves", 14),
    (load_chatter.load_meetings, "meetings and activities", 9),
    (load_dates.back_date_talk, "dates of what was said", 2),
    (load_dates.refresh_figures, "figures on the records", 2),
    (load_costs.load_costs, "three years of costs", 3),
    (stocks.load_past_stocks, "the pipeline of past nights", 6),
)


class Loading:
    """What the steps share: environment, story, and the records made so far by story key."""

    def __init__(self, env, story, advance):
        self.env, self.plan, self.advance = env, story, advance
        self.companies, self.users, self.teams, self.stages = {}, {}, {}, {}
        self.products, self.pricelists = {}, {}
        self.sources, self.media, self.campaigns = {}, {}, {}
        self.reasons, self.tags, self.taxes = {}, {}, {}
        self.partners, self.contacts, self.leads, self.orders = {}, {}, {}, {}

    def in_chunks(self, items, size=400):
        """Slices of a list; reports how far the step is."""
        for start in range(0, len(items), size):
            self.advance(start / len(items))
            yield items[start:start + size]


def load(env, seed=7, progress=None, scale=1.0, today=None):
    """Load the story into a database without leads.

    :param env: environment of any user; everything is written as the system user
    :param int seed: another seed tells another story of the same company
    :param progress: called as progress(fraction from 0 to 1, what is being loaded); default: a bar
        on the error output
    :param float scale: 1 is about 5,000 leads; 0.02 a hundred
    :param date today: the day on which the story ends; default: this day
    :return: the `shapes.Plan` that was loaded, to compare figures with
    :raise UserError: when the database already has leads
    """
    env = env(user=SUPERUSER_ID, su=True, context=QUIET)
    _refuse_twice(env)
    bar = progress or _Bar()
    total, done = sum(weight for _step, _label, weight in STEPS), 0
    bar(0.0, "the story")
    loading = Loading(env, plan(seed, today, scale), None)
    for step, label, weight in STEPS:
        def advance(share, base=done, label=label, weight=weight):
            bar((base + weight * share) / total, label)
        loading.advance = advance
        advance(0.0)
        step(loading)
        done += weight
    bar(1.0, "done")
    return loading.plan


def _refuse_twice(env):
    leads = env["crm.lead"].with_context(active_test=False).search_count([])
    if leads:
        raise UserError(env._(
            "This database already has %(count)s leads, and the demo story can only be told once, "
            "in an empty one. Remove the demo database with 'make clean' and run 'make demo' "
            "again, or load the story into a new database.", count=leads))


class _Bar:
    """A bar that redraws itself on a terminal, and a line for each step elsewhere."""

    def __init__(self):
        self.label = None

    def __call__(self, fraction, label):
        width = 30
        bar = f"[{'#' * round(width * fraction):<{width}}] {fraction:4.0%}  {label:<40}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{bar}" + ("\n" if fraction >= 1 else ""))
        elif label != self.label:
            sys.stderr.write(f"{bar.rstrip()}\n")
        self.label = label
        sys.stderr.flush()
