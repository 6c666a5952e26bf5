"""Many values as one parameter find their rows, and find them by index."""

import asyncio
import re
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Connection

from live.coupons.rows import _LOCK as LOCK_DROPS
from live.coupons.rows import _READ as READ_COUPONS
from live.giveaways.rows import _BALLOTS, _ENTERED, _LOCK
from live.sales.commit_postgres import _SELECT_USED_COUPONS
from live.sales.coupon_use import USES
from live.sales.order_rows import READ as READ_ORDERS
from live.sales.order_rows import move_statement
from live.sales.payments.ledger import _COUNT
from live.sales.payments.rows import _SETTLE
from live.sales.payments.settlement import _EVENTS_OF
from live.sales.payments.settlement import _READ as READ_PAYMENTS
from live.sales.payments.starting import _READ as READ_OWED
from live.sales.reconcile import _READ_FACTS as READ_FACTS
from live.sales.schemas import OrderStatus
from live.sales.stored_ids import STORED_IDS
from live.storage.among import among
from live.storage.database import Database
from live.storage.tables import LeaseRow

_LEASES = LeaseRow.__table__  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [[], ["a"], ["a", "c", "not there"], ["'; --", '"', "a", "a"]])
async def test_finds_exactly_those(database: Database, names: list[str]) -> None:
    rows = [{"name": name, "holder": "h", "until_ms": 0} for name in "abc"]
    await database.write(partial(_insert, rows))
    query = select(_LEASES.c.name).where(among(_LEASES.c.name, "names"))
    found = await database.read(
        lambda connection: set(connection.execute(query, {"names": names}).scalars())
    )
    assert found == set(names) & {"a", "b", "c"}


@pytest.mark.parametrize(
    "statement",
    [
        READ_ORDERS.as_one,
        STORED_IDS,
        move_statement(frozenset({OrderStatus.RESERVED}), ("status", "paid_ms")),
        READ_PAYMENTS.as_one,
        READ_OWED.as_one,
        _EVENTS_OF,
        _SETTLE.as_one,
        READ_FACTS.as_one,
        _COUNT.as_one,
        _ENTERED.as_one,
        _BALLOTS.as_one,
        _LOCK,
        LOCK_DROPS,
        READ_COUPONS.as_one,
    ],
    ids=[
        "orders",
        "stored ids",
        "move orders",
        "payments",
        "owed",
        "events of",
        "settle",
        "facts",
        "count",
        "entered",
        "ballots",
        "giveaways",
        "coupon drops",
        "coupons",
    ],
)
@pytest.mark.parametrize("is_analyzed", [False, True], ids=["", "a million analyzed"])
async def test_the_statements_of_a_rush_go_by_id(
    sqlite_url: str, statement: object, is_analyzed: bool
) -> None:
    if is_analyzed:
        await _tell_of_a_million(sqlite_url)
    plan = await _plan(sqlite_url, statement)
    ways = [step for step in plan if re.search("orders|payments|facts|giveaway|coupon", step)]
    assert ways
    for way in ways:
        assert way.startswith("SEARCH"), plan
        assert "status" not in way, plan


async def test_on_postgresql_facts_go_by_their_event(postgres_url: str) -> None:
    database = Database(postgres_url)
    fill = text(
        "INSERT INTO facts (kind, event_id, body, at_ms, relayed_ms)"
        " SELECT 'OrderReserved', 'evt_' || n % 30, '{}', n, n FROM generate_series(1, 30000) AS n"
    )
    query = READ_FACTS._statement.compile(database.engine.sync_engine)
    assert query.positiontup is not None
    asked = {**query.params, "after": '{"evt_live": 0}'}
    async with database.transaction() as session:
        await session.execute(fill)
        await session.execute(text("ANALYZE facts"))
        connection = await session.connection()
        found = await connection.exec_driver_sql(
            f"EXPLAIN {query}", tuple(asked[name] for name in query.positiontup)
        )
        plan = [row[0] for row in found]
    await database.close()
    assert any("ix_facts_event" in step for step in plan), plan


async def test_which_orders_use_coupons_is_a_matter_of_their_own_index(sqlite_url: str) -> None:
    plan = await _plan(sqlite_url, USES.as_one)
    assert any("USING INDEX ux_orders_coupon (coupon_id=?)" in step for step in plan), plan


async def test_on_postgresql_too(postgres_url: str) -> None:
    database = Database(postgres_url)
    query = text("EXPLAIN " + _SELECT_USED_COUPONS.replace("$1::text[]", "ARRAY['cpn_1']"))
    async with database.transaction() as session:
        # So few rows are read faster without an index; whether it would do is the question.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [row[0] for row in await session.execute(query)]
    await database.close()
    assert any("ux_orders_coupon" in step for step in plan), plan


async def _tell_of_a_million(sqlite_url: str) -> None:
    """What ANALYZE would find where few events have had a million orders."""
    found = {
        ("orders", "sqlite_autoindex_orders_1"): "1000000 1",
        ("orders", "ix_orders_event"): "1000000 500000 2",
        ("orders", "ix_orders_buyer"): "1000000 500 1",
        ("orders", "ix_orders_due"): "1000000 500000 5",
        ("facts", "ix_facts_event"): "1000000 500000 1",
        ("facts", "ix_facts_waiting"): "100 1",
        ("payments", "sqlite_autoindex_payments_1"): "1000000 1",
        ("payments", "ix_payments_order_id"): "1000000 1",
        ("payments", "ix_payments_status"): "1000000 500000 1",
    }
    rows = [(table, index, numbers) for (table, index), numbers in found.items()]
    database = Database(sqlite_url)
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ANALYZE")
        await connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", rows)
    await database.close()


async def _plan(sqlite_url: str, statement: object) -> list[str]:
    """How SQLite goes about it."""
    database = Database(sqlite_url)
    compiled = str(statement.compile(database.engine.sync_engine))  # type: ignore[attr-defined]
    values = ["[]"] * compiled.count("?")
    plan = await database.read(
        lambda connection: [
            row[3]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(values))
        ]
    )
    await database.close()
    return plan


async def test_what_fails_in_a_group_undoes_only_itself(database: Database) -> None:
    async def add(*names: str) -> None:
        await database.write(partial(_add, names))

    await add("b")
    outcomes = await asyncio.gather(add("a"), add("c", "b"), add("d"), return_exceptions=True)
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    names = await database.read(
        lambda connection: set(connection.execute(select(_LEASES.c.name)).scalars())
    )
    assert names == {"a", "b", "d"}


def _insert(rows: list[dict[str, Any]], connection: Connection) -> None:
    connection.execute(_LEASES.insert(), rows)


def _add(names: tuple[str, ...], connection: Connection) -> None:
    for name in names:
        _insert([{"name": name, "holder": "h", "until_ms": 0}], connection)
