"""Follow-ups, reminders and hot leads: who should act now."""

from . import lead_responsible
from . import lead_followup_cause
from . import lead_followup_engine
from . import lead_followup_activity
from . import crm_lead_followup_rule
from . import crm_lead_followup
from . import lead_retry
from . import lead_reminder_content
from . import lead_reminder_sending
from . import crm_lead_reminder
from . import lead_hot_notice
from . import crm_lead_hot
from . import crm_lead_acting
from . import crm_team_acting
from . import res_company_acting
from . import res_config_settings_acting
