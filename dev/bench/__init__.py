"""The benchmark: leads in bulk, ratios measured within one run, and totals checked by other SQL.

Outside Odoo: run, databases, report. Inside Odoo's shell, on a database of its own: the rest.
"""
