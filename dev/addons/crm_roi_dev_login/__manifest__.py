{
    "name": "CRM ROI: one-click login of the local demo",
    "version": "19.0.1.0.0",
    "summary": "Loaded by make demo only; never installed, never shipped",
    "author": "crm_roi contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "installable": False,
}
