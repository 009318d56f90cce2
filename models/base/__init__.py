"""What every room uses: mixins, kinds of fields, conditions, settings of companies."""

from . import machine_written
from . import run_results
from . import form_extension
from . import ir_ui_view
from . import crm_roi_company_mixin
from . import crm_roi_cost_dimension_mixin
from . import lead_score_condition
from . import base_partner_merge_automatic_wizard
from . import ir_actions_report
from . import res_company
from . import res_config_settings
from . import res_currency_rate
from . import resource_calendar
