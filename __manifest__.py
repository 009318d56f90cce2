{
    "name": "CRM ROI & KPIs",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "KPIs a sales director trusts: win rate, cycle, deal size, revenue and CRM ROI",
    "author": "crm_roi contributors",
    "license": "LGPL-3",
    "depends": [
        "sale_crm",
        "sale_margin",
    ],
    "external_dependencies": {"python": ["scipy", "xlsxwriter", "openpyxl"]},
    "data": [
        "security/crm_roi_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/crm_kpi_views.xml",
        "views/crm_kpi_snapshot_day_views.xml",
        "views/crm_lead_views.xml",
        "views/crm_team_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_users_views.xml",
        "views/sale_order_views.xml",
        "views/crm_kpi_snapshot_views.xml",
        "views/crm_kpi_menus.xml",
        "views/crm_lead_import_ref_views.xml",
        "wizards/crm_lead_import_views.xml",
    ],
    "assets": {
        "web.assets_backend_lazy": [
            "crm_roi/static/src/views/**/*",
        ],
        "web.assets_tests": [
            "crm_roi/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "crm_roi/static/tests/views/**/*.test.js",
        ],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
