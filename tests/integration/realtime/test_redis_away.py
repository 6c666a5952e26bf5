"""Redis lost, flushed, paused: viewers stay, are told, and the room heals by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from live.realtime.feed import Entry
from tests.faults.redis_servers import RedisServer as FaultyRedis
from tests.integration.realtime.rooms import (
    FAST,
    WAIT_SECONDS,
    RedisServer,
    Truth,
    Viewer,
    eventually,
    new_event,
    serving,
    stock_offer,
)

pytestmark = pytest.mark.asyncio


async def test_flush_costs_no_totals_and_is_told_as_a_gap(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth, views_total=1000)
    async with (
        serving(own_redis.url, truth) as first,
        serving(own_redis.url, truth) as second,
        first.viewer(event_id, "ann") as ann,
        second.viewer(event_id) as other,
    ):
        totals = Totals()
        await ann.ask(type="like", count=9)
        await first.feed.publish(event_id, [Entry("pin", {"offer_id": "off_1"})])
        await totals.follow(ann, lambda: totals.shown == (2, 1002, 9) and totals.feed_id)
        before = totals.feed_id
        await first.redis.flushall()
        await totals.follow(ann, lambda: totals.has_gap)
        assert totals.feed_id.split(".")[0] != before.split(".")[0]
        await first.feed.publish(event_id, [Entry("pin", {"offer_id": "off_2"})])
        await ann.ask(type="like", count=1)
        await totals.follow(ann, lambda: totals.shown == (2, 1002, 10))
        assert not totals.has_fallen
        async with second.viewer(event_id, since=before) as late:
            shown = await late.hear()
            assert shown["gap"] is True
            assert shown["views"] >= 1002
        await totals.follow(ann, lambda: totals.shown == (2, 1003, 10))
        assert other.socket.close_code is None


async def test_redis_killed_and_back_empty(own_redis: RedisServer, truth: Truth) -> None:
    event_id = new_event(truth, views_total=70_000_000)
    async with serving(own_redis.url, truth) as server, server.viewer(event_id) as viewer:
        await stock_offer(server.redis, event_id)
        totals = Totals()
        await totals.follow(viewer, lambda: totals.shown == (1, 70_000_001, 0))
        own_redis.stop()
        await totals.follow(viewer, lambda: totals.is_degraded)
        # Whoever comes now is let in, and shown the last numbers.
        async with server.viewer(event_id) as late:
            shown = await late.hear()
            assert (shown["degraded"], shown["views"]) == (True, 70_000_001)
        own_redis.start()
        await totals.follow(viewer, lambda: not totals.is_degraded)
        await totals.follow(viewer, lambda: totals.shown == (1, 70_000_002, 0))
        assert totals.changes_of_degraded == 2
        assert not totals.has_fallen


async def test_room_opens_while_redis_is_away(own_redis: RedisServer, truth: Truth) -> None:
    event_id = new_event(truth, views_total=5)
    own_redis.stop()
    async with serving(own_redis.url, truth) as server, server.viewer(event_id) as viewer:
        shown = await viewer.hear()
        assert (shown["degraded"], shown["views"], len(shown["offers"])) == (True, 5, 1)
        own_redis.start()
        totals = Totals()
        await totals.follow(viewer, lambda: totals.shown == (1, 6, 0))
        async with server.viewer(event_id, since=shown["feed_id"]) as late:
            assert (await late.hear())["gap"] is True


async def test_paused_redis_is_told_within_its_timeout_and_heals(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    assert own_redis.process is not None
    async with serving(own_redis.url, truth) as server, server.viewer(event_id, "ann") as ann:
        totals = Totals()
        await totals.follow(ann, lambda: totals.viewers == 1)
        os.kill(own_redis.process.pid, signal.SIGSTOP)
        try:
            started = asyncio.get_running_loop().time()
            await totals.follow(ann, lambda: totals.is_degraded)
            assert asyncio.get_running_loop().time() - started < 3 * FAST.sample_timeout_ms / 1000
            assert (await ann.ask(type="like", count=3))["type"] == "ack"
            assert (await ann.ask(type="chat", text="?"))["code"] == "unavailable"
        finally:
            os.kill(own_redis.process.pid, signal.SIGCONT)
        await totals.follow(ann, lambda: not totals.is_degraded)
        await totals.follow(ann, lambda: totals.likes == 3)


async def test_lost_answer_counts_nothing_twice(own_redis: RedisServer, truth: Truth) -> None:
    """Redis carries a script out, and its answer comes too late to be heard."""
    event_id = new_event(truth)
    assert own_redis.process is not None
    async with serving(own_redis.url, truth) as server, server.viewer(event_id, "ann") as ann:
        totals = Totals()
        for round_ in range(1, 4):
            os.kill(own_redis.process.pid, signal.SIGSTOP)
            await ann.ask(type="like", count=10)  # reported again and again into the void
            await totals.follow(ann, lambda: totals.is_degraded)
            os.kill(own_redis.process.pid, signal.SIGCONT)
            wanted = 10 * round_
            await totals.follow(ann, lambda wanted=wanted: totals.likes == wanted)
        await totals.follow(ann, lambda: totals.likes == 30)
        assert truth.totals[event_id][1] <= 30


async def test_older_copy_of_redis_is_a_new_life_of_the_feed(
    own_redis: RedisServer, truth: Truth
) -> None:
    """A failover to a replica that had not heard of the last entries."""
    event_id = new_event(truth)
    async with serving(own_redis.url, truth) as server, server.viewer(event_id) as viewer:
        redis = server.redis
        key = f"live:{{{event_id}}}"
        [published] = await server.feed.publish(event_id, [Entry("pin", {})])
        totals = Totals()
        await totals.follow(viewer, lambda: totals.feed_id == published.feed_id)
        await redis.xtrim(f"{key}:feed", maxlen=0)
        await redis.hset(f"{key}:room", mapping={"feed_last": "1-0", "views": 0})
        await totals.follow(viewer, lambda: totals.has_gap)
        assert not totals.has_fallen


async def test_nobody_is_lost_while_redis_is_away_for_long(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with serving(own_redis.url, truth) as server:
        viewers = [await server.open_viewer(event_id) for _ in range(50)]
        own_redis.stop()
        for viewer in viewers:
            await viewer.until(lambda m: m.get("degraded") is True)
        await asyncio.sleep(3 * FAST.lease_ms / 1000)
        own_redis.start()
        for viewer in viewers:
            await viewer.until(lambda m: m.get("degraded") is False)
        await eventually(lambda: len(server.realtime.gateway._connections) == 50)
        await asyncio.gather(*(viewer.socket.close() for viewer in viewers))


@pytest_asyncio.fixture
async def master(tmp_path: Path) -> AsyncIterator[FaultyRedis]:
    server = FaultyRedis(tmp_path)
    await server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("has_caught_up", [True, False], ids=["caught up", "lagging"])
async def test_replica_takes_over_and_the_feed_goes_on_or_says_that_it_cannot(
    master: FaultyRedis, truth: Truth, has_caught_up: bool
) -> None:
    event_id = new_event(truth)
    replica = await master.replicated()
    try:
        async with serving(master.url, truth) as server, server.viewer(event_id, "ann") as ann:
            totals = Totals()
            await ann.say(type="like", count=3)
            await totals.follow(ann, lambda: totals.shown == (1, 1, 3))
            await replica.has_caught_up()
            if not has_caught_up:
                await replica.cut_off()
            await ann.say(type="like", count=4)
            [last] = await server.feed.publish(event_id, [Entry("pin", {})])
            await totals.follow(ann, lambda: totals.likes == 7 and totals.feed_id == last.feed_id)
            if has_caught_up:
                await replica.has_caught_up()
                await replica.cut_off()
            before = totals.feed_id.split(".")[0]
            master.take_over(replica)
            await ann.say(type="like", count=1)
            await totals.follow(ann, lambda: totals.likes == 8 and not totals.is_degraded)
            [_] = await server.feed.publish(event_id, [Entry("pin", {})])
            await totals.follow(ann, lambda: totals.entries == 2)
            assert totals.has_gap is not has_caught_up
            assert (totals.feed_id.split(".")[0] == before) is has_caught_up
            assert (totals.viewers, totals.views, totals.has_fallen) == (1, 1, False)
    finally:
        replica.stop()


async def test_redis_restarted_with_an_older_snapshot_is_a_gap_and_no_total_falls(
    master: FaultyRedis, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with serving(master.url, truth) as server, server.viewer(event_id, "ann") as ann:
        totals = Totals()
        await server.feed.publish(event_id, [Entry("pin", {})])
        await totals.follow(ann, lambda: totals.entries == 1)
        snapshot = await master.save("older.rdb")
        await ann.say(type="like", count=5)
        await server.feed.publish(event_id, [Entry("pin", {})])
        await totals.follow(ann, lambda: totals.entries == 2 and totals.likes == 5)
        master.kill()
        await totals.follow(ann, lambda: totals.is_degraded)
        await master.start(dump=snapshot)
        await totals.follow(ann, lambda: totals.has_gap and not totals.is_degraded)
        await ann.say(type="like", count=1)
        await totals.follow(ann, lambda: totals.shown == (1, 1, 6))
        assert not totals.has_fallen


class Totals:
    """What one screen shows of the numbers."""

    def __init__(self) -> None:
        self.viewers = self.views = self.likes = 0
        self.feed_id = ""
        self.entries = 0  # of the feed that this screen has been sent
        self.has_gap = self.is_degraded = self.has_fallen = False
        self.changes_of_degraded = 0

    @property
    def shown(self) -> tuple[int, int, int]:
        return (self.viewers, self.views, self.likes)

    async def follow(self, viewer: Viewer, is_there) -> None:  # type: ignore[no-untyped-def]
        async with asyncio.timeout(WAIT_SECONDS):
            while not is_there():
                self.take(await viewer.hear())

    def take(self, message: dict[str, Any]) -> None:
        if message["type"] in ("snapshot", "tick"):
            before = (self.views, self.likes)
            self.viewers = message.get("viewers", self.viewers)
            self.views = message.get("views", self.views)
            self.likes = message.get("likes", self.likes)
            self.has_fallen |= self.views < before[0] or self.likes < before[1]
            self.feed_id = message.get("feed_id", self.feed_id)
            self.entries += len(message.get("feed", ()))
            self.has_gap |= message.get("gap", False)
            degraded = message.get("degraded", self.is_degraded)
            self.changes_of_degraded += degraded != self.is_degraded
            self.is_degraded = degraded
