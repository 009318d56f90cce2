"""Everything a module can leave in a database: structure, records and the rows themselves."""

import json
from collections import Counter

# name of a part -> query that gives one text per thing
PARTS = {
    "tables": """
        SELECT concat(c.relkind, ' ', c.relname) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'S', 'p', 'f')""",
    "columns": """
        SELECT table_name || '.' || column_name || ' ' || udt_name
               || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
               || coalesce(' default ' || column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT concat(conrelid::regclass, ' ', conname, ' ', pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "functions": """
        SELECT p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "triggers": """
        SELECT concat(tgrelid::regclass, ' ', tgname) FROM pg_trigger WHERE NOT tgisinternal""",
    "types": """
        SELECT typname FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')""",
    "extensions": "SELECT extname FROM pg_extension",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name || ' ' || ttype FROM ir_model_fields",
    "selection values": """
        SELECT f.model || '.' || f.name || ' ' || s.value FROM ir_model_fields_selection s
        JOIN ir_model_fields f ON f.id = s.field_id""",
    "model constraints": "SELECT name FROM ir_model_constraint",
    "model relations": "SELECT name FROM ir_model_relation",
    "external ids": "SELECT module || '.' || name || ' ' || model FROM ir_model_data",
    "access rights": "SELECT name FROM ir_model_access",
    "record rules": "SELECT name FROM ir_rule",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "group privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "views": "SELECT concat_ws(' ', key, name, model) FROM ir_ui_view",
    "menus": """
        SELECT concat(p.name->>'en_US', ' / ', m.name->>'en_US') FROM ir_ui_menu m
        LEFT JOIN ir_ui_menu p ON p.id = m.parent_id""",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "filters": "SELECT model_id || ' ' || name FROM ir_filters",
    "config parameters": "SELECT key FROM ir_config_parameter",
    "defaults": """
        SELECT f.model || '.' || f.name FROM ir_default d JOIN ir_model_fields f
        ON f.id = d.field_id""",
    "sequences": "SELECT name FROM ir_sequence",
    "attachments": """
        SELECT res_model || ' ' || name FROM ir_attachment
        WHERE res_model IS NOT NULL AND res_model NOT IN ('ir.ui.view', 'ir.ui.menu')""",
    # rows that point at a model that is gone
    "orphaned messages": """
        SELECT model FROM mail_message WHERE model NOT IN (SELECT model FROM ir_model)""",
    "orphaned activities": """
        SELECT res_model FROM mail_activity WHERE res_model NOT IN (SELECT model FROM ir_model)""",
    "orphaned followers": """
        SELECT res_model FROM mail_followers WHERE res_model NOT IN (SELECT model FROM ir_model)""",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    "message subtypes": "SELECT name->>'en_US' FROM mail_message_subtype",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "export lists": "SELECT resource || ' ' || name FROM ir_exports",
    "assets": "SELECT bundle || ' ' || path FROM ir_asset",
    "digest tips": "SELECT name->>'en_US' FROM digest_tip",
    "currencies in use": "SELECT name FROM res_currency WHERE active",
    "languages": "SELECT code FROM res_lang WHERE active",
}
# rows that change whenever Odoo runs, whoever runs it
RESTLESS_TABLES = {
    "ir_logging", "bus_bus", "bus_presence", "ir_cron_progress", "ir_cron_trigger", "ir_profile",
    "orm_signaling_registry", "base_registry_signaling", "res_device_log", "ir_module_module",
}
RESTLESS_PREFIXES = ("orm_signaling_", "base_cache_signaling_")
RESTLESS_COLUMNS = {"write_date", "write_uid", "nextcall", "lastcall"}


def take(postgres, database):
    """Inventory of a database.

    :returns: {part: sorted list of texts}; equal things are listed as often as they occur.
    """
    pieces = [
        f"SELECT '{part}' AS part, t.thing FROM ({query}) AS t(thing)"
        for part, query in PARTS.items()
    ]
    query = (
        "SELECT json_object_agg(part, things) FROM (SELECT part, json_agg(coalesce(thing::text, '')"
        " ORDER BY thing) AS things FROM (" + " UNION ALL ".join(pieces) + ") u GROUP BY part) g"
    )
    found = json.loads(postgres.sql(query, database))
    return {part: found.get(part, []) for part in PARTS}


def differences(before, after):
    """What one inventory has and the other has not: list of texts `+ part: thing`."""
    result = []
    for part in PARTS:
        old, new = Counter(before[part]), Counter(after[part])
        result += [f"- {part}: {thing}" for thing in sorted((old - new).elements())]
        result += [f"+ {part}: {thing}" for thing in sorted((new - old).elements())]
    return result


def hashes(postgres, database):
    """Fingerprint of every table's rows.

    :returns: {table: "number of rows, hash"} without what changes whenever Odoo runs.
    """
    columns = json.loads(postgres.sql(
        "SELECT json_object_agg(table_name, names) FROM (SELECT c.table_name, json_agg("
        "c.column_name ORDER BY c.column_name) AS names FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " GROUP BY c.table_name) g", database,
    ))
    pieces = []
    for table, names in sorted(columns.items()):
        if table in RESTLESS_TABLES or table.startswith(RESTLESS_PREFIXES):
            continue
        kept = ", ".join(f'"{name}"' for name in names if name not in RESTLESS_COLUMNS)
        pieces.append(
            f"SELECT '{table}' AS name, count(*) || ' rows, ' || coalesce(md5(string_agg("
            f"md5(r::text), '' ORDER BY md5(r::text))), '') AS hash"
            f' FROM (SELECT {kept} FROM "{table}") r'
        )
    query = "SELECT json_object_agg(name, hash) FROM (" + " UNION ALL ".join(pieces) + ") u"
    return json.loads(postgres.sql(query, database))


def changed_tables(before, after):
    """Tables whose rows differ between two results of hashes: list of texts."""
    return [
        f"{table}: {before.get(table, 'absent')} became {after.get(table, 'absent')}"
        for table in sorted(before.keys() | after.keys())
        if before.get(table) != after.get(table)
    ]
