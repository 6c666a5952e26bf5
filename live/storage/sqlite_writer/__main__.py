"""The process that writes to SQLite; ``WriterProcess`` starts it.

``python -m live.storage.sqlite_writer DESCRIPTOR DATABASE``. Not a command of ``live``, which
loads all of the platform: while this one is away nothing is sold, so it must be back soon.
"""

import socket
import sys
from pathlib import Path

import structlog

from live.collector import spare_what_lasts
from live.storage.sqlite_engine import sqlite_engine
from live.storage.sqlite_writer.loop import WriterLoop
from live.storage.sqlite_writer.process import READY
from live.storage.sqlite_writer.rounds import Rounds
from live.telemetry import configure_log

log = structlog.get_logger(__name__)


def main(descriptor: int, database: Path) -> None:
    """Write until standard input ends.

    Args:
        descriptor: of the socket that workers connect to.
        database: SQLite's file.
    """
    configure_log()
    engine = sqlite_engine(database)
    loop = WriterLoop(Rounds(engine))
    loop.listen(socket.socket(fileno=descriptor), sys.stdin)
    spare_what_lasts()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    log.info("writing", database=str(database))
    loop.run()
    engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
