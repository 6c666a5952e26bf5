"""Paying, being told, cancelling and refunding over HTTP, with the sandbox at the other end."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from live.sales.payments.provider import PaymentRequest
from live.sales.payments.sandbox import SIGNATURE_HEADER, SandboxProvider
from live.storage.redis import RedisClient
from live.values import Role
from tests.support.fair import PRICE_FEN, Fair, fair
from tests.support.serving import Answer, serving, until

NOTIFY = "/api/payments/sandbox/notify"


@pytest_asyncio.fixture
async def market(database_url: str, redis: RedisClient) -> AsyncIterator[Fair]:
    async with fair(database_url, redis) as running:
        yield running


async def ordered(market: Fair, token: str, offer_id: str | None = None, **changes: Any) -> str:
    offer_id = offer_id or await market.open_offer()
    answer = await market.order(offer_id, token, **changes)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


async def pay(market: Fair, order_id: str, token: str, provider: str = "sandbox") -> Answer:
    path = f"/api/orders/{order_id}/payment"
    return await market.caller.post(path, {"provider": provider}, token=token)


async def status(market: Fair, order_id: str, token: str) -> str:
    return str((await market.caller.get(f"/api/orders/{order_id}", token=token)).body["status"])


async def until_status(market: Fair, order_id: str, token: str, wanted: str) -> None:
    async def has_it() -> bool:
        return await status(market, order_id, token) == wanted

    await until(has_it)


async def notify(
    market: Fair, *items: dict[str, Any], signature: str | None = None, body: bytes | None = None
) -> Answer:
    raw = json.dumps({"items": items}).encode() if body is None else body
    signed = market.sandbox.sign(raw) if signature is None else signature
    return await market.caller.post(NOTIFY, raw=raw, headers={SIGNATURE_HEADER: signed})


def item(payment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    said = {"payment_id": payment["id"], "provider_ref": "ref", "is_paid": True}
    return said | {"amount_fen": payment["amount_fen"]} | changes


async def test_an_order_and_its_payment_in_one_call(market: Fair) -> None:
    token, offer_id = await market.token(), await market.open_offer()
    answer = await market.order(offer_id, token, units=2, pay_with="sandbox")
    assert answer.status == 201, answer.raw
    order = answer.body
    assert order["status"] == "reserved"
    assert order["payment"] == {
        "id": order["payment"]["id"], "order_id": order["id"], "provider": "sandbox",
        "amount_fen": 2 * PRICE_FEN, "status": "started", "action": {"type": "none"},
    }  # fmt: skip
    await until_status(market, order["id"], token, "paid")
    again = await market.order(offer_id, token, units=2, pay_with="sandbox")
    assert (again.status, again.body["status"]) == (200, "paid")
    assert again.body["payment"] is None


async def test_paying_is_no_part_of_what_a_key_stands_for(market: Fair) -> None:
    token, offer_id = await market.token(), await market.open_offer()
    first = await market.order(offer_id, token)
    assert first.body["payment"] is None
    again = await market.order(offer_id, token, pay_with="sandbox")
    assert (again.status, again.body["id"]) == (200, first.body["id"])
    assert again.body["payment"]["status"] == "started"


async def test_an_unknown_provider_is_refused_before_stock_is_touched(market: Fair) -> None:
    token, offer_id = await market.token(), await market.open_offer()
    answer = await market.order(offer_id, token, pay_with="barter")
    assert (answer.status, answer.code) == (422, "unknown_provider")
    assert (await market.offer(offer_id))["reserved"] == 0


async def test_the_order_stands_where_its_provider_is_away(
    market: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live.sales.payments.sandbox.WAITING_MAX", 0)  # as one that is busy
    token, offer_id = await market.token(), await market.open_offer()
    answer = await market.order(offer_id, token, pay_with="sandbox")
    assert (answer.status, answer.body["payment"]) == (201, None)
    monkeypatch.undo()
    assert (await pay(market, answer.body["id"], token)).status == 201
    await until_status(market, answer.body["id"], token, "paid")


async def test_the_sandbox_settles_through_its_own_notification(market: Fair) -> None:
    token = await market.token()
    order_id = await ordered(market, token, units=2)
    answer = await pay(market, order_id, token)
    assert answer.status == 201, answer.raw
    assert answer.body == {
        "id": answer.body["id"], "order_id": order_id, "provider": "sandbox",
        "amount_fen": 2 * PRICE_FEN, "status": "started", "action": {"type": "none"},
    }  # fmt: skip
    await until_status(market, order_id, token, "paid")
    order = (await market.caller.get(f"/api/orders/{order_id}", token=token)).body
    assert order["paid_at"] is not None


async def test_many_orders_settle(market: Fair) -> None:
    offer_id = await market.open_offer(allotment=300)
    tokens = await market.tokens(60)
    answers = await asyncio.gather(*(market.order(offer_id, token) for token in tokens))
    ids = [answer.body["id"] for answer in answers]
    paid = await asyncio.gather(
        *(pay(market, order_id, token) for order_id, token in zip(ids, tokens, strict=True))
    )
    assert {answer.status for answer in paid} == {201}

    async def all_sold() -> bool:
        return bool((await market.offer(offer_id))["sold"] == 60)

    await until(all_sold)
    assert (await market.offer(offer_id))["reserved"] == 0


async def test_who_may_pay_and_through_whom(market: Fair) -> None:
    token, other = await market.tokens(2)
    order_id = await ordered(market, token)
    assert (await pay(market, order_id, other)).status == 404
    assert (await pay(market, "ord_nothing", token)).status == 404
    unknown = await pay(market, order_id, token, "alchemy")
    assert (unknown.status, unknown.code) == (422, "unknown_provider")
    path = f"/api/orders/{order_id}/payment"
    assert (await market.caller.post(path, {}, token=token)).status == 422
    assert (await market.caller.post(path, {"provider": "sandbox"})).status == 401
    assert await status(market, order_id, token) == "reserved"


async def test_paid_is_not_payable_again(market: Fair) -> None:
    token = await market.token()
    order_id = await ordered(market, token)
    await pay(market, order_id, token)
    await until_status(market, order_id, token, "paid")
    again = await pay(market, order_id, token)
    assert (again.status, again.code) == (409, "not_payable")


async def test_a_notification_must_be_signed(market: Fair) -> None:
    for signature in ("", "0" * 64, "ü", market.sandbox.sign(b"something else")):
        answer = await notify(market, signature=signature)
        assert (answer.status, answer.code) == (403, "bad_signature"), signature
    answer = await market.caller.post(NOTIFY, raw=b"{}")
    assert (answer.status, answer.code) == (403, "bad_signature")


async def test_a_provider_that_is_not_ours_is_unknown(market: Fair) -> None:
    answer = await market.caller.post("/api/payments/alchemy/notify", raw=b"{}")
    assert (answer.status, answer.code) == (404, "unknown_provider")


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"\xff\xfe", b"[" * 50_000, b'{"items": [{"payment_id": 1}]}']
)
async def test_a_signed_message_that_says_nothing_is_refused(market: Fair, body: bytes) -> None:
    answer = await notify(market, body=body)
    assert (answer.status, answer.code) == (400, "malformed")


async def test_a_message_has_a_size(market: Fair) -> None:
    answer = await notify(market, body=b" " * 70_000)
    assert (answer.status, answer.code) == (413, "too_large")


async def test_a_notification_may_come_again_and_an_unknown_payment_is_not_ours(
    market: Fair,
) -> None:
    token = await market.token()
    order_id = await ordered(market, token)
    market.sandbox.notify_url = "http://127.0.0.1:9/nobody"  # it is told by hand here
    payment = (await pay(market, order_id, token)).body
    for _ in range(3):
        answer = await notify(market, item(payment))
        assert (answer.status, answer.body) == (200, {})
    assert await status(market, order_id, token) == "paid"
    unknown = await notify(market, item(payment, payment_id="pay_nothing"))
    assert (unknown.status, unknown.code) == (404, "unknown_payment")


async def test_cancel_before_payment_and_not_after(market: Fair) -> None:
    offer_id = await market.open_offer()
    token, other = await market.tokens(2)
    order_id = await ordered(market, token, offer_id)
    path = f"/api/orders/{order_id}/cancel"
    assert (await market.caller.post(path)).status == 401
    assert (await market.caller.post(path, token=other)).status == 404
    for _ in range(2):
        answer = await market.caller.post(path, token=token)
        assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert (await market.offer(offer_id))["available"] == 10
    paid_id = await ordered(market, token, offer_id, key="key-2")
    await pay(market, paid_id, token)
    await until_status(market, paid_id, token, "paid")
    refused = await market.caller.post(f"/api/orders/{paid_id}/cancel", token=token)
    assert (refused.status, refused.code) == (409, "not_cancellable")


async def test_operators_refund(market: Fair) -> None:
    offer_id = await market.open_offer()
    token, operator = await market.token(), await market.token(Role.OPERATOR)
    order_id = await ordered(market, token, offer_id)
    path = f"/api/orders/{order_id}/refund"
    early = await market.caller.post(path, token=operator)
    assert (early.status, early.code) == (409, "not_refundable")
    await pay(market, order_id, token)
    await until_status(market, order_id, token, "paid")
    for caller, expected in ((None, 401), (token, 403), (await market.token(Role.HOST), 403)):
        assert (await market.caller.post(path, token=caller)).status == expected
    answer = await market.caller.post(path, token=operator)
    assert (answer.status, answer.body["status"]) == (200, "refunded")
    offer = await market.offer(offer_id)
    assert (offer["available"], offer["reserved"], offer["sold"]) == (10, 0, 0)
    missing = await market.caller.post("/api/orders/ord_nothing/refund", token=operator)
    assert missing.status == 404


async def test_a_payment_that_comes_too_late_finds_the_units_or_goes_back(
    database_url: str, redis: RedisClient
) -> None:
    async with fair(database_url, redis, hold_seconds=1, expiry_seconds=0.1) as market:
        offer_id = await market.open_offer(allotment=1)
        one, other = await market.tokens(2)
        market.sandbox.notify_url = "http://127.0.0.1:9/nobody"
        order_id = await ordered(market, one, offer_id)
        payment = (await pay(market, order_id, one)).body
        await until_status(market, order_id, one, "expired")
        # The box is on sale again, and somebody else has it for a while.

        async def is_had() -> bool:
            return (await market.order(offer_id, other)).status in (200, 201)

        await until(is_had)
        assert (await notify(market, item(payment))).status == 200
        assert await status(market, order_id, one) == "expired"
        # This one finds its box still there.
        again = await market.order(offer_id, other)
        late = (await pay(market, again.body["id"], other)).body
        await until_status(market, again.body["id"], other, "expired")
        assert (await notify(market, item(late))).status == 200
        assert await status(market, again.body["id"], other) == "paid"


def asked(payment_id: str) -> PaymentRequest:
    return PaymentRequest(payment_id, "ord", 100, "an order", 0, "198.51.100.7")


async def test_the_sandbox_comes_again_until_it_is_heard() -> None:
    heard: list[list[str]] = []
    answers = [503, 500, 200]

    async def listen(request: web.Request) -> web.Response:
        body = await request.read()
        assert sandbox.verify(request.headers, body)
        heard.append([told["payment_id"] for told in json.loads(body)["items"]])
        return web.Response(status=answers.pop(0) if answers else 200)

    application = web.Application()
    application.router.add_post("/notify", listen)
    sandbox = SandboxProvider(b"key")
    async with serving(application) as caller, sandbox.delivering():
        sandbox.notify_url = f"{caller.origin}/notify"
        for n in (1, 2, 1):
            await sandbox.start(asked(f"pay_{n}"))

        async def is_heard() -> bool:
            return len(heard) >= 3

        await until(is_heard)
        await asyncio.sleep(0.1)
    assert heard == [["pay_1", "pay_2"]] * 3, "until acknowledged, and not once more"


async def test_what_is_refused_for_good_does_not_keep_the_sandbox_busy() -> None:
    heard: list[str] = []

    async def listen(request: web.Request) -> web.Response:
        told = json.loads(await request.read())["items"][0]["payment_id"]
        heard.append(told)
        return web.Response(status=404 if told == "pay_bad" else 200)

    application = web.Application()
    application.router.add_post("/notify", listen)
    sandbox = SandboxProvider(b"key")
    async with serving(application) as caller, sandbox.delivering():
        sandbox.notify_url = f"{caller.origin}/notify"
        for name in ("pay_bad", "pay_good"):
            await sandbox.start(asked(name))
            await asyncio.sleep(0.1)
    assert heard == ["pay_bad", "pay_good"]


async def test_what_a_killed_server_forgot_is_asked_for(
    database_url: str, redis: RedisClient
) -> None:
    soon = {"payment_quiet_seconds": 1, "payment_query_seconds": 0.1}
    async with fair(database_url, redis, **soon) as market:
        token = await market.token()
        order_id = await ordered(market, token)
        market.sandbox.notify_url = "http://127.0.0.1:9/nobody"
        assert (await pay(market, order_id, token)).status == 201
        await until_status(market, order_id, token, "paid")


async def test_ways_to_pay_are_listed(market: Fair) -> None:
    answer = await market.caller.get("/api/payments/providers")
    assert (answer.status, answer.body["items"]) == (200, [{"name": "sandbox"}])
