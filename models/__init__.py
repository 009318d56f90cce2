# A room uses the rooms above it.
from . import base
from . import kpi
from . import leads
from . import roi
from . import scoring
from . import selling
from . import followup
from . import customers
from . import priority
from . import delivery
