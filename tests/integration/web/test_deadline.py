"""What takes too long ends with 503, and hurts nobody else, over real sockets."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from live.config import Settings
from live.errors import Unavailable
from live.feature import Feature
from live.realtime.commands import Command, Speaker
from live.realtime.dialogue import Dialogue
from live.realtime.position import FeedPosition
from live.web.application import build_application
from live.web.deadline import AnswerDeadline
from live.web.routes import Access, Call, Reply, Route
from tests.support.people import KnownPeople
from tests.support.serving import serving

pytestmark = pytest.mark.asyncio


class Nobody:
    """A connection that nobody has signed in on."""

    event_id = "evt_1"
    identity = None
    address = "127.0.0.1"

    def resync(self, since: FeedPosition | None) -> None:
        raise NotImplementedError


class Counter:
    """A counter that serves nobody until it is told to."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.arrived = 0
        self.left = 0

    async def wait(self, _call: Call) -> Reply:
        self.arrived += 1
        try:
            await self.opened.wait()
        finally:
            self.left += 1
        return Reply({"served": True})

    async def at_once(self, _call: Call) -> Reply:
        return Reply({"served": True})

    async def stream(self, call: Call) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(call.http)
        await response.write(b"first ")
        await self.opened.wait()
        await response.write(b"last")
        return response

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=f"/api/{name}", access=Access.ANYONE, handler=handler,
                  summary=name, streams=name == "stream")
            for name, handler in (
                ("wait", self.wait), ("at_once", self.at_once), ("stream", self.stream)
            )
        ]  # fmt: skip


def app_of(counter: Counter, tmp_path: Path) -> web.Application:
    return build_application(
        [Feature(name="counter", routes=counter.routes())],
        authenticator=KnownPeople(),
        settings=Settings(answer_ms=50),
        static=tmp_path,
    )


async def test_an_answer_that_takes_too_long_is_503_and_its_connection_goes_on(
    tmp_path: Path,
) -> None:
    counter = Counter()
    async with serving(app_of(counter, tmp_path)) as caller:
        waits = await asyncio.gather(*[caller.get("/api/wait") for _ in range(20)])
        assert {(answer.status, answer.code) for answer in waits} == {(503, "unavailable")}
        assert {answer.headers["Retry-After"] for answer in waits} == {"1"}
        assert counter.arrived == counter.left == 20
        assert (await caller.get("/api/at_once")).status == 200
        counter.opened.set()
        assert (await caller.get("/api/wait")).status == 200


async def test_what_streams_takes_as_long_as_it_takes(tmp_path: Path) -> None:
    counter = Counter()
    async with serving(app_of(counter, tmp_path)) as caller:
        streaming = asyncio.create_task(caller.get("/api/stream"))
        assert (await caller.get("/api/wait")).status == 503  # the deadline has passed for both
        counter.opened.set()
        assert (await streaming).raw == b"first last"


async def test_each_ends_in_its_own_time() -> None:
    deadline = AnswerDeadline(0.05)
    never = asyncio.Event()
    ended: list[int] = []

    async def wait(number: int) -> None:
        with pytest.raises(Unavailable):
            await deadline.keep(never.wait())
        ended.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(wait(number))
            await asyncio.sleep(0.01)
    assert ended == [0, 1, 2, 3, 4]


async def test_whoever_is_late_may_try_again_and_be_cancelled_by_others() -> None:
    deadline = AnswerDeadline(0.01)
    never = asyncio.Event()

    async def wait() -> None:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await deadline.keep(never.wait())
        task = asyncio.current_task()
        assert task is not None
        assert not task.cancelling()
        await AnswerDeadline(60.0).keep(never.wait())

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_failure_of_its_own_is_told_as_it_is() -> None:
    async def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await AnswerDeadline(60.0).keep(fail())


async def test_a_command_in_a_room_is_answered_in_time() -> None:
    class Ask(msgspec.Struct):
        pass

    async def wait(_speaker: Speaker, _message: Ask) -> None:
        await asyncio.Event().wait()

    command = Command("ask", Ask, wait, needs_sign_in=False)
    dialogue = Dialogue([command], AnswerDeadline(0.01))
    heard = dialogue.hear('{"type": "ask", "ref": 7}')
    answer, outcome = await dialogue.answer(heard, speaker=Nobody())
    assert outcome == "unavailable"
    told = msgspec.json.decode(answer)
    assert (told["ref"], told["retry_after_seconds"]) == (7, 1)
