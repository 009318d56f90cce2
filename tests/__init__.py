from . import test_fault_files
from . import test_pivot_export
from . import test_web_screens
from . import test_web_unit
from . import test_formula
from . import test_period
from . import test_snapshot_engine
from . import test_snapshot_read
