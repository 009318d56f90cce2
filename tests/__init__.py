from . import test_fault_files
from . import test_web_unit
