"""Many sockets, one frame: nobody gets it twice, out of order, or with a hole before it."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest

from live.config import Settings
from live.realtime import audience as module
from live.realtime.audience import Audience
from live.realtime.position import UNKNOWN_POSITION, FeedPosition
from live.realtime.protocol import CloseCode
from live.realtime.sink import Sink

pytestmark = pytest.mark.asyncio

SETTINGS = Settings(behind_snapshot_seconds=0.001, behind_close_seconds=0.05)


class Line:
    """One connection: a real socket under a transport that can be made to hold things back."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.theirs.setblocking(False)
        self.held = b""
        self.is_holding = False
        self.is_sealed = False
        self.closed_with: CloseCode | None = None

    def sink(self) -> Sink:
        return Sink(cast(asyncio.Transport, self), self._close, None)

    def get_extra_info(self, name: str) -> Any:
        return {"socket": self.ours, "sslcontext": object() if self.is_sealed else None}[name]

    def get_write_buffer_size(self) -> int:
        return len(self.held)

    def write(self, data: bytes) -> None:
        self.held += data
        if not self.is_holding:
            self.release()

    def release(self) -> None:
        self.is_holding = False
        self.ours.send(self.held)
        self.held = b""

    def heard(self) -> bytes:
        try:
            return self.theirs.recv(1 << 20)
        except BlockingIOError:
            return b""

    def _close(self, code: CloseCode) -> None:
        self.closed_with = code


@pytest.fixture
def lines() -> Iterator[list[Line]]:
    made = [Line() for _ in range(4)]
    yield made
    for line in made:
        line.ours.close()
        line.theirs.close()


def snapshot(_since: FeedPosition | None, _missed_after: FeedPosition | None) -> bytes:
    return b"[snapshot]"


async def join(audience: Audience, lines: list[Line]) -> list[Sink]:
    sinks = [line.sink() for line in lines]
    for sink in sinks:
        audience.join(sink)
    return sinks


async def test_frame_reaches_everybody(lines: list[Line]) -> None:
    audience = Audience(SETTINGS)
    lines[3].is_sealed = True
    await join(audience, lines)
    assert await audience.send(b"[tick]", UNKNOWN_POSITION) == 4
    assert [line.heard() for line in lines] == [b"[tick]"] * 4


async def test_what_the_kernel_does_not_take_follows_in_order(lines: list[Line]) -> None:
    audience = Audience(SETTINGS)
    [line, *_] = lines
    line.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    await join(audience, [line])
    sent = b""
    while not line.held:
        line.is_holding = True
        frame = b"%06d" % len(sent) * 300
        sent += frame
        await audience.send(frame, UNKNOWN_POSITION)
    heard = b""
    while len(heard) < len(sent):
        heard += line.heard()
        line.release()
    assert heard == sent
    # It has missed nothing, so it goes on without a snapshot.
    await audience.send(b"[tick]", UNKNOWN_POSITION)
    audience.catch_up(snapshot)
    assert line.heard() == b"[tick]"


async def test_who_has_not_read_gets_a_snapshot_instead_of_ticks(lines: list[Line]) -> None:
    audience = Audience(SETTINGS)
    slow, quick = lines[:2]
    [sink, _] = await join(audience, [slow, quick])
    slow.is_holding = True
    sink.say(b"[ack]", 100)
    for _ in range(3):
        await audience.send(b"[tick]", UNKNOWN_POSITION)
        audience.catch_up(snapshot)
    assert (slow.heard(), quick.heard()) == (b"", b"[tick]" * 3)
    slow.release()
    audience.catch_up(snapshot)
    await audience.send(b"[tick]", UNKNOWN_POSITION)
    assert slow.heard() == b"[ack][snapshot][tick]"


async def test_who_reads_nothing_for_too_long_is_closed(lines: list[Line]) -> None:
    audience = Audience(SETTINGS)
    [line, *_] = lines
    [sink] = await join(audience, [line])
    line.is_holding = True
    sink.say(b"[ack]", 100)
    while line.closed_with is None:
        await asyncio.sleep(0.001)
        await audience.send(b"[tick]", UNKNOWN_POSITION)
        audience.catch_up(snapshot)
    assert line.closed_with is CloseCode.TOO_SLOW
    assert line.held == b"[ack]"


async def test_clogged_before_its_turn_means_missed(
    lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITES_PER_TURN", 1)
    audience = Audience(SETTINGS)
    sinks = await join(audience, lines)

    async def clog_the_last() -> None:
        lines[3].is_holding = True
        sinks[3].say(b"[ack]", 100)
        lines[3].release()

    clogging = asyncio.create_task(clog_the_last())
    await audience.send(b"[tick]", UNKNOWN_POSITION)
    await clogging
    audience.catch_up(snapshot)
    assert lines[3].heard() == b"[ack][snapshot]"


async def test_resync_amid_a_frame_gets_a_snapshot_and_not_that_frame(
    lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITES_PER_TURN", 1)
    audience = Audience(SETTINGS)
    sinks = await join(audience, lines)

    async def ask() -> None:
        audience.resync(sinks[3], None, snapshot)

    asking = asyncio.create_task(ask())
    await audience.send(b"[tick 1]", UNKNOWN_POSITION)
    await asking
    await audience.send(b"[tick 2]", UNKNOWN_POSITION)
    assert lines[3].heard() == b"[snapshot][tick 2]"
    assert lines[0].heard() == b"[tick 1][tick 2]"


async def test_descriptor_of_one_who_left_may_be_a_newcomers(
    lines: list[Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WRITES_PER_TURN", 1)
    audience = Audience(SETTINGS)
    sinks = await join(audience, lines)
    newcomer = Line()

    async def change_places() -> None:
        audience.leave(sinks[3])
        fd = lines[3].ours.fileno()
        lines[3].ours.close()
        moved = newcomer.ours.dup()
        newcomer.ours.close()
        newcomer.ours = moved
        assert moved.fileno() == fd, "the kernel gives the lowest free one"
        audience.join(sink := newcomer.sink())
        sink.say(b"[snapshot]", 100)

    changing = asyncio.create_task(change_places())
    await audience.send(b"[tick 1]", UNKNOWN_POSITION)
    await changing
    await audience.send(b"[tick 2]", UNKNOWN_POSITION)
    assert newcomer.heard() == b"[snapshot][tick 2]"
    newcomer.ours.close()
    newcomer.theirs.close()


async def test_nothing_follows_for_one_who_left(lines: list[Line]) -> None:
    audience = Audience(SETTINGS)
    [line, *_] = lines
    [sink] = await join(audience, [line])
    audience.leave(sink)
    audience.leave(sink)
    await audience.send(b"[tick]", UNKNOWN_POSITION)
    assert not sink.say(b"[notice]", 100)
    audience.resync(sink, None, snapshot)
    assert line.heard() == b""
    assert len(audience) == 0
