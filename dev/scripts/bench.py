"""Odoo shell script: measure on this database, which has the addon, and on BENCH_PLAIN."""

import os
import sys

sys.path.append(os.environ["BENCH_CHECKOUT"])

from dev.bench import inside  # noqa: E402

inside.measure(env, os.environ["BENCH_PLAIN"], os.environ["BENCH_RESULT"],
               os.environ["BENCH_ONLY"].split())
