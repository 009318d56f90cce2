from . import test_fault_files
from . import test_pivot_export
from . import test_web_screens
from . import test_web_unit
