"""Many rows by one step, for queries that run all the time.

Python gives up its interpreter lock at every row that SQLite brings, and must win it back from a
busy event loop: hundreds of times a round of the writer. There the rows come as one JSON text,
which SQLite puts together without that lock.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.engine import Connection

R = TypeVar("R", bound=tuple[Any, ...])


class ManyRows(Generic[R]):
    """A query of text, integers and nulls.

    Args:
        statement: built once; its values are parameters.
        row: a NamedTuple with the statement's columns in their order.
        on_postgres: what PostgreSQL gets instead, where its planner needs other words.

    Attributes:
        as_one: the statement as SQLite gets it.
    """

    def __init__(
        self, statement: Select[Any], row: type[R], *, on_postgres: Select[Any] | None = None
    ) -> None:
        self._statement = statement if on_postgres is None else on_postgres
        self._row = row
        columns = statement.subquery().c
        self.as_one = select(func.json_group_array(func.json_array(*columns)))
        # The type is a value here, which msgspec reads and mypy cannot.
        self._decode = msgspec.json.Decoder(list[row]).decode  # type: ignore[valid-type]

    def read(self, connection: Connection, parameters: Mapping[str, Any]) -> list[R]:
        """All rows, in no promised order."""
        if connection.dialect.name == "sqlite":
            return self._decode(connection.execute(self.as_one, parameters).scalar_one())
        return [self._row(*row) for row in connection.execute(self._statement, parameters)]
