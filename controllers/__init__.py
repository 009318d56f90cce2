from . import kpi_report_unsubscribe
from . import digest
from . import pivot_export
