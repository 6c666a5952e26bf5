"""A process that closes and freezes a giveaway, and is killed with its draw written, uncommitted.

python -m tests.support.doomed_draw DATABASE_URL GIVEAWAY_ID NOW_MS
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial

from sqlalchemy.engine import Connection

from live.clock import ManualClock
from live.giveaways.drawing import draw_in_sql
from live.giveaways.rows import Ballot, StoredGiveaway, read_ballots
from live.storage.database import Database
from tests.support.booths import Booth


async def draw(database_url: str, giveaway_id: str, now_ms: int) -> None:
    booth = Booth(Database(database_url), ManualClock(now_ms))
    giveaway = await booth.read(giveaway_id)
    assert await booth.drawing.close(giveaway)
    assert await booth.drawing.freeze(giveaway)
    frozen = await booth.read(giveaway_id)
    ballots = await booth.database.read(partial(read_ballots, giveaway_id))
    await booth.database.write(partial(_draw_and_die, frozen, ballots))


def _draw_and_die(
    giveaway: StoredGiveaway, winners: Sequence[Ballot], connection: Connection
) -> None:
    assert draw_in_sql(giveaway, winners, len(winners), 0, connection)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(draw(sys.argv[1], sys.argv[2], int(sys.argv[3])))
