"""Odoo shell script: build the web client's files, so that copies need not."""

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
