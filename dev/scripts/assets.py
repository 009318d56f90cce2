"""Odoo shell script: build the web client's files, so that copies need not."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821  (the shell gives env)
env.cr.commit()  # noqa: F821
