"""Rows whose keys and places tell nothing: neither which came first nor which came together."""

import secrets

from odoo.tools import SQL

KEYS = 2**31 - 1


def insert(env, table, values):
    """Insert one row under a random key.

    :param str table: name of a table without log columns
    :param dict values: by column; False is NULL
    """
    row = [None if value is False else value for value in values.values()]
    query = "INSERT INTO %s (id, %s) VALUES %s ON CONFLICT (id) DO NOTHING"
    columns = SQL(", ").join(map(SQL.identifier, values))
    while True:
        key = secrets.randbelow(KEYS) + 1
        env.cr.execute(SQL(query, SQL.identifier(table), columns, (key, *row)))
        if env.cr.rowcount:
            return


def mix(env, table, columns, where):
    """Write rows of a table anew, at once and in a random order: the database notes which were written together.

    :param columns: names of all columns but the key
    :param SQL where: which rows
    """
    env.cr.execute(
        SQL(
            """WITH taken AS (DELETE FROM %(table)s WHERE %(where)s RETURNING id, %(columns)s)
               INSERT INTO %(table)s (id, %(columns)s) SELECT id, %(columns)s FROM taken ORDER BY random()""",
            table=SQL.identifier(table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            where=where,
        )
    )
