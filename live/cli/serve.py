"""``live serve``: the server, in one process or several."""

import asyncio
import socket
import sys
from typing import Annotated

import typer

from live.cli.open_files import allow_many_open_files
from live.cli.surroundings import surroundings
from live.cli.workers import Workers
from live.config import Settings, settings_from_environment
from live.errors import StartupError
from live.server import check_surroundings, listen, run
from live.server import serve as serve_here
from live.telemetry import configure_log

# An address to listen on → one under which this machine reaches it.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (a lookup)


def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=256, help="processes on that port")] = 1,
) -> None:
    """Serve pages, calls and rooms; SIGTERM drains."""
    configure_log()
    allow_many_open_files()  # workers inherit it
    try:
        with listen(host, port) as listener, surroundings(settings_from_environment()) as settings:
            asyncio.run(check_surroundings(settings))
            _serve(settings, listener, _url(host, port), workers)
    except StartupError as error:
        print(f"live serve: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def _serve(settings: Settings, listener: socket.socket, url: str, workers: int) -> None:
    if workers == 1:
        run(serve_here(settings, listener, url=url))
        return
    assert settings.redis_url is not None
    named = {
        "LIVE_REDIS_URL": settings.redis_url,
        "LIVE_DATABASE_URL": settings.effective_database_url,
    }
    if settings.sqlite_writer is not None:
        named["LIVE_SQLITE_WRITER"] = str(settings.sqlite_writer)
    Workers(workers, listener, named, url).run()


def _url(host: str, port: int) -> str:
    reachable = _REACHABLE.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
