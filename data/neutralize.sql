-- report kits: a copy of a database sends no figures to anybody
UPDATE crm_kpi_report_schedule SET active = FALSE;
UPDATE crm_kpi_report_log SET state = 'given_up' WHERE state IN ('claimed', 'queued', 'waiting', 'failed');
-- a copy of the database sends no digests and no alerts
UPDATE digest_digest SET state = 'deactivated';
UPDATE crm_digest_mail SET state = 'skipped' WHERE state IN ('waiting', 'queued');
UPDATE crm_kpi_alert SET active = false;
