"""Nobody's slowness costs another viewer, and everybody is seen out in order."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from live.realtime import metrics
from live.realtime.feed import Entry
from live.realtime.protocol import CloseCode, close_frame
from tests.integration.realtime.rooms import (
    FAST,
    RoomServer,
    Truth,
    Viewer,
    eventually,
    new_event,
    serving,
)

pytestmark = pytest.mark.asyncio

BIG = "荔" * 4000  # 12 KB: a few fill the buffers


class Sleeper:
    """Shakes hands, and then reads nothing until told to."""

    def __init__(self, server: RoomServer, event_id: str) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", server.port))
        request = (
            f"GET /api/events/{event_id}/room HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        )
        self.socket.sendall(request.encode())

    async def read(self, until: bytes) -> bytes:
        """Everything up to these bytes, or to the end."""
        loop = asyncio.get_running_loop()
        self.socket.setblocking(False)
        got = b""
        async with asyncio.timeout(10):
            while until not in got and (part := await loop.sock_recv(self.socket, 65536)):
                got += part
        return got

    def __enter__(self) -> "Sleeper":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.socket.close()


async def test_who_never_reads_is_closed_and_costs_nobody_else(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    with ExitStack() as stack:
        async with server.viewer(event_id) as viewer:
            for _ in range(10):
                stack.enter_context(Sleeper(server, event_id))
            connections = server.realtime.gateway._connections
            await eventually(lambda: len(connections) == 11)
            n = (await viewer.hear())["n"]
            ticks = 0
            closes = metrics.CLOSES.labels("4008")
            closed_before = closes._value.get()
            while len(connections) > 1:
                await server.feed.publish(event_id, [Entry("notice", {"text": BIG})])
                message = await viewer.hear()
                assert message["type"] == "tick", "the one who reads was left behind"
                assert message["prev"] == n
                n = message["n"]
                ticks += 1
                most = max(c._transport.get_write_buffer_size() for c in connections)
                assert most < 3 * len(BIG.encode()) * FAST.snapshot_feed_max
            assert closes._value.get() - closed_before == 10
            assert ticks > FAST.behind_close_seconds * FAST.tick_hz / 2


async def test_tick_sized_frames_that_one_in_ten_never_reads_cost_the_others_nothing(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    connections = server.realtime.gateway._connections
    closes = metrics.CLOSES.labels("4008")
    closed_before = closes._value.get()
    with ExitStack() as stack:
        viewers = [await server.open_viewer(event_id) for _ in range(36)]
        for _ in range(4):
            stack.enter_context(Sleeper(server, event_id))
        await eventually(lambda: len(connections) == 40)
        most, memory_before = 0, memory_kilobytes()

        async def make_news() -> None:
            nonlocal most
            while len(connections) > len(viewers):
                await server.feed.publish(event_id, [Entry("orders", {"names": ["王**"] * 5})])
                unread = (c._transport.get_write_buffer_size() for c in list(connections))
                most = max(most, *unread)
                await asyncio.sleep(1 / FAST.tick_hz)

        async def follow(viewer: Viewer) -> int:
            n, ticks = (await viewer.hear())["n"], 0
            while not news.done():
                message = await viewer.hear()
                assert message["type"] == "tick", "one who reads was left behind"
                assert message["prev"] == n
                n, ticks = message["n"], ticks + 1
            return ticks

        news = asyncio.create_task(make_news())
        ticks = await asyncio.gather(*(follow(viewer) for viewer in viewers))
        await news
        assert min(ticks) > FAST.behind_close_seconds * FAST.tick_hz / 2
        assert closes._value.get() - closed_before == 4
        # A tick at most lay unread in the process for each, whatever the kernel took before.
        assert most < 4096
        assert memory_kilobytes() - memory_before < 20 * 1024
        await asyncio.gather(*(viewer.socket.close() for viewer in viewers))


def memory_kilobytes() -> int:
    """What this process, the server's and the viewers', has in memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def test_who_was_left_behind_gets_a_snapshot_when_it_has_read(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    with Sleeper(server, event_id) as sleeper:
        await eventually(lambda: server.realtime.hub.room(event_id))
        room = server.realtime.hub.room(event_id)
        assert room is not None
        await eventually(lambda: len(room.audience) == 1)
        ids = []
        while not any(behind.has_missed for behind in room.audience._behind.values()):
            [done] = await server.feed.publish(event_id, [Entry("notice", {"text": BIG})])
            ids.append(done.feed_id)
            await asyncio.sleep(1 / FAST.tick_hz)
        [last] = await server.feed.publish(event_id, [Entry("notice", {"text": "last"})])
        assert last.feed_id is not None
        got = await sleeper.read(b'"text":"last"')
        assert got.count(b'"type":"snapshot"') == 2
        # Nothing is missing from what was shown before and what the snapshot holds.
        for feed_id in ids:
            assert feed_id is not None
            assert feed_id.encode() in got
        await eventually(lambda: not room.audience._behind)


async def test_who_wakes_up_too_late_reads_why_it_was_closed(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    with Sleeper(server, event_id) as sleeper:
        connections = server.realtime.gateway._connections
        await eventually(lambda: len(connections) == 1)
        [connection] = connections
        while not connection._is_ended:
            await server.feed.publish(event_id, [Entry("notice", {"text": BIG})])
            await asyncio.sleep(1 / FAST.tick_hz)
        farewell = close_frame(CloseCode.TOO_SLOW)
        assert (await sleeper.read(farewell)).endswith(farewell)


async def test_answers_left_unread_do_not_pile_up(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    with Sleeper(server, event_id) as sleeper:
        connections = server.realtime.gateway._connections
        await eventually(lambda: len(connections) == 1)
        [connection] = connections
        for _ in range(10_000):
            connection._say(b'{"type":"ack"}' + b" " * 500)
        buffered = connection._transport.get_write_buffer_size()
        assert buffered < FAST.unread_bytes_max + 1000
        assert sleeper.socket.fileno() > 0


async def test_drain_sees_everybody_out_evenly(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    async with serving(redis_url, truth) as server:
        viewers = [await server.open_viewer(event_id) for _ in range(60)]
        loop = asyncio.get_running_loop()
        started = loop.time()
        ends: list[float] = []

        async def wait_for_end(viewer: Viewer) -> int | None:
            code = await viewer.end()
            ends.append(loop.time() - started)
            return code

        waiting = [asyncio.create_task(wait_for_end(viewer)) for viewer in viewers]
        await server.realtime.gateway.drain()
        codes = await asyncio.gather(*waiting)
        assert set(codes) == {1001}
        # A busy machine can only make it later, never more sudden.
        assert sum(end < FAST.drain_seconds / 2 for end in ends) <= 45
        assert max(ends) > FAST.drain_seconds * 0.8
        with pytest.raises(Exception, match="503"):
            await server.open_viewer(event_id)


async def test_viewers_of_a_drained_process_lose_nothing_on_the_next(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth) as first,
        serving(redis_url, truth) as second,
    ):
        viewers = [await first.open_viewer(event_id) for _ in range(100)]
        feeds = [Feed(second, viewer) for viewer in viewers]
        following = [asyncio.create_task(feed.follow(event_id, 30)) for feed in feeds]
        published: list[str] = []
        draining = asyncio.create_task(first.realtime.gateway.drain())
        for i in range(30):
            [done] = await second.feed.publish(event_id, [Entry("orders", {"i": i})])
            published.append(str(done.feed_id))
            await asyncio.sleep(0.02)
        await draining
        await asyncio.gather(*following)
        for feed in feeds:
            assert feed.seen == published
            await feed.viewer.socket.close()


class Feed:
    """One viewer's feed, across a reconnect to another process."""

    def __init__(self, next_server: RoomServer, viewer: Viewer) -> None:
        self.next_server = next_server
        self.viewer = viewer
        self.seen: list[str] = []

    async def follow(self, event_id: str, count: int) -> None:
        feed_id = ""
        while len(self.seen) < count:
            try:
                message = await self.viewer.hear()
            except Exception:
                assert self.viewer.socket.close_code == 1001
                self.viewer = await self.next_server.open_viewer(event_id, since=feed_id)
                continue
            assert not message.get("gap")
            self.seen += [entry["id"] for entry in message.get("feed", ())]
            feed_id = message.get("feed_id", feed_id)
