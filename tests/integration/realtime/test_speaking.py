"""What a viewer may say, and what only one person is told."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from live.errors import Conflict
from live.realtime.commands import Command, Speaker
from tests.integration.realtime.rooms import (
    FAST,
    RoomServer,
    Truth,
    eventually,
    new_event,
    serving,
)
from tests.support.people import person

pytestmark = [pytest.mark.asyncio, pytest.mark.cluster]


async def test_chat_reaches_everybody_cleaned(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann, server.viewer(event_id) as other:
        await other.hear()
        assert (await ann.ask(type="chat", text="  你好\u202e\n\x07 世界 "))["type"] == "ack"
        [entry] = (await other.until(lambda m: m.get("feed")))["feed"]
        assert (entry["kind"], entry["name"], entry["text"]) == ("chat", "ann", "你好 世界")


@pytest.mark.parametrize("text", ["", " \n ", "x" * (FAST.chat_chars_max + 1), 7])
async def test_chat_that_nobody_could_read_is_refused(
    server: RoomServer, truth: Truth, text: object
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        answer = await ann.ask(type="chat", text=text)
        assert (answer["type"], answer["code"], list(answer["fields"])) == (
            "problem",
            "invalid",
            ["text"],
        )


async def test_room_shows_only_so_much_chat_a_second(redis_url: str, truth: Truth) -> None:
    event_id = new_event(truth)
    few = FAST.model_copy(update={"chat_per_second_room": 3, "frames_per_second_max": 100})
    async with (
        serving(redis_url, truth, few) as first,
        serving(redis_url, truth, few) as second,
        first.viewer(event_id, "ann") as ann,
        second.viewer(event_id, "bob") as bob,
    ):
        answers: list[dict[str, Any]] = []
        for _ in range(10):
            answers += await asyncio.gather(
                ann.ask(type="chat", text="a"), bob.ask(type="chat", text="b")
            )
        shown = [answer for answer in answers if answer["type"] == "ack"]
        assert 3 <= len(shown) <= 6  # ten rounds touch one second, or two
        assert {a["code"] for a in answers if a["type"] == "problem"} == {"chat_busy"}


async def test_one_person_speaks_once_in_a_while_on_any_process(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    seldom = FAST.model_copy(update={"chat_interval_ms": 60_000})
    async with (
        serving(redis_url, truth, seldom) as first,
        serving(redis_url, truth, seldom) as second,
        first.viewer(event_id, "ann") as ann,
        second.viewer(event_id, "ann") as ann_elsewhere,
        second.viewer(event_id, "bob") as bob,
    ):
        assert (await ann.ask(type="chat", text="a"))["type"] == "ack"
        assert (await ann_elsewhere.ask(type="chat", text="a"))["code"] == "chat_too_soon"
        assert (await bob.ask(type="chat", text="b"))["type"] == "ack"


async def test_only_who_is_signed_in_may_speak(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id) as viewer:
        for message in ({"type": "chat", "text": "a"}, {"type": "like", "count": 1}):
            assert (await viewer.ask(**message))["code"] == "unauthenticated"
        assert (await viewer.ask(type="resync"))["type"] == "ack"


async def test_ticket_signs_in_once(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth)
    server.people.tickets["t1"] = person("viewer-ann")
    async with server.viewer(event_id, ticket="t1") as viewer:
        assert (await viewer.ask(type="like", count=2))["type"] == "ack"
    with pytest.raises(Exception, match="401"):
        await server.open_viewer(event_id, ticket="t1")


@pytest.mark.parametrize("count", [0, -1, FAST.likes_per_message_max + 1, "3", 1.5, None])
async def test_impossible_likes_are_refused(
    server: RoomServer, truth: Truth, count: object
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann:
        assert (await ann.ask(type="like", count=count))["code"] == "invalid"


async def test_notice_reaches_its_owner_on_every_process_and_nobody_else(
    redis_url: str, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth) as first,
        serving(redis_url, truth) as second,
        first.viewer(event_id, "ann") as ann,
        second.viewer(event_id, "ann") as ann_elsewhere,
        first.viewer(event_id, "bob") as bob,
    ):
        for viewer in (ann, ann_elsewhere, bob):
            await viewer.hear()
        await first.feed.notify(event_id, "acc_ann", {"kind": "order_paid", "order_id": "ord_1"})
        for viewer in (ann, ann_elsewhere):
            notice = await viewer.until_type("notice")
            assert notice == {"type": "notice", "kind": "order_paid", "order_id": "ord_1"}
        await first.feed.notify(event_id, "acc_bob", {"kind": "order_expired"})
        assert (await bob.until_type("notice"))["kind"] == "order_expired"


async def test_sales_go_to_the_host_and_operators_only(server: RoomServer, truth: Truth) -> None:
    event_id = new_event(truth, staff=frozenset({"acc_eve"}))
    async with (
        server.viewer(event_id, "host-eve") as host,
        server.viewer(event_id, "operator-kim") as operator,
        server.viewer(event_id, "host-dan") as stranger,
    ):
        for staff in (host, operator):
            assert await staff.until_type("sales") == {"type": "sales", "units_sold": 7}
        types = {(await stranger.hear())["type"] for _ in range(3)}
        assert "sales" not in types


async def test_new_host_gets_sales_without_coming_in_again(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "host-eve") as host:
        await host.hear()
        truth.change(event_id, staff=frozenset({"acc_eve"}))
        await host.until_type("sales")


class Buy(msgspec.Struct, forbid_unknown_fields=True):
    units: int


@dataclass
class Shop:
    """A feature's command that can be held up."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    most: int = 0

    async def buy(self, speaker: Speaker, message: Buy) -> dict[str, object]:
        if message.units == 0:
            raise Conflict("sold_out", "Nothing is left.")
        if message.units < 0:
            raise RuntimeError("a bug")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        self.under_way -= 1
        return {"order": {"units": message.units}}


async def test_commands_of_features_are_answered_with_their_ref(
    redis_url: str, truth: Truth
) -> None:
    shop = Shop()
    shop.gate.set()
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth, commands=[Command("order", Buy, shop.buy)]) as server,
        server.viewer(event_id, "ann") as ann,
    ):
        answer = await ann.ask(type="order", units=2)
        assert (answer["type"], answer["order"]) == ("order", {"units": 2})
        assert (await ann.ask(type="order", units=0))["code"] == "sold_out"
        assert (await ann.ask(type="order", units=-1))["code"] == "internal"
        assert (await ann.ask(type="order", units=1, extra=1))["fields"] == {
            "extra": "unknown field"
        }
        assert (await ann.ask(type="order"))["fields"] == {"units": "required"}


async def test_commands_under_way_are_bounded_and_hold_up_nobody_else(
    redis_url: str, truth: Truth
) -> None:
    shop = Shop()
    event_id = new_event(truth)
    async with (
        serving(redis_url, truth, commands=[Command("order", Buy, shop.buy)]) as server,
        server.viewer(event_id, "ann") as ann,
        server.viewer(event_id, "bob") as bob,
    ):
        for ref in range(10):
            await ann.say(type="order", units=1, ref=ref)
        await eventually(lambda: shop.under_way == FAST.commands_in_flight_max)
        assert (await bob.ask(type="like", count=1))["type"] == "ack"
        await ann.until_type("tick")  # ticks come all the while
        shop.gate.set()
        refs = {(await ann.until_type("order"))["ref"] for _ in range(10)}
        assert refs == set(range(10))
        assert shop.most == FAST.commands_in_flight_max


async def test_what_was_not_read_for_a_while_may_come_at_once(redis_url: str, truth: Truth) -> None:
    """The server did not read on, so the client cannot help it; it was never above its rate."""
    shop = Shop()
    event_id = new_event(truth)
    slow = FAST.model_copy(update={"frames_per_second_max": 10})
    async with (
        serving(redis_url, truth, slow, commands=[Command("order", Buy, shop.buy)]) as server,
        server.viewer(event_id, "ann") as ann,
    ):
        for ref in range(FAST.commands_in_flight_max):
            await ann.say(type="order", units=1, ref=ref)
        await eventually(lambda: shop.under_way == FAST.commands_in_flight_max)
        late = range(FAST.commands_in_flight_max, FAST.commands_in_flight_max + 15)
        for ref in late:
            await asyncio.sleep(0.11)
            await ann.say(type="order", units=1, ref=ref)
        shop.gate.set()
        refs = {(await ann.until_type("order"))["ref"] for _ in range(late.stop)}
        assert refs == set(range(late.stop))
        for _ in range(40):
            await ann.say(type="order", units=1)
        with pytest.raises(ConnectionClosed):
            await ann.until_type("never")
        assert ann.socket.close_code == 4029


async def test_ended_session_is_closed_and_the_others_stay(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    async with server.viewer(event_id, "ann") as ann, server.viewer(event_id, "bob") as bob:
        server.people.end("ses_ann")
        assert await ann.end() == 1008
        assert (await bob.ask(type="like", count=1))["type"] == "ack"


async def test_session_that_ended_while_its_viewer_came_in_is_closed_too(
    server: RoomServer, truth: Truth
) -> None:
    event_id = new_event(truth)
    server.people.end("ses_ann")  # but this viewer was identified a moment before
    async with server.viewer(event_id, "ann") as ann:
        assert await ann.end() == 1008
