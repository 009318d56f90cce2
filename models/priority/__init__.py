"""Tickets raised by the customer's value, and the customer shown on them."""

from . import kpi_ticket_facts
from . import crm_kpi_snapshot_ticket
from . import crm_customer_value_priority
from . import priority_condition
from . import priority_candidates
from . import priority_engine
from . import priority_watch
from . import priority_queueing
from . import priority_job
from . import crm_priority_applied
from . import crm_priority_queue
from . import crm_priority_rule
from . import crm_priority_rule_check
from . import crm_priority_rule_line
from . import crm_priority_rule_preview
from . import crm_priority_rule_ready
from . import crm_priority_panel
from . import crm_customer_panel
from . import res_company_ticket
from . import res_config_settings_ticket
from . import res_partner_priority
