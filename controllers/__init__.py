from . import kpi_report_unsubscribe
from . import pivot_export
