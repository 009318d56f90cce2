"""All drills of the nightly job, one after the other."""

import json
import os
from pathlib import Path

from .careless import Careless
from .changes import Changes
from .customers import Customers
from .kills import Kills
from .mails import Mails
from .priority import Priority
from .scoring import Scoring
from .together import Together


class NightDrills(Kills, Changes, Together, Careless, Scoring, Priority, Customers, Mails):
    """Every drill on one database."""


def run_all(database, tally):
    """All drills of the nightly job, in an Odoo shell.

    Settings come from the environment, because the shell has no words of its own.
    """
    folder = Path(os.environ["CRM_ROI_DRILL_LOGS"])
    kills, seed = (int(os.environ[f"CRM_ROI_DRILL_{name}"]) for name in ("KILLS", "SEED"))
    drills = NightDrills(database, folder, tally, kills, seed)
    drills.undisturbed(leads=6000, days=800)
    drills.D1_killed()
    drills.D1_killed_twice()
    drills.D3_several_at_once()
    drills.D4_killed_before_first_commit()
    drills.H7_sessions_end()
    drills.H10_time_limit()
    drills.D12_user_archived()
    drills.D14_control()
    drills.D13_update(json.loads(os.environ["CRM_ROI_DRILL_UPDATE"]))
    # From here on the history is another one than that of the undisturbed run.
    drills.D3_changes_meanwhile()
    drills.D1_changes_survive()
    drills.D9_five_years(leads=100_000)
    drills.B11_scoring_killed()
    drills.B9_saved_meanwhile()
    drills.F10_switched_in_another_worker()
    drills.F2_error_before_the_commit()
    drills.D1_customers_killed()
    drills.E2_server_off()
    drills.E2_server_goes_down_meanwhile()
    drills.E3_sender_killed()
    drills.E3_sender_killed_with_a_mail_in_hand()
    drills.E3_control()
