from . import test_web_unit
