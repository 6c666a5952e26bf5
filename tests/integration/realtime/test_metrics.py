"""What happens to viewers can be read off the metrics: each of them moves, and by how much."""

import asyncio
import time
from collections.abc import Mapping

import pytest
from prometheus_client import REGISTRY
from websockets.exceptions import InvalidStatus

from live.realtime.feed import Entry
from tests.integration.realtime.rooms import (
    FAST,
    RedisServer,
    RoomServer,
    Truth,
    eventually,
    new_event,
    serving,
)
from tests.integration.realtime.test_slow_viewers import BIG, Sleeper

pytestmark = pytest.mark.asyncio


def value(name: str, labels: Mapping[str, str] | None = None) -> float:
    return REGISTRY.get_sample_value(name, dict(labels or {})) or 0.0


class Watched:
    """How far one metric has moved since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = value(name, labels)

    @property
    def moved(self) -> float:
        return value(self._name, self._labels) - self._before


async def test_joins_and_leaves_make_up_who_is_there(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    joins, leaves = Watched("live_room_joins_total"), Watched("live_room_leaves_total")
    viewers = [await server.open_viewer(event_id) for _ in range(3)]
    await eventually(lambda: joins.moved == 3)
    await viewers[0].socket.close()
    viewers[1].socket.transport.abort()  # no good-bye: counted all the same
    await eventually(lambda: leaves.moved == 2)
    assert value("live_room_viewers") == 1
    await viewers[2].socket.close()


@pytest.mark.parametrize(
    ("code", "event_id", "query"),
    [
        ("event_not_found", "evt_of_nobody", {}),
        ("unauthenticated", None, {"ticket": "spent"}),
        ("invalid", None, {"since": "yesterday"}),
        ("room_full", None, {}),
    ],
)
async def test_refusals_are_counted_by_their_code(
    redis_url: str, truth: Truth, code: str, event_id: str | None, query: dict[str, str]
) -> None:
    settings = FAST.model_copy(update={"viewers_max": 1})
    async with serving(redis_url, truth, settings) as server:
        here = new_event(truth)
        refusals = Watched("live_room_refusals_total", code=code)
        if code == "room_full":
            async with server.viewer(here):
                await refused(server, here, query)
        else:
            await refused(server, event_id or here, query)
        assert refusals.moved == 1


async def refused(server: RoomServer, event_id: str, query: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus):
        await server.open_viewer(event_id, **query)


async def test_resumes_tell_whether_anything_was_lost(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    whole = Watched("live_room_resumes_total", gap="no")
    lost = Watched("live_room_resumes_total", gap="yes")
    async with server.viewer(event_id) as viewer:
        await viewer.hear()
        [entry] = await server.feed.publish(event_id, [Entry("pin", {})])
        await viewer.until(lambda m: "feed" in m)
        async with server.viewer(event_id, since=str(entry.feed_id)) as late:
            assert (await late.hear())["gap"] is False
        async with server.viewer(event_id, since="deadbeef.5-0") as late:
            assert (await late.hear())["gap"] is True
    assert (whole.moved, lost.moved) == (1, 1)


async def test_slow_viewer_is_skipped_caught_up_and_closed(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    skips = Watched("live_room_skips_total")
    frames = Watched("live_room_tick_frames_skipped_total")
    snapshots = Watched("live_room_snapshots_total", cause="behind")
    closes = Watched("live_room_closes_total", code="4008")

    async def flood_until(is_it: Watched) -> None:
        while not is_it.moved:
            await server.feed.publish(event_id, [Entry("notice", {"text": BIG})])
            await asyncio.sleep(1 / FAST.tick_hz)

    with Sleeper(server, event_id) as waking, Sleeper(server, event_id) as dead:
        await eventually(lambda: len(server.realtime.gateway._connections) == 2)
        await flood_until(skips)
        assert frames.moved >= 1
        await server.feed.publish(event_id, [Entry("notice", {"text": "last"})])
        await waking.read(b'"text":"last"')
        await eventually(lambda: snapshots.moved == 1)
        waking.socket.close()
        await flood_until(closes)
        assert dead.socket.fileno() > 0
    assert closes.moved == 1
    assert frames.moved > skips.moved


async def test_resync_is_counted_as_such(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    snapshots = Watched("live_room_snapshots_total", cause="resync")
    async with server.viewer(event_id) as viewer:
        await viewer.ask(type="resync")
        await eventually(lambda: snapshots.moved == 1)


async def test_rate_is_told_and_looks_that_come_late_are_counted(
    own_redis: RedisServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    late = Watched("live_room_ticks_late_total")
    failed = Watched("live_room_looks_failed_total")
    async with serving(own_redis.url, truth) as server, server.viewer(event_id) as viewer:
        await viewer.hear()
        await eventually(lambda: value("live_room_tick_interval_seconds") == 1 / FAST.tick_hz)
        assert value("live_room_degraded") == 0
        assert value("live_room_tick_hz") == FAST.tick_hz
        time.sleep(2 / FAST.tick_hz)  # noqa: ASYNC251 (the next look cannot begin in time)
        await eventually(lambda: late.moved >= 1)
        own_redis.stop()
        await eventually(lambda: value("live_room_degraded") == 1)
        assert failed.moved >= 1
        own_redis.start()
        await eventually(lambda: value("live_room_degraded") == 0)
