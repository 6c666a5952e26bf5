"""Everybody's work on SQLite's one writer: together, in order, and across processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from live.errors import StartupError, Unavailable
from live.storage.database import Database
from live.storage.sqlite_writer import writer
from live.storage.sqlite_writer.process import WriterProcess
from tests.support.sqlite_works import (
    INSERT,
    Gate,
    add_and_count,
    add_twice,
    adding,
    disk_full,
    names,
    unpicklable,
)


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


@pytest.fixture(params=["thread", "process"])
def writer_socket(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Path | None]:
    if request.param == "thread":
        yield None
        return
    with WriterProcess(_file(sqlite_url)) as started:
        yield started.socket


@pytest_asyncio.fixture
async def database(sqlite_url: str, writer_socket: Path | None) -> AsyncIterator[Database]:
    opened = Database(sqlite_url, writer_socket=writer_socket)
    yield opened
    await opened.close()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


async def stored(database: Database) -> list[str]:
    return await database.read(names)


async def held(database: Database, gate: Gate) -> "asyncio.Task[None]":
    """The writer, busy; what is asked now gathers behind it."""
    holding = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.wait_until_entered)
    return holding


async def test_what_gathers_goes_in_one_transaction_in_order(
    database: Database, gate: Gate
) -> None:
    holding = await held(database, gate)
    asking = [
        asyncio.create_task(database.write(partial(add_and_count, f"n{n}"))) for n in range(10)
    ]
    await asyncio.sleep(0.01)
    gate.open()
    await holding
    results = await asyncio.gather(*asking)
    assert [count for count, _ in results] == list(range(1, 11))
    assert len({transaction for _, transaction in results}) == 1


async def test_a_failure_undoes_its_own_work_and_no_other(database: Database, gate: Gate) -> None:
    holding = await held(database, gate)
    works = (adding("a"), partial(add_twice, "half"), adding("b", 1))
    asking = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0.01)
    gate.open()
    await holding
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), IntegrityError, type(None)]
    assert "in add_twice" in outcomes[1].__notes__[0]  # type: ignore[union-attr]
    assert await stored(database) == ["a", "b"]


async def test_where_the_whole_transaction_is_undone_nobody_hears_that_it_worked(
    database: Database, gate: Gate
) -> None:
    holding = await held(database, gate)
    first = asyncio.create_task(database.write(adding("first")))
    second = asyncio.create_task(database.write(disk_full))
    await asyncio.sleep(0.01)
    gate.open()
    await holding
    outcomes = await asyncio.gather(first, second, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert await stored(database) == []
    await database.write(adding("after"))
    assert await stored(database) == ["after"]


async def test_a_transaction_of_a_session_has_its_turn(database: Database, gate: Gate) -> None:
    holding = await held(database, gate)

    async def in_a_session() -> None:
        async with database.transaction() as session:
            await session.execute(INSERT, {"name": "session", "at": 2})
            await asyncio.sleep(0.01)  # others may ask meanwhile; they wait

    asking = [
        asyncio.create_task(database.write(adding("before", 1))),
        asyncio.create_task(in_a_session()),
    ]
    await asyncio.sleep(0)
    asking.append(asyncio.create_task(database.write(adding("behind", 3))))
    gate.open()
    await asyncio.gather(holding, *asking)
    assert await stored(database) == ["before", "session", "behind"]


async def test_who_gives_up_waiting_for_a_turn_holds_nobody_up(
    database: Database, gate: Gate
) -> None:
    holding = await held(database, gate)

    async def in_a_session() -> None:
        async with database.transaction() as session:
            await session.execute(INSERT, {"name": "never", "at": 0})

    leaver = asyncio.create_task(in_a_session())
    stayer = asyncio.create_task(database.write(adding("stays")))
    await asyncio.sleep(0)
    leaver.cancel()
    gate.open()
    async with asyncio.timeout(5):
        await asyncio.gather(holding, stayer)
    assert await stored(database) == ["stays"]


async def test_what_nobody_waits_for_any_more_is_not_begun(database: Database, gate: Gate) -> None:
    holding = await held(database, gate)
    leaver = asyncio.create_task(database.write(adding("never")))
    stayer = asyncio.create_task(database.write(adding("stays")))
    await asyncio.sleep(0)
    leaver.cancel()
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(holding, stayer)
    assert await stored(database) == ["stays"]


async def test_two_writers_of_one_file_take_turns(
    database: Database, sqlite_url: str, writer_socket: Path | None
) -> None:
    worker = Database(sqlite_url, writer_socket=writer_socket)
    command = Database(sqlite_url)  # such as ``live accounts``: a writer of its own
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(database.write(adding(f"a{n}")) for n in range(100)),
            *(worker.write(adding(f"b{n}")) for n in range(100)),
            *(command.write(adding(f"c{n}")) for n in range(100)),
        )
    await worker.close()
    await command.close()
    assert len(await stored(database)) == 300


async def test_too_many_waiting_are_refused_at_once(
    database: Database, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WORKS_WAITING_MAX", 2)
    holding = await held(database, gate)
    waiting = asyncio.create_task(database.write(adding("a")))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await database.write(adding("b"))
    assert refusal.value.code == "busy"
    gate.open()
    await asyncio.gather(holding, waiting)


async def test_a_result_that_cannot_be_sent_is_an_error_of_its_asker_alone(
    database: Database, gate: Gate
) -> None:
    holding = await held(database, gate)
    odd = asyncio.create_task(database.write(unpicklable))
    even = asyncio.create_task(database.write(adding("even")))
    await asyncio.sleep(0.01)
    gate.open()
    await asyncio.gather(holding, even)
    with pytest.raises(RuntimeError, match="cannot be sent"):
        await odd
    assert await stored(database) == ["even"]


async def test_closing_finishes_what_was_asked(
    sqlite_url: str, writer_socket: Path | None, gate: Gate
) -> None:
    database = Database(sqlite_url, writer_socket=writer_socket)
    holding = await held(database, gate)
    asking = [asyncio.create_task(database.write(adding(f"n{n}", n))) for n in range(3)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(holding, *asking, closing)
    reopened = Database(sqlite_url)
    assert await stored(reopened) == ["n0", "n1", "n2"]
    await reopened.close()


# The process alone


async def test_when_the_process_dies_askers_hear_of_it_and_a_successor_writes_on(
    sqlite_url: str, gate: Gate
) -> None:
    with WriterProcess(_file(sqlite_url)) as started:
        database = Database(sqlite_url, writer_socket=started.socket)
        await database.write(adding("before"))
        holding = await held(database, gate)
        behind = asyncio.create_task(database.write(adding("behind", 1)))
        await asyncio.sleep(0.01)
        os.kill(started.pid, signal.SIGKILL)
        outcomes = await asyncio.gather(holding, behind, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionResetError] * 2
        async with asyncio.timeout(20):
            await database.write(adding("after", 2))
        assert await stored(database) == ["before", "after"]
        await database.close()


async def test_a_worker_that_dies_in_its_turn_holds_nobody_up(sqlite_url: str) -> None:
    holder = """
import asyncio, sys
from pathlib import Path
from live.storage.database import Database

async def main():
    database = Database(sys.argv[1], writer_socket=Path(sys.argv[2]))
    async with database.transaction():
        print("in", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    with WriterProcess(_file(sqlite_url)) as started:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", holder, sqlite_url, str(started.socket)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"in\n"
        database = Database(sqlite_url, writer_socket=started.socket)
        waiting = asyncio.create_task(database.write(adding("waits")))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        worker.kill()
        async with asyncio.timeout(10):
            await waiting
        await worker.wait()
        await database.close()


def test_the_process_ends_with_whoever_started_it(sqlite_url: str) -> None:
    parent = """
import sys, time
from pathlib import Path
from live.storage.sqlite_writer.process import WriterProcess

print(WriterProcess(Path(sys.argv[1])).start().pid, flush=True)
time.sleep(60)
"""
    started = subprocess.Popen(
        [sys.executable, "-c", parent, str(_file(sqlite_url))], stdout=subprocess.PIPE
    )
    assert started.stdout is not None
    pid = int(started.stdout.readline())
    started.kill()
    started.wait()
    started.stdout.close()
    deadline = time.monotonic() + 10
    while _is_running(pid):
        assert time.monotonic() < deadline, "the writer outlived its parent"
        time.sleep(0.02)


def test_a_process_that_does_not_start_is_said_so(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(StartupError, match="does not start"):
        WriterProcess(_file(sqlite_url)).start()


async def test_where_nobody_writes_any_more_that_is_an_error_of_sql(sqlite_url: str) -> None:
    with WriterProcess(_file(sqlite_url)) as started:
        database = Database(sqlite_url, writer_socket=started.socket)
        await database.write(adding("a"))
    with pytest.raises(ConnectionError):
        await database.write(adding("b"))
    assert await stored(database) == ["a"]
    await database.close()


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
