"""Filling new columns of a large table at installation."""

from contextlib import contextmanager

from odoo.tools import SQL

# Below this the indexes are kept up row by row in no time.
LARGE_TABLE = 20_000
# Building an index in memory instead of on disk; given back at the end of the transaction.
BUILD_MEMORY = "512MB"


@contextmanager
def without_indexes(env, table):
    """Drop the plain indexes of a large table and build them again at the end.

    Writing a value into every row updates each index of the table row by row, which takes ten
    times as long as building the indexes once. All in one transaction: whatever goes wrong, the
    indexes are as before. Unique indexes and those of constraints stay.

    :param table: name of a table that this transaction has locked, as an installation does
    """
    definitions = _plain_indexes(env, table) if _is_large(env, table) else {}
    for name in definitions:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    yield
    if definitions:
        env.cr.execute(SQL("SET LOCAL maintenance_work_mem = %s", BUILD_MEMORY))
    for definition in definitions.values():
        # As PostgreSQL itself wrote it down; there is nothing of a user's in it.
        env.cr.execute(definition)


def _is_large(env, table):
    return bool(env.execute_query(SQL(
        "SELECT 1 FROM %s OFFSET %s LIMIT 1", SQL.identifier(table), LARGE_TABLE
    )))


def _plain_indexes(env, table):
    """:return: ``{index name: its CREATE INDEX statement}``"""
    return dict(env.execute_query(SQL(
        """SELECT class.relname, pg_get_indexdef(index.indexrelid)
           FROM pg_index index JOIN pg_class class ON class.oid = index.indexrelid
           WHERE index.indrelid = %s::regclass AND NOT index.indisunique
             AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
           ORDER BY class.relname""", table,
    )))
