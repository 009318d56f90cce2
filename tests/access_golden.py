"""The reviewed answer to "who may do what": a change of rights must change this file too."""

# Rights of every stored, computed or transient model of the addon, for each role that has any:
# c(reate) r(ead) w(rite) u(nlink). Abstract models give nobody any right.
MATRIX = {
    "crm.activity.due": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.activity.fact": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.deal.effort": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.forecast": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.tier": {
        "internal": "r", "settings": "r", "own": "r", "all": "r", "manager": "crwu",
        "other_manager": "crwu",
    },
    "crm.customer.tier.change": {"all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.tier.override": {
        "own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.customer.value": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.cohort": {"all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.curve": {"all": "r", "manager": "r", "other_manager": "r"},
    "crm.customer.month": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.digest.mail": {"manager": "r", "other_manager": "r"},
    "crm.funnel.report": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi": {"own": "r", "all": "r", "manager": "rw", "other_manager": "rw"},
    "crm.kpi.active.customer": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.benchmark": {"own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.alert": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.kpi.alert.event": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.custom": {"manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.dirty.day": {"manager": "r", "other_manager": "r"},
    "crm.kpi.report.log": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.report.preview": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.kpi.report.recipient": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.kpi.report.schedule": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.kpi.snapshot": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.snapshot.day": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.target": {"own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.target.copy": {"manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.target.import": {"manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.target.import.issue": {"manager": "crwu", "other_manager": "crwu"},
    "crm.kpi.target.month": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.support": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.kpi.ticket": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.activity.comparison": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.activity.comparison.line": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.response.report": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.response.report.line": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.kpi.mailing": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.sales.race": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.sales.race.line": {
        "own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu",
    },
    "crm.lead.call": {"own": "crwu", "all": "crwu", "manager": "crwu", "other_manager": "crwu"},
    "crm.lead.followup": {"manager": "r", "other_manager": "r"},
    "crm.lead.followup.rule": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.hot": {"manager": "r", "other_manager": "r"},
    "crm.lead.import": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.import.column": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.import.issue": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.import.mapping": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.import.preview": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.import.value": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.reminder": {"manager": "r", "other_manager": "r"},
    "crm.lead.score.group": {"own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu"},
    "crm.lead.score.queue": {"manager": "r", "other_manager": "r"},
    "crm.lead.score.history": {
        "own": "r", "all": "r", "manager": "r", "other_manager": "r",
    },
    "crm.lead.score.proof": {"manager": "crwu", "other_manager": "crwu"},
    "crm.lead.score.proof.contender": {"manager": "r", "other_manager": "r"},
    "crm.lead.score.proof.rule": {"manager": "r", "other_manager": "r"},
    "crm.lead.score.proof.slice": {"manager": "r", "other_manager": "r"},
    "crm.lead.score.rule": {"own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu"},
    "crm.lead.score.set": {"own": "r", "all": "r", "manager": "crwu", "other_manager": "crwu"},
    "crm.priority.applied": {"manager": "r", "other_manager": "r"},
    "crm.priority.queue": {"manager": "r", "other_manager": "r"},
    "crm.priority.rule": {"manager": "crwu", "other_manager": "crwu"},
    "crm.priority.rule.line": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.attribution": {"manager": "r", "other_manager": "r"},
    "crm.roi.baseline": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.baseline.import": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.baseline.import.issue": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.baseline.line": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.bill.rule": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.channel": {"manager": "r", "other_manager": "r"},
    "crm.roi.cost": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.allocation": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.allocation.line": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.category": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.day": {"manager": "r", "other_manager": "r"},
    "crm.roi.cost.share": {"manager": "r", "other_manager": "r"},
    "crm.roi.cost.import": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.import.column": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.import.issue": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.cost.import.preview": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.feature": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.mailing": {"manager": "r", "other_manager": "r"},
    "crm.roi.study": {"manager": "crwu", "other_manager": "crwu"},
    "crm.roi.study.effect": {"manager": "r", "other_manager": "r"},
    "crm.roi.study.kpi": {"manager": "r", "other_manager": "r"},
    "crm.roi.study.month": {"manager": "r", "other_manager": "r"},
    "crm.roi.study.part": {"manager": "r", "other_manager": "r"},
    "crm.roi.study.saving": {"manager": "crwu", "other_manager": "crwu"},
    "crm.sales.cycle": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.stage.event": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
    "crm.winning.analysis": {"manager": "crwu", "other_manager": "crwu"},
    "crm.winning.finding": {"manager": "r", "other_manager": "r"},
    "crm.winning.place": {"own": "r", "all": "r", "manager": "r", "other_manager": "r"},
}

# Models without a company of their own, and why that leaks nothing from one to another.
COMPANY_FREE = {
    "crm.lead.score.history": "follows the company of its lead, by its own rule and test",
    "crm.lead.score.queue": "names leads and rule sets by number, which say nothing",
    "crm.stage.event": "follows the company of its lead, by its own rule and test",
    "crm.priority.queue": "names tickets by number and kinds of errors, which say nothing",
    "crm.kpi": "the dictionary describes KPIs; what a company sets there is stored per company",
    "crm.kpi.custom": "definitions of KPIs; figures are rows of the snapshot, with its rule",
    "crm.roi.cost.category": "names of kinds of cost, no amounts",
    "crm.roi.feature": "names and descriptions of features, no figures of a company",
}

# Models that everybody in the house may read, and why that shows no figure.
NO_FIGURES = {
    "crm.customer.tier": "names of tiers, which support sees on contacts; limits are for sales",
}

# Models of others that the addon gives rights on, and what keeps them narrow.
OTHERS_MODELS = {
    "digest.digest": "sales managers change CRM digests of their companies, by a rule and test",
}

# Methods anyone who may call Odoo remotely can call, beside those of Odoo it overrides.
PUBLIC_METHODS = {
    "models.kpi.crm_kpi_board": {
        "action_open_pivot": "returns an action; the figures are read with the caller's rights",
        "action_open_records": "returns an action; the records are read with the caller's rights",
    },
    "models.kpi.crm_kpi_target_spread": {
        "action_spread_again": "writes the months of targets the caller may write",
    },
    "models.selling.crm_lead_activity": {
        "action_log_call": "returns an action; the call is logged with the caller's rights",
    },
    "models.selling.crm_lead_waiting": {
        "action_write_answer": "returns an action; the message is sent with the caller's rights",
    },
    "wizards.crm_lead_call": {
        "action_log": "logs a call on a lead with the caller's rights",
    },
    "models.delivery.crm_kpi_report_recipient": {
        "action_subscribe": "for oneself, or as a manager",
        "action_unsubscribe": "for oneself, or as a manager",
    },
    "models.delivery.kpi_report_sending": {
        "action_send_now": "queues a kit the caller may change; recipients get their own figures",
    },
    "models.delivery.kpi_report_words": {
        "action_open_log": "returns an action; the log is read with the caller's rights",
        "action_preview": "returns an action; the preview asks what the caller may see",
    },
    "wizards.crm_kpi_report_preview": {
        "action_download_pdf": "returns an address; the file is made with the caller's rights",
        "action_download_xlsx": "returns an address; the file is made with the caller's rights",
    },
    "models.delivery.crm_kpi_alert": {
        "action_check": "looks at an alert the caller may write; tells its owner only",
    },
    "models.followup.crm_lead_followup_rule": {
        "action_open_followups": "returns an action",
        "action_preview": "returns a domain of ids; the leads are read with the caller's rights",
    },
    "models.scoring.crm_lead_score_proof": {
        "action_make_shadow": "copies a rule set with the caller's rights",
        "action_run": "writes the results of a back-test the caller may write",
    },
    "models.scoring.crm_lead_score_proof_rule": {
        "action_apply": "writes the points of rules with the caller's rights",
    },
    "models.scoring.crm_lead_score_set_shadow": {
        "action_open_proofs": "returns an action",
        "action_switch_on": "writes rule sets with the caller's rights",
    },
    "models.priority.crm_priority_applied": {
        "action_open_ticket": "returns an action; the ticket is opened with the caller's rights",
    },
    "models.priority.crm_priority_rule_preview": {
        "action_open_raised": "returns an action",
        "action_preview": "returns a domain of ids of tickets the caller may read",
        "action_raise_now": "queues tickets, for who may write the rule",
    },
    "models.roi.crm_roi_baseline": {
        "action_confirm": "freezes a baseline the caller may write",
        "action_read": "writes figures of a baseline the caller may write",
    },
    "models.roi.crm_roi_study_compute": {
        "action_compute": "writes the results of a study the caller may write",
    },
    "models.roi.crm_roi_study_kpi": {
        "action_drill": "returns a domain; the records are read with the caller's rights",
    },
    "models.roi.crm_roi_feature_verdict": {
        "action_drill": "returns a domain; the records are read with the caller's rights",
    },
    "models.roi.crm_roi_feature": {
        "action_open_costs": "returns an action",
    },
    "models.roi.crm_roi_cost_recurrence": {
        "action_open_periods": "returns an action; the costs are read with the caller's rights",
        "action_rewrite_periods": "deletes and creates costs with the caller's rights",
    },
    "models.roi.crm_roi_study_headline": {
        "action_open_baseline": "returns an action",
        "action_open_costs": "returns an action",
    },
    "models.priority.crm_customer_panel": {
        "read_panel": "reads a ticket and its customer with the caller's rights; else counts only",
    },
    "models.customers.crm_customer_follow_up": {
        "action_follow_up": "plans activities with the rights of the caller",
        "action_set_tier": "returns an action; the decision is stored as the caller",
    },
    "models.customers.crm_customer_tier": {
        "action_open_customers": "returns an action; the customers are read as the caller",
    },
    "models.customers.res_config_settings_customer": {
        "action_run_customer_nightly": "runs the job when the caller may write scheduled actions",
    },
    "models.scoring.crm_lead_score_rule_preview": {
        "action_preview": "for who may write rules; reads leads with the caller's rights",
    },
    "models.kpi.kpi_dimension_mixin": {
        "action_open_kpis": "returns an action; the figures are read with the caller's rights",
    },
    "models.kpi.kpi_drill": {
        "action_drill": "returns a domain; the records are read with the caller's rights",
    },
    "models.kpi.kpi_figures_drill": {
        "action_drill": "returns a domain; the records are read with the caller's rights",
    },
    "models.kpi.kpi_figures_dashboard": {
        "spreadsheet_fetch_figures": "reads figures with the caller's rights",
    },
    "models.base.res_config_settings": {
        "action_run_kpi_nightly": "runs the job when the caller may write scheduled actions",
    },
    "reports.crm_activity_fact": {
        "action_open": "returns an action; the record is read with the caller's rights",
    },
    "reports.crm_deal_effort": {
        "action_open": "returns an action; the opportunity is read with the caller's rights",
    },
    "reports.crm_kpi_mailing": {
        "action_open": "returns an action; the mail is read with the caller's rights",
    },
    "reports.crm_roi_cost_day": {
        "action_drill": "returns a domain; the costs are read with the caller's rights",
    },
    "models.roi.crm_roi_bill_rule": {
        "action_apply_to_past": "changes the rule with the caller's right to change it",
        "action_open_costs": "returns an action",
    },
    "models.roi.crm_roi_channel_mixin": {
        "action_open_roi_figures": "returns an action; figures are read with the caller's rights",
    },
    "models.roi.crm_roi_source_figures": {
        "action_open_roi_figures": "returns an action; figures are read with the caller's rights",
    },
    "reports.crm_funnel_drill": {
        "action_drill": "returns a domain; the opportunities are read with the caller's rights",
    },
    "reports.crm_funnel_figures": {
        "funnel_figures": "figures of what the caller may read; writes nothing",
    },
    "reports.crm_roi_attribution": {
        "action_drill": "returns an action; the credits are read with the caller's rights",
        "action_open_order": "returns an action",
    },
    "reports.crm_roi_channel": {
        "action_drill": "returns a domain; the records are read with the caller's rights",
    },
    "reports.crm_roi_study_file": {
        "action_download_xlsx": "returns an address; the file is made with the caller's rights",
    },
    "wizards.crm_import_file": {
        "action_back": "moves the caller's own wizard one step back",
        "action_download_issues": "returns an action",
    },
    "wizards.crm_import_table": {
        "action_check": "reads the caller's own file, writes the caller's own wizard",
        "action_import": "writes targets, or figures of a draft baseline, with the caller's rights",
    },
    "wizards.crm_kpi_target_copy": {
        "action_copy": "creates targets with the caller's rights",
    },
    "wizards.crm_roi_cost_import": {
        "action_open_costs": "returns an action",
        "action_restart": "returns an action",
    },
    "wizards.crm_roi_cost_import_checking": {
        "action_check": "reads the caller's own file, writes the caller's own wizard",
        "action_import": "writes costs with the caller's rights; wizards are for managers only",
    },
    "wizards.crm_roi_cost_import_reading": {
        "action_read": "reads the caller's own file, writes the caller's own wizard",
    },
    "wizards.crm_lead_import": {
        "action_restart": "returns an action",
    },
    "wizards.crm_lead_import_checking": {
        "action_check": "reads the caller's own file, writes the caller's own wizard",
        "action_import": "writes leads with the caller's rights; wizards are for managers only",
        "action_open_kpis": "returns an action",
        "action_open_leads": "returns an action",
        "action_refresh_kpis": "rebuilds KPIs of the wizard's company from its records",
    },
    "wizards.crm_lead_import_matching": {
        "action_match": "reads the caller's own file, writes the caller's own wizard",
    },
    "wizards.crm_lead_import_reading": {
        "action_read": "reads the caller's own file, writes the caller's own wizard",
    },
    "models.selling.crm_winning_analysis": {"action_run": "computes with the caller's rights"},
    "models.selling.crm_winning_finding": {"action_open_figures": "returns an action"},
    "models.selling.sales_cycle_drill": {
        "action_drill": "returns a domain; the opportunities are read with the caller's rights",
    },
    "models.scoring.crm_lead_score_proof_slice": {
        "action_drill": "returns a domain of ids; the leads are read with the caller's rights",
    },
    "models.customers.crm_customer_curve": {
        "action_drill": "returns a domain; the customers are read with the caller's rights",
    },
    "reports.crm_customer_cohort": {
        "action_open": "returns a domain; the customers are read with the caller's rights",
        "action_drill": "returns a domain; the customers are read with the caller's rights",
    },
    "models.customers.crm_customer_month": {
        "action_open": "returns a domain; orders or invoices are read with the caller's rights",
    },
    "models.selling.crm_winning_place": {"action_open_deals": "returns an action"},
}
