"""Viewers are counted once each, in every process together, and a lost Redis does not lose them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b

import pytest
from websockets.asyncio.client import connect

from live.realtime.uniques import UniqueViewers
from live.storage.redis import RedisClient, run_scripts
from live.web.cookies import VIEWER_COOKIE
from tests.integration.realtime.rooms import (
    FAST,
    RedisServer,
    RoomServer,
    Truth,
    eventually,
    new_event,
    serving,
)

pytestmark = pytest.mark.asyncio

ERROR = 0.0081  # of Redis's HyperLogLog, standard


@asynccontextmanager
async def browser(
    server: RoomServer, event_id: str, agent: str, word: str = ""
) -> AsyncIterator[None]:
    headers = {"Cookie": f"{VIEWER_COOKIE}={word}"} if word else {}
    url = server.url(event_id)
    async with connect(
        url, user_agent_header=agent, additional_headers=headers, proxy=None, compression=None
    ) as socket:
        await socket.recv()
        yield


def counted(truth: Truth, event_id: str) -> int:
    return truth.unique_viewers.get(event_id, 0)


async def has_counted(truth: Truth, event_id: str, viewers: int) -> None:
    await eventually(lambda: counted(truth, event_id) == viewers)


def fingerprints(first: int, count: int) -> list[bytes]:
    return [blake2b(b"%d" % n, digest_size=8).digest() for n in range(first, first + count)]


@pytest.mark.cluster
async def test_account_is_one_viewer_on_all_its_devices_and_processes(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth) as first,
        serving(redis_url, truth) as second,
        first.viewer(event_id, "ann"),
        first.viewer(event_id, "ann"),
        second.viewer(event_id, "ann"),
        second.viewer(event_id, "bob"),
    ):
        await has_counted(truth, event_id, 2)
        async with first.viewer(event_id, "eve"), first.viewer(event_id, "bob"):
            await has_counted(truth, event_id, 3)
    assert counted(truth, event_id) == 3


async def test_browser_is_one_viewer_by_its_word_else_by_address_and_agent(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with (
        browser(server, event_id, "Phone", "a" * 22),
        browser(server, event_id, "Phone", "a" * 22),
        browser(server, event_id, "Phone", "b" * 22),
    ):
        await has_counted(truth, event_id, 2)
        async with browser(server, event_id, "Tablet"), browser(server, event_id, "Tablet"):
            await has_counted(truth, event_id, 3)
        async with browser(server, event_id, "Laptop", "forged"):
            await has_counted(truth, event_id, 4)


async def test_nothing_of_a_viewer_is_kept_in_redis_or_sql(
    server: RoomServer, truth: Truth, redis: RedisClient
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann"), browser(server, event_id, "Phone", "w" * 22):
        await eventually(lambda: truth.sketches.get(event_id))
        in_redis = await redis.get(f"live:{{{event_id}}}:uniques")
        assert isinstance(in_redis, bytes)
        kept = truth.sketches[event_id] + in_redis
        assert kept.startswith(b"HYLL")
        for word in (b"acc_ann", b"w" * 22, b"127.0.0.1", b"Phone"):
            assert word not in kept


async def test_lost_redis_gets_back_who_was_counted_before(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with serving(own_redis.url, truth) as server, server.viewer(event_id, "ann"):
        for name in ("bob", "eve"):
            async with server.viewer(event_id, name):
                pass
        await has_counted(truth, event_id, 3)
        room = server.realtime.hub.room(event_id)
        assert room is not None
        await eventually(lambda: room.uniques.is_saved)
        await server.redis.flushall()
        async with server.viewer(event_id, "bob"), server.viewer(event_id, "new"):
            await has_counted(truth, event_id, 4)  # bob is no new one, ann and eve are remembered
        assert await server.redis.pfcount(f"live:{{{event_id}}}:uniques") == 4


async def test_without_what_sql_has_the_count_would_begin_anew(
    own_redis: RedisServer, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the one before."""
    monkeypatch.setattr(UniqueViewers, "restore", lambda self, _saved: setattr(self, "_saved", b""))
    event_id = new_event(truth)
    async with serving(own_redis.url, truth) as server, server.viewer(event_id, "ann"):
        async with server.viewer(event_id, "bob"):
            await has_counted(truth, event_id, 2)
        await server.redis.flushall()
        key = f"live:{{{event_id}}}:uniques"
        await eventually(lambda: _is(server.redis, key, 1))
        assert counted(truth, event_id) == 2  # what was told never falls


async def _is(redis: RedisClient, key: str, viewers: int) -> bool:
    return bool(await redis.pfcount(key) == viewers)


async def test_new_process_goes_on_from_sql_when_redis_has_nothing(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with serving(own_redis.url, truth) as server:
        for name in ("ann", "bob"):
            async with server.viewer(event_id, name):
                pass
    assert counted(truth, event_id) == 2
    assert truth.sketches[event_id]
    own_redis.stop()
    own_redis.start()
    async with serving(own_redis.url, truth) as server, server.viewer(event_id, "eve"):
        await has_counted(truth, event_id, 3)


async def test_sketch_that_redis_does_not_understand_stops_nobody(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    truth.sketches[event_id] = b"no sketch"
    async with server.viewer(event_id, "ann") as ann:
        await has_counted(truth, event_id, 1)
        assert (await ann.hear())["degraded"] is False


async def report(redis: RedisClient, uniques: UniqueViewers, news: Sequence[bytes]) -> None:
    uniques.add(news)
    while uniques.is_waiting:
        uniques.want(is_last=False)
        call = uniques.ask()
        assert call is not None
        [reply] = await run_scripts(redis, [call], seconds=None)
        uniques.read(reply)


@pytest.mark.cluster
async def test_two_processes_count_a_hundred_thousand_within_the_error(redis: RedisClient) -> None:
    settings = FAST.model_copy(update={"sample_uniques_max": 20_000})
    first, second = (UniqueViewers("evt_many", settings) for _ in range(2))
    first.restore(b"")
    await report(redis, first, fingerprints(0, 60_000))
    await report(redis, second, fingerprints(40_000, 60_000))
    assert abs(second.total - 100_000) < 4 * ERROR * 100_000


async def test_answer_that_got_lost_counts_nothing_twice(redis: RedisClient) -> None:
    uniques = UniqueViewers("evt_lost", FAST)
    uniques.restore(b"")
    uniques.add(fingerprints(0, 10))
    call = uniques.ask()
    assert call is not None
    await run_scripts(redis, [call], seconds=None)  # and nobody hears the answer
    await report(redis, uniques, fingerprints(0, 10))
    assert uniques.total == 10


async def test_who_waits_for_redis_is_bounded() -> None:
    uniques = UniqueViewers("evt_1", FAST.model_copy(update={"uniques_waiting_max": 100}))
    uniques.add(fingerprints(0, 250))
    assert list(uniques._waiting) == fingerprints(150, 100)
    await asyncio.sleep(0)
