"""Facts: what happened, in the past tense, recorded in the transaction that made it true.

A fact is how one part of the platform tells the others: handlers (reactions) get each fact
at least once, after its commit, in batches. They must therefore be idempotent.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy.engine import Connection

from live.storage.bulk import insert_rows
from live.storage.tables import FactRow


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all facts. A subclass's name is its kind in the database: never rename one."""

    event_id: str
    at_ms: int

    @classmethod
    def kind(cls) -> str:
        return cls.__name__


F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A handler of one kind of fact.

    ``handle`` is awaited with every waiting fact of that kind, oldest first; if it raises, the
    same facts come again later, so it must be idempotent.
    """

    fact: type[Any]
    handle: Callable[[Sequence[Any]], Awaitable[None]]


_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]
FACT_COLUMNS = ("kind", "event_id", "body", "at_ms")
_encode = msgspec.json.Encoder().encode


def fact_columns(fact: Fact) -> tuple[str, str, str, int]:
    """One row of ``facts`` for a bulk insert, in the order of ``FACT_COLUMNS``."""
    return fact.kind(), fact.event_id, _encode(fact).decode(), fact.at_ms


def record(connection: Connection, facts: Iterable[Fact]) -> None:
    """Write facts within the caller's transaction."""
    insert_rows(connection, _FACTS, FACT_COLUMNS, [fact_columns(fact) for fact in facts])
