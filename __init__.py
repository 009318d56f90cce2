from . import models, reports, tools
