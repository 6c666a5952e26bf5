"""A replica takes over without the last writes: its numbers cannot tell, yet nothing leaks."""

from collections.abc import AsyncIterator
from hashlib import sha1
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from live.sales.commit import Verdict
from live.stock import redis_guard as guard
from live.storage.database import Database
from tests.faults.redis_servers import RedisServer
from tests.support.selling import Shelf, buyer, clock_now, seed
from tests.support.shop import Shops, open_shops

BOXES = 10
_SCRIPTS = (
    guard._PREPARE, guard._RESERVE, guard._SETTLE, guard._ADOPT, guard._BEGIN, guard._READ,
)  # fmt: skip


@pytest_asyncio.fixture
async def master(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def replica(master: RedisServer) -> AsyncIterator[RedisServer]:
    server = await master.replicated()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def shops(database: Database, master: RedisServer) -> AsyncIterator[Shops]:
    await seed(database, Shelf(allotment=BOXES, per_buyer_limit=BOXES), buyers=BOXES)
    async with open_shops(database.url, master.url, clock_now()) as shops:
        yield shops


@pytest.fixture(params=[True, False], ids=["life known", "control"])
def is_life_known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the scripts notice that the server is another."""
    for script in _SCRIPTS:
        if not request.param:
            text = script.text.replace("return string.match(", "return 'the same' or string.match(")
            monkeypatch.setattr(script, "text", text)
            monkeypatch.setattr(
                script, "sha", sha1(text.encode(), usedforsecurity=False).hexdigest()
            )
    return bool(request.param)


async def test_a_release_that_the_replica_never_heard_of_leaks_no_unit(
    is_life_known: bool, replica: RedisServer, master: RedisServer, shops: Shops
) -> None:
    one, two = await shops.open(), await shops.open()
    kept = (await one.buy(buyer(0))).order
    assert kept is not None
    assert (await two.buy(buyer(1))).verdict is Verdict.PLACED
    await one.reconcile_later()
    await replica.has_caught_up()
    await replica.cut_off()
    await one.closing.cancel(kept.id, buyer(0))
    await one.relay_all()
    assert await one.faults_found() == []
    master.take_over(replica)
    for shop in (one, two):  # their connections are to the dead one
        assert isinstance(shop.redis, Redis)
        await shop.redis.connection_pool.disconnect()
    # More changes than were lost, by the worker that knows least of them: its numbers fit.
    for number in range(2, 8):
        assert (await two.buy(buyer(number))).verdict is not Verdict.REFUSED
    for shop in (one, two):
        await shop.reconcile_later()
        await shop.relay_all()
    assert (await one.faults_found() == []) is is_life_known
