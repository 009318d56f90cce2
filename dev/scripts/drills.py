"""Odoo shell script: the drills of the nightly job; the result is written to a file."""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["CRM_ROI_CHECKOUT"])

from dev.drills import night  # noqa: E402
from dev.tally import Tally  # noqa: E402

database = env.cr.dbname
# Workers are forked: this process may hold no connection then, nor commit one at its end.
env.cr.close()
tally = Tally()
night.run_all(database, tally)
result = {"passed": tally.passed, "failed": tally.failed, "faults": tally.faults}
Path(os.environ["CRM_ROI_DRILL_RESULT"]).write_text(json.dumps(result))
sys.stdout.flush()
os._exit(0)
