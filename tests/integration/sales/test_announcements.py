"""Toasts and personal notices: in Redis, in a room, and left out when Redis is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Engine, event
from websockets.asyncio.client import ClientConnection, connect

from live.config import Settings
from live.realtime.feed import Feed
from live.sales.announcements import Announcements
from live.storage.redis import RedisClient, connect_redis, event_key
from live.storage.relay import Relay
from tests.support.fair import Fair, fair
from tests.support.till import EVENT, OFFER, Till, buyer_id_of, paid, till

WAIT_SECONDS = 20.0


@pytest_asyncio.fixture
async def shop(database_url: str, redis: RedisClient) -> AsyncIterator[Till]:
    async with till(database_url, redis) as opened:
        yield opened


def announcing(shop: Till, redis: RedisClient) -> Relay:
    feed = Feed(redis, Settings())
    reactions = Announcements(shop.database, feed).reactions()
    return Relay(shop.database, reactions, shop.clock, batch_max=1_000)


async def toasts(redis: RedisClient) -> list[dict[str, Any]]:
    entries: Any = await redis.xrange(event_key(EVENT, "feed"))
    assert {fields[b"k"] for _, fields in entries} <= {b"orders"}
    return [json.loads(fields[b"b"]) for _, fields in entries]


async def notices(redis: RedisClient) -> list[tuple[str, dict[str, Any]]]:
    entries: Any = await redis.xrange(event_key(EVENT, "notices"))
    return [(fields[b"a"].decode(), json.loads(fields[b"b"])) for _, fields in entries]


async def test_one_toast_for_all_that_has_gathered(shop: Till, redis: RedisClient) -> None:
    for buyer in (1, 2, 3, 4, 5, 6, 7, 7):
        await shop.order(buyer=buyer)
    await announcing(shop, redis).relay_waiting()
    (toast,) = await toasts(redis)
    assert toast == {"offer_id": OFFER, "count": 8, "names": ["李**"] * 5}


async def test_names_are_read_in_one_query(shop: Till, redis: RedisClient) -> None:
    for buyer in range(20):
        await shop.order(buyer=buyer)
    relay = announcing(shop, redis)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)  # of any engine: readers have their own
    try:
        await relay.relay_waiting()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if "FROM accounts" in statement]) == 1


async def test_every_step_of_an_order_is_told_to_its_buyer(shop: Till, redis: RedisClient) -> None:
    relay = announcing(shop, redis)
    paid_id = await shop.order(buyer=1, units=2)
    cancelled_id, _ = await shop.order(buyer=2), await shop.order(buyer=3)
    await relay.relay_waiting()
    await shop.notify(paid(await shop.start(paid_id, buyer=1)))
    await shop.closing.cancel(cancelled_id, buyer_id_of(2))
    await shop.expire()
    await relay.relay_waiting()
    await shop.refunds.refund_order(paid_id)
    await relay.relay_waiting()
    told = await notices(redis)
    assert [(who, body["status"]) for who, body in told if body["order_id"] == paid_id] == [
        ("acc_1", "reserved"), ("acc_1", "paid"), ("acc_1", "refunded"),
    ]  # fmt: skip
    assert ("acc_2", "cancelled") in [(who, body["status"]) for who, body in told]
    assert ("acc_3", "expired") in [(who, body["status"]) for who, body in told]
    assert told[0] == (
        "acc_1",
        {
            "kind": "order", "order_id": paid_id, "offer_id": OFFER, "status": "reserved",
            "units": 2, "pay_by": "2020-02-19T02:15:00.000Z",
        },
    )  # fmt: skip
    assert len(await toasts(redis)) == 1, "only what is placed is toasted"


async def test_nothing_is_held_back_while_redis_is_away(shop: Till, redis: RedisClient) -> None:
    away = connect_redis("unix:///nowhere.sock", timeout_ms=100, connections_max=4)
    order_id = await shop.order(buyer=1)
    await shop.notify(paid(await shop.start(order_id, buyer=1)))
    relay = announcing(shop, away)
    assert await relay.relay_waiting()
    assert not await relay.relay_waiting(), "the facts are done with"
    assert await toasts(redis) == []
    await away.aclose()


# In a room, with everything running


@asynccontextmanager
async def watching(market: Fair, event_id: str, token: str) -> AsyncIterator[ClientConnection]:
    url = market.caller.origin.replace("http", "ws") + f"/api/events/{event_id}/room"
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers) as socket:
        assert json.loads(await socket.recv())["type"] == "snapshot"
        yield socket


async def hear(socket: ClientConnection, seconds: float) -> list[dict[str, Any]]:
    """Everything that is said within that time."""
    heard = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                heard.append(json.loads(await socket.recv()))
    except TimeoutError:
        return heard


async def hear_until(socket: ClientConnection, status: str) -> list[dict[str, Any]]:
    """Everything up to the notice of that status."""
    heard = []
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            heard.append(json.loads(await socket.recv()))
            if heard[-1]["type"] == "notice" and heard[-1].get("status") == status:
                return heard


@pytest.mark.parametrize("units", [2])
async def test_a_buyer_hears_of_their_order_and_the_room_of_a_masked_name(
    database_url: str, redis: RedisClient, units: int
) -> None:
    async with fair(database_url, redis, tick_hz=20) as market:
        event_id = await market.live_event()
        offer_id = await market.open_offer(event_id)
        buyer, other = await market.tokens(2)
        async with (
            watching(market, event_id, buyer) as of_buyer,
            watching(market, event_id, other) as of_other,
        ):
            order = (await market.order(offer_id, buyer, units=units)).body
            # Kinds of facts do not wait for each other, so what happens within one batch of the
            # relay may be told in another order; a person pays after hearing of the order.
            heard = await hear_until(of_buyer, "reserved")
            path = f"/api/orders/{order['id']}/payment"
            await market.caller.post(path, {"provider": "sandbox"}, token=buyer)
            heard += await hear_until(of_buyer, "paid")
            told = [message for message in heard if message["type"] == "notice"]
            assert [(m["status"], m["order_id"], m["units"]) for m in told] == [
                ("reserved", order["id"], units), ("paid", order["id"], units),
            ]  # fmt: skip
            assert told[0]["pay_by"] == order["pay_by"]
            overheard = await hear(of_other, 1.0)
        assert not [message for message in overheard if message["type"] == "notice"]
        feed = [entry for message in overheard for entry in message.get("feed", ())]
        (toast,) = [entry for entry in feed if entry["kind"] == "orders"]
        assert (toast["offer_id"], toast["count"]) == (offer_id, 1)
        (name,) = toast["names"]
        assert name.endswith("**")
        assert len(name) == 3
