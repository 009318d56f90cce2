"""Drills that kill, double and cut off the nightly job of a real database, and look at the result.

They run inside an Odoo shell (dev/scripts/drills.py) that forks one process for each worker, so
that a drill costs seconds: the registry is loaded once.
"""
