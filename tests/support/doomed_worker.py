"""A worker process that is killed in a rush: its units are taken in Redis, its commit never begins.

python -m tests.support.doomed_worker DATABASE_URL REDIS_URL BUYERS
"""

import asyncio
import os
import signal
import sys

from tests.support.selling import buyer, clock_now
from tests.support.shop import open_shops


async def rush(database_url: str, redis_url: str, buyers: int) -> None:
    async with open_shops(database_url, redis_url, clock_now()) as shops:
        shop = await shops.open()

        async def be_killed() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        shop.faults.hooks["before_commit"] = be_killed
        await asyncio.gather(*[shop.buy(buyer(n)) for n in range(buyers)])


if __name__ == "__main__":
    asyncio.run(rush(sys.argv[1], sys.argv[2], int(sys.argv[3])))
