"""The demo story: three years of a believable company's sales.

Never imported by the addon itself. From an Odoo shell on an empty database::

    from odoo.addons.crm_roi.demo.loader import load
    load(env)
    env.cr.commit()
"""
