"""Loading tables in bulk: one INSERT … SELECT a table, indexes built afterwards."""

from contextlib import contextmanager

from odoo.tools import SQL

# The same number for the same n and name, on every machine: a data set is a function of its size.
FUNCTIONS = SQL(
    """CREATE OR REPLACE FUNCTION dice(n bigint, name text) RETURNS float8
       LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
       ((hashint8extended(n, hashtext(name)) >> 11) & 9007199254740991) / 9007199254740992.0;
       CREATE OR REPLACE FUNCTION bell(n bigint, name text) RETURNS float8
       LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
       sqrt(-2 * ln(1 - dice(n, name))) * cos(2 * pi() * dice(n, name || '~'))"""
)


@contextmanager
def chance(env):
    """Make the SQL functions ``dice(n, name)``, even from 0 to 1, and ``bell(n, name)``, normal."""
    env.cr.execute(FUNCTIONS)
    yield
    env.cr.execute(SQL("DROP FUNCTION bell, dice"))


def insert(env, table, columns, source, **values):
    """INSERT … SELECT.

    :param columns: dictionary column -> SQL text of its value
    :param source: SQL text that follows FROM
    :param values: parameters of these texts, written ``%(name)s``
    :returns: number of rows.
    """
    names = SQL(", ").join(SQL.identifier(name) for name in columns)
    texts = SQL(", ".join(columns.values()) + f" FROM {source}", **values)
    env.cr.execute(SQL("INSERT INTO %s (%s) SELECT %s", SQL.identifier(table), names, texts))
    count = env.cr.rowcount
    # What follows joins these rows, and autovacuum cannot see them yet.
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    return count


def temporary(env, table, text, **values):
    """A temporary table of this session with the rows of a query."""
    name = SQL.identifier(table)
    env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", name, SQL(text, **values)))
    env.cr.execute(SQL("ANALYZE %s", name))


@contextmanager
def without_indexes(env, *tables):
    """Drop the plain indexes of some tables and build them again at the end, which is faster.

    Foreign keys are dropped, too, and come back without looking at the rows: checking each of them
    takes as long as writing it.
    """
    indexes, keys = _indexes(env, tables), _foreign_keys(env, tables)
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    for table, name, _definition in keys:
        env.cr.execute(SQL(
            "ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name)))
    yield
    # The texts are PostgreSQL's own description of what it had.
    for _name, definition in indexes:
        env.cr.execute(SQL(definition.replace("%", "%%")))
    for table, name, definition in keys:
        env.cr.execute(SQL(
            "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID", SQL.identifier(table),
            SQL.identifier(name), SQL(definition)))
    for table in tables:
        env.cr.execute(SQL(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM %s))",
            table, SQL.identifier(table),
        ))


def _indexes(env, tables):
    env.cr.execute(SQL(
        """SELECT index.relname, pg_get_indexdef(index.oid)
           FROM pg_index JOIN pg_class index ON index.oid = indexrelid
           WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique ORDER BY index.relname""",
        list(tables),
    ))
    return env.cr.fetchall()


def _foreign_keys(env, tables):
    env.cr.execute(SQL(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
           FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
           ORDER BY conrelid, conname""",
        list(tables),
    ))
    return env.cr.fetchall()
