"""Facts on leads and orders, and histories that are imported."""

from . import crm_lead
from . import crm_lead_order_revenue
from . import crm_lead_recompute
from . import crm_lead_win_rate
from . import crm_kpi_snapshot_deadline
from . import crm_lead_import_ref
from . import crm_lead_import_mapping
from . import crm_lead_import_labels
from . import crm_lead_import_values
from . import crm_lead_import_writer
from . import crm_team
from . import res_partner
from . import res_users
from . import sale_order
from . import sale_order_history
from . import sale_order_net
from . import sale_order_recompute
from . import sale_report
