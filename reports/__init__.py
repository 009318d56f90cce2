from . import crm_kpi_active_customer, csv_file, pivot_sheet, xlsx
