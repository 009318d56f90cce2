"""Odoo shell script: fill the benchmark's database with BENCH_LEADS leads."""

import os
import sys

sys.path.append(os.environ["BENCH_CHECKOUT"])

from dev.bench.fill import fill  # noqa: E402

fill(env, int(os.environ["BENCH_LEADS"]), say=lambda text: print(text, flush=True))  # noqa: F821
