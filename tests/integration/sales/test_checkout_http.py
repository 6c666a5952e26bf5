"""Ordering over HTTP: what is taken, what is refused and how, and what a repeat gets."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.fair import PRICE_FEN, SHIP_TO, Fair, fair


@pytest_asyncio.fixture
async def market(database_url: str, redis: RedisClient) -> Any:
    async with fair(database_url, redis) as running:
        yield running


async def test_an_order_is_reserved_and_shown_to_its_buyer(market: Fair) -> None:
    offer_id = await market.open_offer(shipping_fen=600)
    token = await market.token()
    answer = await market.order(offer_id, token, units=2)
    assert answer.status == 201, answer.raw
    order = answer.body
    assert order["status"] == "reserved"
    assert order["amount_fen"] == 2 * PRICE_FEN + 600
    assert order["shipping_fen"] == 600
    assert order["grams"] == 6000
    assert order["ship_to"] == {**SHIP_TO, "phone": "+8613812345678"}
    assert order["pay_by"] > order["created_at"]
    read = await market.caller.get(f"/api/orders/{order['id']}", token=token)
    assert read.status == 200
    assert read.body["id"] == order["id"]
    offer = await market.offer(offer_id)
    assert (offer["available"], offer["reserved"], offer["sold"]) == (8, 2, 0)


async def test_the_same_key_gets_the_same_order(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    first = await market.order(offer_id, token)
    again = await market.order(offer_id, token)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert (await market.offer(offer_id))["reserved"] == 1


async def test_the_same_key_many_times_at_once_is_one_order(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    answers = await asyncio.gather(*(market.order(offer_id, token) for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.body["id"] for answer in answers}) == 1
    assert (await market.offer(offer_id))["reserved"] == 1


async def test_the_same_key_for_something_else_is_refused(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    await market.order(offer_id, token)
    for changes in ({"units": 2}, {"ship_to": {**SHIP_TO, "address": "别的地方一号"}}):
        answer = await market.order(offer_id, token, **changes)
        assert (answer.status, answer.code) == (422, "idempotency_key_reused")


async def test_the_same_key_of_another_buyer_is_another_order(market: Fair) -> None:
    offer_id = await market.open_offer()
    one, other = await market.tokens(2)
    ids = {(await market.order(offer_id, token)).body["id"] for token in (one, other)}
    assert len(ids) == 2


async def test_a_repeat_after_selling_out_still_gets_its_order(market: Fair) -> None:
    offer_id = await market.open_offer(allotment=1)
    one, other = await market.tokens(2)
    first = await market.order(offer_id, one)
    refused = await market.order(offer_id, other)
    assert (refused.status, refused.code) == (409, "sold_out")
    again = await market.order(offer_id, one)
    assert (again.status, again.body) == (200, first.body)


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        (None, 428, "idempotency_key_required"),
        ("", 428, "idempotency_key_required"),
        ("x" * 129, 422, "idempotency_key_invalid"),
        ("two words", 422, "idempotency_key_invalid"),
        ("键", 422, "idempotency_key_invalid"),
    ],
)
async def test_keys_that_are_none(market: Fair, key: str | None, status: int, code: str) -> None:
    answer = await market.order(await market.open_offer(), await market.token(), key)
    assert (answer.status, answer.code) == (status, code)


_BAD: list[dict[str, Any]] = [
    {"units": 0},
    {"units": -1},
    {"units": 10**9},
    {"units": 10**40},
    {"units": 1.5},
    {"units": "1"},
    {"units": None},
    {"price_fen": 0},
    {"price_fen": "1990"},
    {"ship_to": None},
    {"ship_to": "home"},
    {"ship_to": {}},
    {"ship_to": {**SHIP_TO, "phone": "12345"}},
    {"ship_to": {**SHIP_TO, "phone": "not a phone"}},
    {"ship_to": {**SHIP_TO, "province_code": "990000"}},
    {"ship_to": {**SHIP_TO, "province_code": "广东"}},
    {"ship_to": {**SHIP_TO, "address": "x"}},
    {"ship_to": {**SHIP_TO, "name": "长" * 41}},
    {"ship_to": {**SHIP_TO, "planet": "Mars"}},
    {"address_id": "adr_x"},  # beside ship_to
    {"unknown": 1},
]


@pytest.mark.parametrize("changes", _BAD, ids=str)
async def test_bad_input(market: Fair, changes: dict[str, Any]) -> None:
    offer_id = await market.open_offer()
    answer = await market.order(offer_id, await market.token(), **changes)
    assert (answer.status, answer.code) == (422, "invalid"), answer.raw
    assert answer.body["fields"]
    assert (await market.offer(offer_id))["available"] == 10


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"units":' * 5000])
async def test_bodies_that_are_none(market: Fair, raw: bytes) -> None:
    path = f"/api/offers/{await market.open_offer()}/orders"
    answer = await market.caller.call(
        "POST", path, raw=raw, token=await market.token(), headers={"Idempotency-Key": "k"}
    )
    assert answer.status in (400, 422), answer.raw
    assert answer.code in ("malformed", "invalid")


async def test_a_body_that_is_too_large(market: Fair) -> None:
    path = f"/api/offers/{await market.open_offer()}/orders"
    answer = await market.caller.call(
        "POST",
        path,
        raw=b" " * 70_000,
        token=await market.token(),
        headers={"Idempotency-Key": "k"},
    )
    assert (answer.status, answer.code) == (413, "too_large")


async def test_strangers_and_unknown_offers(market: Fair) -> None:
    offer_id = await market.open_offer()
    path = f"/api/offers/{offer_id}/orders"
    assert (await market.caller.post(path, {})).status == 401
    answer = await market.order("off_nothing", await market.token())
    assert (answer.status, answer.code) == (404, "not_found")


async def test_the_buyer_limit_counts_what_the_buyer_already_has(market: Fair) -> None:
    offer_id, token = await market.open_offer(per_buyer_limit=3), await market.token()
    assert (await market.order(offer_id, token, "a", units=2)).status == 201
    answer = await market.order(offer_id, token, "b", units=2)
    assert (answer.status, answer.code) == (409, "buyer_limit")
    assert (await market.order(offer_id, token, "c", units=1)).status == 201


async def test_a_price_that_has_changed(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    host = await market.token(Role.HOST)
    path = f"/api/offers/{offer_id}"
    changed = await market.caller.call("PATCH", path, {"price_fen": 990}, token=host)
    assert changed.status == 200, changed.raw
    answer = await market.order(offer_id, token)
    assert (answer.status, answer.code) == (409, "price_changed")
    assert (await market.order(offer_id, token, price_fen=990)).status == 201


async def test_an_offer_that_is_closed(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    host = await market.token(Role.HOST)
    assert (await market.caller.post(f"/api/offers/{offer_id}/close", token=host)).status == 200
    answer = await market.order(offer_id, token)
    assert (answer.status, answer.code) == (409, "not_open")


async def test_a_province_that_is_not_served(market: Fair) -> None:
    offer_id, token = (
        await market.open_offer(undeliverable_provinces=["650000"]),
        await market.token(),
    )
    far = {**SHIP_TO, "province_code": "650000"}
    answer = await market.order(offer_id, token, ship_to=far)
    assert (answer.status, answer.code) == (409, "not_deliverable")
    assert (await market.order(offer_id, token)).status == 201


async def test_an_address_from_the_book(market: Fair) -> None:
    offer_id, (token, other) = await market.open_offer(), await market.tokens(2)
    kept = await market.caller.post("/api/addresses", SHIP_TO, token=token)
    assert kept.status == 201, kept.raw
    chosen = {"ship_to": None, "address_id": kept.body["id"]}
    foreign = await market.order(offer_id, other, **chosen)
    assert (foreign.status, foreign.code) == (404, "not_found")
    answer = await market.order(offer_id, token, **chosen)
    assert answer.status == 201, answer.raw
    assert answer.body["ship_to"]["address"] == SHIP_TO["address"]


async def test_orders_belong_to_their_buyer(market: Fair) -> None:
    offer_id, (token, other) = await market.open_offer(), await market.tokens(2)
    order_id = (await market.order(offer_id, token)).body["id"]
    assert (await market.caller.get(f"/api/orders/{order_id}", token=other)).status == 404
    for verb, body in (("cancel", None), ("payment", {"provider": "sandbox"})):
        answer = await market.caller.post(f"/api/orders/{order_id}/{verb}", body, token=other)
        assert answer.status == 404, verb


async def test_too_many_tries(database_url: str, redis: RedisClient) -> None:
    async with fair(database_url, redis, orders_per_minute=3) as market:
        offer_id, (token, other) = await market.open_offer(), await market.tokens(2)
        for _ in range(3):
            assert (await market.order(offer_id, token)).status in (200, 201)
        answer = await market.order(offer_id, token)
        assert (answer.status, answer.code) == (429, "too_many_orders")
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await market.order(offer_id, other)).status == 201


async def test_paid_through_the_sandbox(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    order_id = (await market.order(offer_id, token)).body["id"]
    path = f"/api/orders/{order_id}"
    started = await market.caller.post(f"{path}/payment", {"provider": "sandbox"}, token=token)
    assert started.status == 201, started.raw
    async with asyncio.timeout(10):
        while (await market.caller.get(path, token=token)).body["status"] != "paid":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    offer = await market.offer(offer_id)
    assert (offer["available"], offer["reserved"], offer["sold"]) == (9, 0, 1)
    answer = await market.caller.post(f"{path}/cancel", token=token)
    assert (answer.status, answer.code) == (409, "not_cancellable")


async def test_an_unpaid_order_expires_and_its_boxes_come_back(
    database_url: str, redis: RedisClient
) -> None:
    async with fair(database_url, redis, hold_seconds=1, expiry_seconds=0.1) as market:
        offer_id = await market.open_offer(allotment=1)
        one, other = await market.tokens(2)
        order_id = (await market.order(offer_id, one)).body["id"]
        assert (await market.order(offer_id, other)).code == "sold_out"
        async with asyncio.timeout(10):
            while (await market.order(offer_id, other)).status == 409:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        read = await market.caller.get(f"/api/orders/{order_id}", token=one)
        assert read.body["status"] == "expired"
        again = await market.order(offer_id, one)
        assert (again.status, again.body["status"]) == (200, "expired")


async def test_cancelled_by_its_buyer(market: Fair) -> None:
    offer_id, token = await market.open_offer(), await market.token()
    order_id = (await market.order(offer_id, token, units=3)).body["id"]
    for _ in range(2):
        answer = await market.caller.post(f"/api/orders/{order_id}/cancel", token=token)
        assert (answer.status, answer.body["status"]) == (200, "cancelled")
    offer = await market.offer(offer_id)
    assert (offer["available"], offer["reserved"], offer["sold"]) == (10, 0, 0)


async def test_the_end_of_the_event_is_the_end_of_the_sale(market: Fair) -> None:
    event_id = await market.live_event()
    offer_id, token = await market.open_offer(event_id), await market.token()
    host = await market.token(Role.HOST)
    assert (await market.caller.post(f"/api/events/{event_id}/end", token=host)).status == 200
    answer = await market.order(offer_id, token)
    assert (answer.status, answer.code) == (409, "not_open")
