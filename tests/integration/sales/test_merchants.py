"""The shop with WeChat Pay and Alipay at the other end: one suite for all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.alipay_counterpart import AlipayCounterpart
from tests.support.counterpart import Counterpart
from tests.support.fair import PRICE_FEN, Fair, fair
from tests.support.serving import Answer
from tests.support.till import PAYMENTS
from tests.support.wechat_counterpart import WechatCounterpart

WAIT_SECONDS = 20.0  # anything that takes longer has failed
MAKERS: dict[str, Callable[[], Counterpart]] = {
    "wechat_h5": lambda: WechatCounterpart("h5"),
    "wechat_native": lambda: WechatCounterpart("native"),
    "alipay_wap": AlipayCounterpart,
}


@dataclass
class Shop:
    market: Fair
    bank: Counterpart
    token: str

    async def order(self, key: str = "key-1") -> str:
        offer_id = await self.market.open_offer()
        answer = await self.market.order(offer_id, self.token, key)
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])

    async def pay(self, order_id: str) -> Answer:
        path = f"/api/orders/{order_id}/payment"
        body = {"provider": self.bank.provider}
        return await self.market.caller.post(path, body, token=self.token)

    async def begun(self, order_id: str) -> str:
        """The id of a payment that its buyer has open before them."""
        answer = await self.pay(order_id)
        assert answer.status == 201, answer.raw
        payment_id = await self.bank.visit(answer.body["action"])
        assert payment_id == answer.body["id"]
        return payment_id

    async def notified(self, payment_id: str, **changes: Any) -> Answer:
        return await self.bank.told(payment_id, **changes).to(self.market.caller)

    async def status(self, order_id: str) -> str:
        answer = await self.market.caller.get(f"/api/orders/{order_id}", token=self.token)
        return str(answer.body["status"])

    async def payment_status(self, payment_id: str) -> str:
        async with self.market.platform.database.reading() as session:
            query = select(PAYMENTS.c.status).where(PAYMENTS.c.id == payment_id)
            return str((await session.execute(query)).scalar_one())


@asynccontextmanager
async def shop_with(
    name: str, database_url: str, redis: RedisClient, directory: Path, **settings: Any
) -> AsyncIterator[Shop]:
    bank = MAKERS[name]()
    async with (
        bank.open(),
        fair(database_url, redis, **bank.settings(directory), **settings) as market,
    ):
        yield Shop(market, bank, await market.token())


@pytest_asyncio.fixture(params=MAKERS)
async def shop(
    request: pytest.FixtureRequest, database_url: str, redis: RedisClient, tmp_path: Path
) -> AsyncIterator[Shop]:
    soon = {"payment_quiet_seconds": 1, "payment_query_seconds": 0.2, "payment_timeout_ms": 1_500}
    async with shop_with(request.param, database_url, redis, tmp_path, **soon) as opened:
        yield opened


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_buyer_follows_the_page_pays_and_the_order_is_paid(shop: Shop) -> None:
    order_id = await shop.order()
    payment_id = await shop.begun(order_id)
    assert await shop.begun(order_id) == payment_id, "a repeat is the same payment"
    shop.bank.pay(payment_id)
    for _ in range(2):
        answer = await shop.notified(payment_id)
        assert answer.status == 200
        heard = b"success" if shop.bank.provider == "alipay_wap" else b'"SUCCESS"'
        assert heard in answer.raw
    assert await shop.status(order_id) == "paid"


async def test_an_order_that_names_its_provider_is_told_how_to_pay(shop: Shop) -> None:
    offer_id = await shop.market.open_offer()
    answer = await shop.market.order(offer_id, shop.token, pay_with=shop.bank.provider)
    assert answer.status == 201, answer.raw
    payment = answer.body["payment"]
    assert await shop.bank.visit(payment["action"]) == payment["id"]


async def test_what_nobody_signed_or_what_is_not_for_us_pays_nothing(shop: Shop) -> None:
    order_id = await shop.order()
    payment_id = await shop.begun(order_id)
    shop.bank.pay(payment_id)
    shop.bank.mood = "wild"
    forged = await shop.notified(payment_id)
    assert (forged.status, forged.code) == (403, "bad_signature")
    shop.bank.mood = "well"
    other = {"seller_id": "2088999"} if shop.bank.provider == "alipay_wap" else {"mchid": "19"}
    strange = await shop.notified(payment_id, **other)
    assert (strange.status, strange.code) == (403, "wrong_merchant")
    assert await shop.payment_status(payment_id) == "started"


async def test_the_wrong_sum_goes_back_and_pays_for_nothing(shop: Shop) -> None:
    order_id = await shop.order()
    payment_id = await shop.begun(order_id)
    shop.bank.pay(payment_id)
    wrong: dict[str, Any] = {"amount": {"total": PRICE_FEN - 1, "currency": "CNY"}}
    if shop.bank.provider == "alipay_wap":
        wrong = {"total_amount": "19.89"}
    shop.bank.trades[payment_id].amount = next(iter(wrong.values()))
    assert (await shop.notified(payment_id, **wrong)).status == 200

    async def is_back() -> bool:
        return bool(shop.bank.trades[payment_id].refunds)

    await until(is_back)
    assert len(shop.bank.trades[payment_id].refunds) == 1
    assert await shop.status(order_id) == "reserved"


async def test_an_operator_refunds_and_the_buyer_has_the_money(shop: Shop) -> None:
    order_id = await shop.order()
    payment_id = await shop.begun(order_id)
    shop.bank.pay(payment_id)
    await shop.notified(payment_id)
    operator = await shop.market.token(Role.OPERATOR)
    answer = await shop.market.caller.post(f"/api/orders/{order_id}/refund", token=operator)
    assert answer.status == 200

    async def is_back() -> bool:
        return bool(shop.bank.trades[payment_id].refunds)

    await until(is_back)
    (back,) = shop.bank.trades[payment_id].refunds.values()
    assert str(back) in (str(PRICE_FEN), "19.90")


async def test_a_notification_that_never_comes_is_made_good(shop: Shop) -> None:
    order_id = await shop.order()
    shop.bank.pay(await shop.begun(order_id))

    async def is_paid() -> bool:
        return await shop.status(order_id) == "paid"

    await until(is_paid)


async def test_a_cancelled_order_is_closed_there_too(shop: Shop) -> None:
    order_id = await shop.order()
    payment_id = await shop.begun(order_id)
    cancelled = await shop.market.caller.post(f"/api/orders/{order_id}/cancel", token=shop.token)
    assert cancelled.status == 200

    async def is_closed() -> bool:
        return shop.bank.trades[payment_id].state == "closed"

    await until(is_closed)


@pytest.mark.parametrize("mood", ["down", "slow", "wild"])
async def test_a_provider_in_a_bad_mood_loses_nothing(shop: Shop, mood: str) -> None:
    order_id = await shop.order()
    shop.bank.mood = mood
    answer = await shop.pay(order_id)
    if shop.bank.provider == "alipay_wap":
        assert answer.status == 201, "starting needs nothing of it"
    else:
        assert (answer.status, answer.code) == (503, "provider_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    shop.bank.mood = "well"
    payment_id = await shop.begun(order_id)
    shop.bank.pay(payment_id)
    shop.bank.mood = mood
    await asyncio.sleep(1.5)  # until it has been asked, in vain
    assert await shop.payment_status(payment_id) == "started"
    shop.bank.mood = "well"

    async def is_paid() -> bool:
        return await shop.status(order_id) == "paid"

    await until(is_paid)


async def test_all_that_is_configured_is_offered(
    sqlite_url: str, redis: RedisClient, tmp_path: Path
) -> None:
    both = {
        **WechatCounterpart("h5").settings(tmp_path),
        **AlipayCounterpart().settings(tmp_path),
        "wechat_url": "https://wechat.test",
        "alipay_url": "https://alipay.test/gateway.do",
    }
    async with fair(sqlite_url, redis, **both) as market:
        answer = await market.caller.get("/api/payments/providers")
    names = [choice["name"] for choice in answer.body["items"]]
    assert names == ["wechat_h5", "wechat_native", "alipay_wap", "sandbox"]
