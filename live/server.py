"""One server process, from its first connection to its last answer."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from live.accounts.secrets import Keys, load_secret
from live.accounts.sms import sms_provider
from live.app import Platform, compose
from live.catalog.counties import seed_counties
from live.clock import SystemClock
from live.collector import spare_what_lasts
from live.config import Settings
from live.errors import StartupError
from live.following.reminder_sms import reminder_sms
from live.sales.payments.configured import configured_providers
from live.storage.database import Database
from live.storage.redis import REDIS_AWAY, RedisClient, connect_redis
from live.storage.schema import check_schema
from live.web.acceptor import Acceptor
from live.web.captcha import captcha_verifier
from live.web.connections import http_connections
from live.web.draining import nobody_connected

BACKLOG = 4_096  # connections that may wait to be accepted
SHUTDOWN_SECONDS = 10.0  # for answers under way when the server stops
LAST_SECONDS = 0.5  # for who came last to send a request

log = structlog.get_logger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises: StartupError where the port is taken or the host not ours."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise StartupError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    listener.setblocking(False)
    return listener


async def check_surroundings(settings: Settings) -> None:
    """Raise StartupError, in an operator's words, for whatever keeps a server from working."""
    keys = _keys(settings)
    sms_provider(settings)
    configured_providers(settings, SystemClock(), sandbox_key=keys.key("sandbox"), own_url="")
    captcha_verifier(settings)
    try:
        await check_schema(settings.effective_database_url)
    except (SQLAlchemyError, OSError) as error:
        where = make_url(settings.effective_database_url).render_as_string(hide_password=True)
        raise StartupError(f"cannot reach the database {where}: {_first_line(error)}") from error
    assert settings.redis_url is not None
    redis = _connect_redis(settings)
    try:
        await redis.ping()
    except REDIS_AWAY as error:
        where = _without_password(settings.redis_url)
        raise StartupError(f"cannot reach Redis {where}: {_first_line(error)}") from error
    finally:
        await redis.aclose()


async def serve(
    settings: Settings, listener: socket.socket, *, url: str, stop: asyncio.Event | None = None
) -> None:
    """Serve until SIGTERM, SIGINT or ``stop``, then drain.

    Args:
        listener: closed in the end; another process that shares it goes on.
        url: where this very server can be reached from this machine.
    """
    stopping = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with _opened(settings) as (database, redis):
        async with database.transaction() as session:
            await seed_counties(session)
        platform = _platform(settings, database, redis, url)
        async with platform.running():
            runner = web.AppRunner(
                platform.application(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
            )
            await runner.setup()
            assert runner.server is not None
            connections = http_connections(
                runner.server, keepalive_seconds=settings.keepalive_seconds
            )
            acceptor = Acceptor(listener, connections)
            try:
                spare_what_lasts()
                log.info("serving", url=url)
                await stopping.wait()
                log.info("draining")
                # Balancers stop sending people here, rooms are emptied evenly, and only then
                # does the door close.
                platform.draining.start()
                await asyncio.gather(
                    platform.gateway.drain(),
                    nobody_connected(runner.server, settings.drain_seconds),
                )
            finally:
                await acceptor.close()
                listener.close()  # who comes now is refused at once, and not left waiting
                await nobody_connected(runner.server, LAST_SECONDS)
                await runner.cleanup()
    log.info("stopped")


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415 (not to be had on Windows)

    return uvloop.new_event_loop


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Database, RedisClient]]:
    database = Database(
        settings.effective_database_url,
        pool_connections=settings.pool_connections,
        writer_socket=settings.sqlite_writer,
    )
    redis = _connect_redis(settings)
    try:
        yield database, redis
    finally:
        await redis.aclose()
        await database.close()


def _platform(settings: Settings, database: Database, redis: RedisClient, url: str) -> Platform:
    keys = _keys(settings)
    payment = configured_providers(
        settings, SystemClock(), sandbox_key=keys.key("sandbox"), own_url=url
    )
    return compose(
        settings,
        database,
        redis,
        keys=keys,
        sms=sms_provider(settings),
        providers=payment.providers,
        lives=[payment.feature],
        reminders=reminder_sms(settings),
    )


def _keys(settings: Settings) -> Keys:
    return Keys(load_secret(settings, may_generate=settings.allow_sandbox))


def _connect_redis(settings: Settings) -> RedisClient:
    assert settings.redis_url is not None
    return connect_redis(
        settings.redis_url,
        timeout_ms=settings.redis_timeout_ms,
        connections_max=settings.redis_connections_max,
    )


def _without_password(url: str) -> str:
    """Not yarl's: a Cluster's address names several nodes."""
    parts = urlsplit(url)
    user, at, places = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{places}").geturl()


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
