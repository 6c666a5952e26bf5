"""Many rows by one statement.

On SQLite a statement for each row lets go of the interpreter's lock each time, and then waits
for the event loop to let go of it: measured in a rush, 100 rows took 30 ms instead of 3. There
the rows go in as one JSON parameter. asyncpg pipelines an ``executemany`` by itself.

json_each writes a row's text anew for every column that is taken from it, so the rows are
materialized first: an order of 20 columns costs 5 µs then, and 14 otherwise.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Table, Text, Update, bindparam, func, insert, select
from sqlalchemy.engine import Connection

_encode = msgspec.json.Encoder().encode


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows of text, integers and nulls, in the order of ``columns``."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(insert_from_json(table.name, columns), (json_rows(rows),))
    else:
        named = [dict(zip(columns, row, strict=True)) for row in rows]
        connection.execute(insert(table), named)


class UpdateRows:
    """An UPDATE of many rows, each with values of its own: text, integers and nulls.

    Args:
        columns: of the rows that are given, in their order.
        statement: makes the UPDATE from one expression for each of these columns.

    Attributes:
        as_one: the statement as SQLite gets it.
    """

    def __init__(self, columns: tuple[str, ...], statement: Callable[..., Update]) -> None:
        self._columns = columns
        each = func.json_each(bindparam("rows", type_=Text)).table_valued("value")
        given = select(each.c.value).cte("given").prefix_with("MATERIALIZED")
        self.as_one: Update = statement(
            *[func.json_extract(given.c.value, f"$[{i}]") for i in range(len(columns))]
        )
        self._each: Update = statement(*[bindparam(f"given_{name}") for name in columns])

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """No two of the rows given may be for the same row of the table."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            connection.execute(self.as_one, {"rows": json_rows(rows)})
        else:
            names = [f"given_{name}" for name in self._columns]
            connection.execute(self._each, [dict(zip(names, row, strict=True)) for row in rows])


def json_rows(rows: Sequence[Any]) -> str:
    """Rows, or single values, as the parameter of a statement that reads ``json_each(?)``."""
    return _encode(rows).decode()


@cache
def insert_from_json(table: str, columns: tuple[str, ...]) -> str:
    """SQLite's INSERT of rows that are given as ``json_rows``."""
    values = ", ".join(f"json_extract(value, '$[{i}]')" for i in range(len(columns)))
    return (
        f"WITH given AS MATERIALIZED (SELECT value FROM json_each(?))"  # noqa: S608 (our names)
        f" INSERT INTO {table} ({', '.join(columns)})"
        # "WHERE true", so that an ON CONFLICT may follow.
        f" SELECT {values} FROM given WHERE true"
    )
