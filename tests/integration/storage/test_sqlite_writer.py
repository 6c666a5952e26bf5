"""Everybody's work on SQLite's one writer: together, in order, and across processes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from live.errors import Unavailable
from live.storage import sqlite_writer
from live.storage.database import Database

_INSERT = text("INSERT INTO leases (name, holder, until_ms) VALUES (:name, 'h', :at)")
_NAMES = text("SELECT name FROM leases ORDER BY until_ms")


@pytest_asyncio.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    await opened.close()


class Gate:
    """A work that keeps the writer's thread until opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()
        self.entered = threading.Event()

    def __call__(self, _connection: Connection) -> None:
        self.entered.set()
        assert self._opened.wait(10)

    def open(self) -> None:
        self._opened.set()


def adding(name: str, at: int = 0) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(_INSERT, {"name": name, "at": at})

    return work


async def names(database: Database) -> list[str]:
    return await database.read(lambda connection: list(connection.scalars(_NAMES)))


async def held(database: Database) -> tuple[Gate, "asyncio.Task[None]"]:
    """The writer, busy; what is asked now gathers behind it."""
    gate = Gate()
    holding = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait, 10)
    return gate, holding


async def test_what_gathers_goes_in_one_transaction_in_order(database: Database) -> None:
    transactions: set[int] = set()
    order: list[int] = []

    def numbered(number: int) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            order.append(number)
            transactions.add(id(connection.get_transaction()))

        return work

    gate, holding = await held(database)
    asking = [asyncio.create_task(database.write(numbered(n))) for n in range(10)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(holding, *asking)
    assert order == list(range(10))
    assert len(transactions) == 1


async def test_a_failure_undoes_its_own_work_and_no_other(database: Database) -> None:
    def half(connection: Connection) -> None:
        adding("half")(connection)
        adding("half")(connection)

    gate, holding = await held(database)
    asking = [
        asyncio.create_task(database.write(work)) for work in (adding("a"), half, adding("b", 1))
    ]
    await asyncio.sleep(0)
    gate.open()
    await holding
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), IntegrityError, type(None)]
    assert await names(database) == ["a", "b"]


async def test_where_the_whole_transaction_is_undone_nobody_hears_that_it_worked(
    database: Database,
) -> None:
    def disk_full(connection: Connection) -> None:
        # What SQLite does by itself when the disk is full.
        connection.exec_driver_sql("ROLLBACK")
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    gate, holding = await held(database)
    first = asyncio.create_task(database.write(adding("first")))
    second = asyncio.create_task(database.write(disk_full))
    await asyncio.sleep(0)
    gate.open()
    await holding
    outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert await names(database) == []
    await database.write(adding("after"))
    assert await names(database) == ["after"]


async def test_a_transaction_of_a_session_has_its_turn(database: Database) -> None:
    gate, holding = await held(database)

    async def in_a_session() -> None:
        async with database.transaction() as session:
            await session.execute(_INSERT, {"name": "session", "at": 2})
            await asyncio.sleep(0)  # others may ask meanwhile; they wait

    asking = [
        asyncio.create_task(database.write(adding("before", 1))),
        asyncio.create_task(in_a_session()),
    ]
    await asyncio.sleep(0)
    asking.append(asyncio.create_task(database.write(adding("behind", 3))))
    gate.open()
    await asyncio.gather(holding, *asking)
    assert await names(database) == ["before", "session", "behind"]


async def test_who_gives_up_waiting_for_a_turn_holds_nobody_up(database: Database) -> None:
    gate, holding = await held(database)

    async def in_a_session() -> None:
        async with database.transaction() as session:
            await session.execute(_INSERT, {"name": "never", "at": 0})

    leaver = asyncio.create_task(in_a_session())
    stayer = asyncio.create_task(database.write(adding("stays")))
    await asyncio.sleep(0)
    leaver.cancel()
    gate.open()
    async with asyncio.timeout(5):
        await asyncio.gather(holding, stayer)
    assert await names(database) == ["stays"]


async def test_two_writers_of_one_file_take_turns(database: Database, sqlite_url: str) -> None:
    other = Database(sqlite_url)  # as another worker has it: its own thread, its own connections
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(database.write(adding(f"a{n}")) for n in range(100)),
            *(other.write(adding(f"b{n}")) for n in range(100)),
        )
    await other.close()
    assert len(await names(database)) == 200


async def test_too_many_waiting_are_refused_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_writer, "WORKS_WAITING_MAX", 2)
    gate, holding = await held(database)
    waiting = asyncio.create_task(database.write(adding("a")))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await database.write(adding("b"))
    assert refusal.value.code == "busy"
    gate.open()
    await asyncio.gather(holding, waiting)


async def test_closing_finishes_what_was_asked(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    gate, holding = await held(database)
    asking = [asyncio.create_task(database.write(adding(f"n{n}", n))) for n in range(3)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(holding, *asking, closing)
    reopened = Database(sqlite_url)
    assert await names(reopened) == ["n0", "n1", "n2"]
    await reopened.close()
