from . import (
    crm_customer_cohort,
    crm_kpi_active_customer,
    crm_roi_attribution,
    crm_roi_channel,
    crm_roi_cost_day,
    crm_roi_study_file,
    crm_roi_study_report,
    csv_file,
    pivot_sheet,
    study_sheet,
    xlsx,
)
