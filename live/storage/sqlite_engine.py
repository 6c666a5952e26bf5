"""Connections to SQLite: what each is told before anything else, and how its transactions begin."""

from functools import partial
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_BUSY_SECONDS = 5
# By default SQLite keeps 2 MB of pages a connection. Order ids are random, so a rush touches pages
# all over the tables: 50,000 orders sold in 52 s with the defaults, at a falling rate, and in 41 s
# at an even one with these two.
SQLITE_CACHE_KIB = 65_536  # KiB of pages kept by each thread's connection, at most
SQLITE_POOL_CACHE_KIB = 4_096  # the same for each of the pool's, of which there are many
SQLITE_CHECKPOINT_PAGES = 16_000  # pages of 4 KiB in the log before they are copied to the file
READ_ONLY = "live_read_only"  # an execution option: the transaction writes nothing


def sqlite_engine(path: Path, *, connections: int = 1, read_only: bool = False) -> Engine:
    """For synchronous work; what writes begins with BEGIN IMMEDIATE."""
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        execution_options={READ_ONLY: read_only},
    )
    equip(engine, cache_kib=SQLITE_CACHE_KIB)
    return engine


def equip(engine: Engine, *, cache_kib: int = SQLITE_POOL_CACHE_KIB) -> None:
    """Make an engine's connections like all others of ours."""
    event.listen(engine, "connect", partial(_on_connect, cache_kib))
    event.listen(engine, "begin", _on_begin)


def _on_connect(cache_kib: int, connection: object, _entry: ConnectionPoolEntry) -> None:
    # aiosqlite's wrapper runs statements on its own thread; its cursor is the portable way in.
    # isolation_level None: BEGIN is ours alone (_on_begin), not the driver's guess.
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
        f"cache_size=-{cache_kib}",
        f"wal_autocheckpoint={SQLITE_CHECKPOINT_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    is_read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")
