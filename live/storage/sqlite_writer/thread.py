"""The writer's loop on a thread of the process that asks: for commands and tests."""

import asyncio
import socket
from pathlib import Path
from threading import Thread

from live.storage.sqlite_engine import sqlite_engine
from live.storage.sqlite_writer.loop import WriterLoop
from live.storage.sqlite_writer.rounds import Rounds
from live.storage.sqlite_writer.writer import Link


class InThread:
    """See ``Way``. The thread starts with the first ask.

    Args:
        database: SQLite's file.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._thread: Thread | None = None

    async def open(self) -> Link:
        ours, theirs = socket.socketpair()
        # A daemon: where an event loop ends without close(), its process must still end.
        self._thread = Thread(target=self._run, args=[theirs], name="sqlite writer", daemon=True)
        self._thread.start()
        _, link = await asyncio.get_running_loop().create_connection(Link, sock=ours)
        return link

    async def close(self) -> None:
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _run(self, connection: socket.socket) -> None:
        engine = sqlite_engine(self._database)
        loop = WriterLoop(Rounds(engine))
        loop.serve(connection)
        loop.run()
        engine.dispose()
