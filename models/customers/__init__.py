"""What customers are worth and how they stay."""

from . import customer_machine
from . import customer_days
from . import customer_fit
from . import customer_store
from . import customer_engine
from . import customer_nightly
from . import crm_customer_tier
from . import crm_customer_tier_override
from . import crm_customer_tier_change
from . import crm_customer_forecast
from . import crm_customer_value
from . import crm_customer_follow_up
from . import customer_months
from . import crm_customer_month
from . import crm_customer_curve
from . import crm_kpi_snapshot_customer
from . import res_company_customer
from . import res_config_settings_customer
from . import res_partner_customer
