"""Figures that come by themselves: report kits, digests, alerts."""

from . import kpi_kit_breakdown
from . import kpi_kit_lists
from . import kpi_kit_selling
from . import kpi_kit_paper
from . import kpi_kit
from . import kpi_report_delivery
from . import kpi_report_follow
from . import kpi_report_sending
from . import kpi_report_words
from . import crm_kpi_report_schedule
from . import crm_kpi_report_recipient
from . import crm_kpi_report_log
from . import kpi_alert_check
from . import kpi_alert_notice
from . import crm_kpi_alert
from . import crm_kpi_alert_event
from . import crm_kpi_alert_preview
from . import crm_digest_mail
from . import digest_digest
from . import digest_lines
from . import mail_mail
