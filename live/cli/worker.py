"""One server process of several, forked when everything here has been imported.

Importing starts no thread and opens no connection: what is forked could not use either.
"""

import asyncio
import os
import socket
from multiprocessing.connection import Connection

from live.config import settings_from_environment
from live.server import run, serve
from live.telemetry import configure_log


def work(listener: socket.socket, url: str, life: Connection) -> None:
    """Serve until told to stop, or until the other end of ``life`` closes."""
    os.setsid()  # Ctrl-C goes to the parent, which tells us
    configure_log()
    listener.setblocking(False)

    async def until_the_end() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_reader(life.fileno(), stop.set)
        await serve(settings_from_environment(), listener, url=url, stop=stop)

    run(until_the_end())
