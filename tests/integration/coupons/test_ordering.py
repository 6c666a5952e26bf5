"""Ordering with a coupon: what it takes off, when it is refused, and repeats. A clock by hand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
import pytest_asyncio

from live.values import AccountId, Role
from live.web.routes import Identity
from tests.support.coupon_stands import MIN_SPEND_FEN, OFF_FEN, USE_SECONDS, Stand
from tests.support.market import HOME, Market
from tests.support.serving import Answer

PRICE_FEN = 3_000  # two of it are enough for a coupon, one is not
SHIPPING_FEN = 600


@dataclass
class Booth:
    """A market, with a drop in its event, and somebody who has a coupon of it."""

    market: Market
    stand: Stand
    offer: dict[str, Any]
    drop_id: str
    token: str
    coupon_id: str

    async def buy(self, key: str, token: str | None = None, **more: Any) -> Answer:
        body = {
            "units": 2, "price_fen": PRICE_FEN, "ship_to": HOME, "coupon_id": self.coupon_id,
        } | more  # fmt: skip
        path = f"/api/offers/{self.offer['id']}/orders"
        headers = {"Idempotency-Key": key}
        return await self.market.caller.post(path, body, token=token or self.token, headers=headers)

    async def claimed(self, token: str) -> str:
        return (await self.stand.claim(self.drop_id, _account_of(token))).coupon.id


@pytest_asyncio.fixture
async def booth(selling: Market) -> AsyncIterator[Booth]:
    event_id = await selling.event("start")
    offer = await selling.offer(
        event_id, "open", price_fen=PRICE_FEN, shipping_fen=SHIPPING_FEN, allotment=10
    )
    stand = Stand(selling.database, selling.town.clock)
    drop_id = await _dropped(selling, stand, event_id)
    token = await selling.sign_in()
    opened = Booth(selling, stand, offer, drop_id, token, "")
    opened.coupon_id = await opened.claimed(token)
    yield opened
    await stand.claiming.close()


async def _dropped(market: Market, stand: Stand, event_id: str) -> str:
    host = Identity(AccountId(_account_of(await market.host())), Role.HOST, "", "ses_1")
    return (await stand.open(100, by=host, event_id=event_id)).id


def _account_of(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["sub"])


async def test_the_coupon_comes_off_what_is_to_be_paid(booth: Booth) -> None:
    answer = await booth.buy("k")
    assert answer.status == 201, answer.raw
    order = answer.body
    assert (order["coupon_id"], order["discount_fen"]) == (booth.coupon_id, OFF_FEN)
    assert order["amount_fen"] == 2 * PRICE_FEN + SHIPPING_FEN - OFF_FEN
    read = await booth.market.done("GET", f"/api/orders/{order['id']}", token=booth.token)
    assert (read["discount_fen"], read["amount_fen"]) == (OFF_FEN, order["amount_fen"])
    assert read["coupon_id"] == booth.coupon_id


async def test_an_order_without_one_is_as_ever(booth: Booth) -> None:
    order = (await booth.buy("k", coupon_id=None)).body
    assert (order["coupon_id"], order["discount_fen"]) == (None, 0)
    assert order["amount_fen"] == 2 * PRICE_FEN + SHIPPING_FEN


async def test_goods_that_come_to_too_little(booth: Booth) -> None:
    short = await booth.buy("k", units=1)
    assert (short.status, short.code) == (409, "coupon_min_spend")
    assert PRICE_FEN + SHIPPING_FEN < MIN_SPEND_FEN, "shipping is not goods"
    assert (await booth.buy("k")).status == 201


async def test_one_order_at_a_time(booth: Booth) -> None:
    assert (await booth.buy("a")).status == 201
    second = await booth.buy("b")
    assert (second.status, second.code) == (409, "coupon_used")
    assert (await booth.buy("b", coupon_id=None)).status == 201, "its key is free"


@pytest.mark.parametrize("coupon_id", ["cpn_0", "", "x" * 500])
async def test_a_coupon_that_is_none(booth: Booth, coupon_id: str) -> None:
    answer = await booth.buy("k", coupon_id=coupon_id)
    assert (answer.status, answer.code) == (404, "coupon_not_found")


async def test_somebody_else_s_coupon(booth: Booth) -> None:
    other = await booth.market.sign_in()
    answer = await booth.buy("k", token=other)
    assert (answer.status, answer.code) == (404, "coupon_not_found")


async def test_a_coupon_of_another_event(booth: Booth) -> None:
    event_id = await booth.market.event("start")
    elsewhere = await booth.market.offer(event_id, "open", price_fen=PRICE_FEN)
    booth.offer = elsewhere
    answer = await booth.buy("k")
    assert (answer.status, answer.code) == (404, "coupon_not_found")


async def test_after_its_time_only_repeats_are_answered(booth: Booth) -> None:
    """A buyer whose answer was lost asks again; the coupon's time has run out meanwhile."""
    late = await booth.market.sign_in()
    others = await booth.claimed(late)
    first = await booth.buy("k")
    booth.market.town.clock.advance(seconds=USE_SECONDS)
    again = await booth.buy("k")
    assert (again.status, again.body) == (200, first.body)
    refused = await booth.buy("l", token=late, coupon_id=others)
    assert (refused.status, refused.code) == (409, "coupon_expired")
    assert (await booth.buy("l", token=late, coupon_id=None)).status == 201


async def test_a_moment_before_its_time_is_over_it_is_good(booth: Booth) -> None:
    booth.market.town.clock.advance(ms=USE_SECONDS * 1_000 - 1)
    assert (await booth.buy("k")).status == 201


async def test_the_same_key_with_another_coupon_or_units_is_another_request(
    booth: Booth,
) -> None:
    await booth.buy("k")
    for more in ({"coupon_id": None}, {"units": 1}, {"units": 3}):
        other = await booth.buy("k", **more)
        assert (other.status, other.code) == (422, "idempotency_key_reused")


async def test_a_coupon_is_an_id_and_nothing_else(booth: Booth) -> None:
    answer = await booth.buy("k", coupon_id=7)
    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.body["fields"].keys() == {"coupon_id"}


async def test_a_host_sees_the_discount_and_so_does_the_spreadsheet(booth: Booth) -> None:
    order = (await booth.buy("k")).body
    host = await booth.market.host()
    path = f"/api/events/{order['event_id']}/orders"
    (seen,) = (await booth.market.done("GET", path, token=host))["items"]
    assert (seen["discount_fen"], seen["amount_fen"]) == (OFF_FEN, order["amount_fen"])
    text = (await booth.market.caller.get(f"{path}.csv", token=host)).raw.decode("utf-8-sig")
    head, row = text.splitlines()[:2]
    cells = dict(zip(head.split(","), row.split(","), strict=False))
    assert cells["discount_fen"] == str(OFF_FEN)
    assert cells["amount_fen"] == str(order["amount_fen"])
