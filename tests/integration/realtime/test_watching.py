"""What a viewer sees: snapshot, ticks, resync, resume, totals over several processes."""

import asyncio
from typing import Any

import pytest

from live.realtime.feed import Entry
from live.stock.guard import Position
from live.stock.rules import UnitsIntent
from live.storage.redis import RedisClient
from tests.integration.realtime.rooms import (
    FAST,
    OFFER,
    RoomServer,
    Truth,
    Viewer,
    eventually,
    new_event,
    serving,
    stock_offer,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.cluster]


async def test_first_message_is_the_whole_state(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth, views_total=70_000_000)
    await stock_offer(server.redis, event_id)
    async with server.viewer(event_id) as viewer:
        shown = await viewer.hear()
        assert shown["type"] == "snapshot"
        assert shown["event"]["title"] == "徐闻菠萝"
        [offer] = shown["offers"]
        assert offer["available"] + offer["reserved"] + offer["sold"] == offer["allotment"] == 10
        assert (shown["gap"], shown["degraded"], shown["reconnect_seconds"]) == (False, False, 2)
        tick = await viewer.until(lambda m: "views" in m)
        assert tick["views"] == 70_000_001


async def test_stock_that_moves_reaches_the_screen(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    guard = await stock_offer(server.redis, event_id)
    async with server.viewer(event_id) as viewer:
        n = (await viewer.hear())["n"]
        intent = UnitsIntent("ord_1", "off_1", "acc_1", 3, 990, 0)
        await guard.reserve(event_id, Position("stock-1", 0), [intent])
        while "offers" not in (tick := await viewer.hear()):
            assert tick["prev"] == n
            n = tick["n"]
        [offer] = tick["offers"]
        numbers = {name: offer[name] for name in ("available", "reserved", "sold", "status")}
        assert numbers == {"available": 7, "reserved": 3, "sold": 0, "status": "open"}


async def test_quiet_room_ticks_so_that_browsers_notice_a_dead_socket(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        tick = await viewer.until(lambda m: m["type"] == "tick" and len(m) == 3)
        assert tick["n"] == tick["prev"] + 1


async def test_resync_is_answered_with_a_snapshot_that_ticks_continue(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        await viewer.hear()
        await viewer.say(type="resync")
        shown = await viewer.until_type("snapshot")
        tick = await viewer.until_type("tick")
        assert tick["prev"] == shown["n"]


async def test_resyncs_in_a_row_cost_one_snapshot_an_interval(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        for _ in range(5):
            await viewer.say(type="resync", ref="again")
        await viewer.until_type("snapshot")
        snapshots: list[float] = []
        while len(snapshots) < 2:
            await viewer.until_type("snapshot")
            snapshots.append(asyncio.get_running_loop().time())
            await viewer.say(type="resync")
        assert snapshots[1] - snapshots[0] > FAST.behind_snapshot_seconds * 0.9


async def test_changed_definition_reaches_the_screen_when_announced(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        await viewer.hear()
        event = {"id": event_id, "title": "改名", "status": "live"}
        await server.feed.announce(event_id, truth.change(event_id, event=event))
        assert (await viewer.until(lambda m: "event" in m))["event"] == event


async def test_changed_definition_reaches_the_screen_though_nobody_announced_it(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        await viewer.hear()
        truth.change(event_id, event={"id": event_id, "title": "改名", "status": "live"})
        assert (await viewer.until(lambda m: "event" in m))["event"]["title"] == "改名"


async def test_resume_gets_what_was_missed_and_nothing_twice(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    seen: list[str] = []
    async with server.viewer(event_id) as viewer:
        await viewer.hear()
        await publish(server, event_id, 3)
        feed_id = await see(viewer, seen, 3)
    await publish(server, event_id, 4)
    async with server.viewer(event_id, since=feed_id) as viewer:
        shown = await viewer.until(lambda m: m["type"] == "snapshot")
        assert shown["gap"] is False
        seen += [entry["id"] for entry in shown["feed"]]
        await publish(server, event_id, 2)
        await see(viewer, seen, 9)
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(
        seen, key=lambda text: [int(part) for part in text.split(".")[1].split("-")]
    )


async def test_resume_on_another_process_that_looked_less_lately(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    slow = FAST.model_copy(update={"tick_hz": 2})
    async with (
        serving(redis_url, truth) as first,
        serving(redis_url, truth, slow) as second,
        second.viewer(event_id) as other,
    ):
        await other.hear()
        for _ in range(5):
            seen: list[str] = []
            async with first.viewer(event_id) as viewer:
                await viewer.hear()
                await publish(first, event_id, 1)
                tick = await viewer.until(lambda m: "feed" in m)
                seen += [entry["id"] for entry in tick["feed"]]
            async with second.viewer(event_id, since=tick["feed_id"]) as viewer:
                seen += [entry["id"] for entry in (await viewer.hear())["feed"]]
                await publish(first, event_id, 1)
                tick = await viewer.until(lambda m: "feed" in m)
                seen += [entry["id"] for entry in tick["feed"]]
            assert len(seen) == len(set(seen)) == 2


async def test_position_of_another_life_of_the_stream_is_a_gap(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    await publish(server, event_id, 2)
    async with server.viewer(event_id, since="deadbeef.5-0") as viewer:
        shown = await viewer.hear()
        assert shown["gap"] is True
        assert len(shown["feed"]) == 2


async def test_position_that_was_trimmed_is_a_gap(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    [first] = await publish(server, event_id, 1)
    await publish(server, event_id, FAST.feed_entries_max)
    async with server.viewer(event_id, since=first) as viewer:
        shown = await viewer.hear()
        assert shown["gap"] is True
        assert len(shown["feed"]) == FAST.snapshot_feed_max


async def test_more_than_one_tick_may_carry_comes_with_the_next(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    few = FAST.model_copy(update={"sample_entries_max": 7})
    async with serving(redis_url, truth, few) as server, server.viewer(event_id) as viewer:
        await viewer.hear()
        ids = await publish(server, event_id, 40)
        seen: list[str] = []
        await see(viewer, seen, 40)
        assert seen == ids


async def test_viewers_add_up_over_processes_and_views_and_likes_stay(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with serving(redis_url, truth) as first, first.viewer(event_id) as viewer:
        async with (
            serving(redis_url, truth) as second,
            second.viewer(event_id, "ann") as ann,
            second.viewer(event_id, "bob"),
        ):
            await viewer.until(lambda m: m.get("viewers") == 3)
            assert (await ann.ask(type="like", count=40))["type"] == "ack"
            await viewer.until(lambda m: m.get("likes") == 40)
        # The second process has said good-bye; what it counted remains.
        await viewer.until(lambda m: m.get("viewers") == 1)
        async with first.viewer(event_id) as late:
            shown = await late.hear()
            assert (shown["views"], shown["likes"]) == (3, 40)


async def test_viewers_of_a_dead_process_vanish_within_its_lease(
    redis_url: str, truth: Truth, redis: RedisClient
) -> None:
    event_id = new_event(truth)
    async with serving(redis_url, truth) as server, server.viewer(event_id) as viewer:
        await viewer.until(lambda m: m.get("viewers") == 1)
        seconds, microseconds = await redis.time()
        report = f"50 {seconds * 1000 + microseconds // 1000}"
        await redis.hset(f"live:{{{event_id}}}:processes", "dead.1", report)
        await viewer.until(lambda m: m.get("viewers") == 51)
        started = asyncio.get_running_loop().time()
        await viewer.until(lambda m: m.get("viewers") == 1)
        assert asyncio.get_running_loop().time() - started < FAST.lease_ms / 1000 + 0.3


async def test_feed_and_totals_are_recorded_once(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth) as first,
        serving(redis_url, truth) as second,
        first.viewer(event_id, "ann") as viewer,
    ):
        async with second.viewer(event_id):
            ids = await publish(first, event_id, 5)
            await viewer.ask(type="like", count=3)
            await eventually(lambda: list(truth.feed.get(event_id, ())) == ids)
            truth.is_away = True
            ids += await publish(first, event_id, 5)
            await asyncio.sleep(3 * FAST.save_seconds)
            truth.is_away = False
            await eventually(lambda: list(truth.feed[event_id]) == ids)
        await eventually(lambda: truth.totals[event_id] == (2, 3))
    entry = truth.feed[event_id][ids[0]]
    assert (entry.kind, entry.body) == ("orders", '{"i":0}')


async def test_record_goes_on_where_the_last_process_left_off(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    async with serving(redis_url, truth) as server:
        async with server.viewer(event_id) as viewer:
            await viewer.hear()
            ids = await publish(server, event_id, 3)
            await eventually(lambda: list(truth.feed.get(event_id, ())) == ids)
        await eventually(lambda: server.realtime.hub.room(event_id) is None)
        ids += await publish(server, event_id, 3)  # nobody is watching
        async with server.viewer(event_id):
            await eventually(lambda: list(truth.feed[event_id]) == ids)


async def test_ticks_too_dear_slow_down_but_an_offer_sold_out_does_not_wait(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    # Whatever a tick costs, it is more than this share of a core.
    busy = FAST.model_copy(update={"tick_load_max": 1e-6, "quiet_tick_seconds": 19.0})
    async with (
        serving(redis_url, truth, busy) as server,
        server.viewer(event_id, "ann") as ann,
    ):
        guard = await stock_offer(server.redis, event_id)
        loop = asyncio.get_running_loop()
        times: list[float] = []
        for _ in range(3):
            await ann.ask(type="like", count=1)
            await ann.until(lambda m: "likes" in m)
            times.append(loop.time())
        assert times[-1] - times[-2] > busy.tick_interval_max_ms / 1000 * 0.8
        async with server.viewer(event_id) as late:
            assert (await late.hear())["tick_hz"] == 1000 / busy.tick_interval_max_ms
        started = loop.time()
        intents = [UnitsIntent(f"ord_{i}", "off_1", f"acc_{i}", 5, 990, 0) for i in range(2)]
        await guard.reserve(event_id, Position("stock-1", 0), intents)
        await ann.until(lambda m: "offers" in m and m["offers"][0]["status"] == "sold_out")
        assert loop.time() - started < 0.4


async def slowed(server: RoomServer, viewer: Viewer, event_id: str, tick_hz: float) -> None:
    """Until ticks are told to have this rate: that goes along with news."""
    told = None
    while told != tick_hz:
        await server.feed.publish(event_id, [Entry("pin", {"offer_id": "off_1"})])
        told = (await viewer.until(lambda m: "feed" in m)).get("tick_hz", told)


async def test_offer_that_opens_does_not_wait_for_a_slowed_tick(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    busy = FAST.model_copy(update={"tick_load_max": 1e-6, "quiet_tick_seconds": 19.0})
    async with serving(redis_url, truth, busy) as server, server.viewer(event_id) as viewer:
        await slowed(server, viewer, event_id, 1000 / busy.tick_interval_max_ms)
        # At any moment between two ticks: SQL knows of a new offer, and all are told to load it.
        items = {"offers": {"off_1": OFFER, "off_2": OFFER}}
        loop = asyncio.get_running_loop()
        started = loop.time()
        await server.feed.announce(event_id, truth.change(event_id, items=items))
        await viewer.until(lambda m: [o["id"] for o in m.get("offers", ())] == ["off_2"])
        assert loop.time() - started < busy.tick_interval_max_ms / 1000 / 2


async def test_too_much_chat_is_spared_where_ticks_are_dear_but_recorded(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    busy = FAST.model_copy(
        update={"tick_load_max": 1e-6, "tick_interval_max_ms": 500, "tick_chat_busy_max": 3}
    )
    async with serving(redis_url, truth, busy) as server, server.viewer(event_id) as viewer:
        await slowed(server, viewer, event_id, 2.0)
        told = [Entry("chat", {"text": f"{n}"}) for n in range(10)]
        told.insert(0, Entry("pin", {"offer_id": "off_1"}))
        ids = [str(p.feed_id) for p in await server.feed.publish(event_id, told)]
        tick = await viewer.until(lambda m: "feed" in m)
        assert [entry["id"] for entry in tick["feed"]] == [ids[0], *ids[-3:]]
        assert tick["feed_id"] == ids[-1]
        # Whoever resumes from before is shown the same, and told of no gap.
        async with server.viewer(event_id, since=ids[0]) as late:
            shown = await late.hear()
            assert ([entry["id"] for entry in shown["feed"]], shown["gap"]) == (ids[-3:], False)
        await eventually(lambda: list(truth.feed.get(event_id, ()))[-len(ids) :] == ids)


async def publish(server: RoomServer, event_id: str, count: int) -> list[str]:
    entries = [Entry("orders", {"i": i}) for i in range(count)]
    return [str(done.feed_id) for done in await server.feed.publish(event_id, entries)]


async def see(viewer: Any, seen: list[str], count: int) -> str:
    """Follow the feed until ``count`` entries were seen; returns the last position."""
    position = ""
    while len(seen) < count:
        message = await viewer.until(lambda m: "feed" in m)
        assert "gap" not in message or message["gap"] is False
        seen += [entry["id"] for entry in message["feed"]]
        position = message["feed_id"]
    return position
