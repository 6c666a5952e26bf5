"""Many rows by one step are the rows themselves, on either database."""

from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import insert, not_, select
from sqlalchemy.engine import Connection

from live.storage.among import among
from live.storage.database import Database
from live.storage.many_rows import ManyRows
from live.storage.tables import FactRow

_FACTS = FactRow.__table__  # type: ignore[attr-defined]


class Row(NamedTuple):
    id: int
    kind: str
    body: str
    relayed_ms: int | None


FACTS = [
    Row(1, "OrderPaid", '{"name": "\\u9648 \\"quoted\\""}', None),
    Row(2, "OrderPaid", "陈晓明 🍍\n\\ / '", 2**53 + 1),
    Row(3, "RefundDue", "", None),
]
COLUMNS = [_FACTS.c[name] for name in Row._fields]


async def fill(database: Database) -> None:
    rows = [{**row._asdict(), "event_id": "evt_1", "at_ms": 0} for row in FACTS]
    await database.write(partial(_insert, rows))


def _insert(rows: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(insert(_FACTS), rows)


async def test_rows_come_as_they_are_stored(database: Database) -> None:
    await fill(database)
    everything = ManyRows(select(*COLUMNS), Row)
    found = await database.read(lambda connection: everything.read(connection, {}))
    assert sorted(found) == FACTS
    assert all(type(row) is Row for row in found)


async def test_no_rows_are_an_empty_list(database: Database) -> None:
    of_kind = ManyRows(select(*COLUMNS).where(among(_FACTS.c.kind, "kinds")), Row)
    found = await database.read(lambda connection: of_kind.read(connection, {"kinds": ["X"]}))
    assert found == []


async def test_all_but_some_in_order_up_to_a_limit(database: Database) -> None:
    await fill(database)
    oldest = ManyRows(
        select(*COLUMNS)
        .where(not_(among(_FACTS.c.kind, "excluded")))
        .order_by(_FACTS.c.id)
        .limit(1),
        Row,
    )
    for excluded, first in (([], FACTS[0]), (["OrderPaid"], FACTS[2])):
        found = await database.read(partial(oldest.read, parameters={"excluded": excluded}))
        assert found == [first]
