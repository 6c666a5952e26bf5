"""Claims as people meet them: over HTTP, with the sandbox's money."""

from collections.abc import AsyncIterator

import pytest_asyncio

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.fair import PRICE_FEN, Fair, fair
from tests.support.serving import Answer, until


@pytest_asyncio.fixture
async def market(database_url: str, redis: RedisClient) -> AsyncIterator[Fair]:
    async with fair(database_url, redis) as running:
        yield running


async def delivered(market: Fair, token: str) -> str:
    """A paid order of two boxes that has arrived."""
    offer_id = await market.open_offer()
    order_id = str((await market.order(offer_id, token, units=2)).body["id"])
    path = f"/api/orders/{order_id}"
    await market.caller.post(f"{path}/payment", {"provider": "sandbox"}, token=token)

    async def is_paid() -> bool:
        answer = await market.caller.get(path, token=token)
        return bool(answer.body["status"] == "paid")

    await until(is_paid)
    host = await market.token(Role.HOST)
    parcel = {"carrier": "顺丰", "tracking_number": "SF1"}
    for verb, body in (("pack", None), ("ship", parcel), ("deliver", None)):
        answer = await market.caller.post(f"{path}/{verb}", body, token=host)
        assert answer.status == 200, answer.raw
    return order_id


async def claim(market: Fair, order_id: str, token: str | None, **body: object) -> Answer:
    return await market.caller.post(f"/api/orders/{order_id}/claims", dict(body), token=token)


async def test_from_the_form_to_the_money(market: Fair) -> None:
    buyer, operator = await market.token(), await market.token(Role.OPERATOR)
    order_id = await delivered(market, buyer)
    order = (await market.caller.get(f"/api/orders/{order_id}", token=buyer)).body
    assert order["delivered_at"] < order["claim_by"]
    assert order["claims"] == []

    filed = await claim(market, order_id, buyer, units=1, note="烂了")
    assert filed.status == 201, filed.raw
    assert filed.body == {
        "id": filed.body["id"], "order_id": order_id, "status": "open", "units": 1,
        "share_percent": None, "note": "烂了", "asked_fen": PRICE_FEN, "approved_fen": None,
        "reason": "", "filed_at": filed.body["filed_at"], "decided_at": None,
    }  # fmt: skip
    assert (await claim(market, order_id, buyer, units=1, note="烂了")).status == 200
    other = await claim(market, order_id, buyer, units=2)
    assert (other.status, other.code) == (409, "claim_open")

    cases = (await market.caller.get("/api/claims", token=operator)).body["items"]
    assert [case["id"] for case in cases] == [filed.body["id"]]
    assert (cases[0]["order_units"], cases[0]["left_fen"]) == (2, 2 * PRICE_FEN)
    path = f"/api/claims/{filed.body['id']}"
    much = await market.caller.post(f"{path}/approve", {"amount_fen": 10**6}, token=operator)
    assert (much.status, much.code) == (409, "claim_exceeds_left")
    done = await market.caller.post(f"{path}/approve", {"amount_fen": PRICE_FEN}, token=operator)
    assert (done.status, done.body["status"]) == (200, "approved")
    late = await market.caller.post(f"{path}/reject", {"reason": "no"}, token=operator)
    assert (late.status, late.code) == (409, "claim_decided")

    own = (await market.caller.get("/api/orders", token=buyer)).body["items"][0]
    assert [(c["status"], c["approved_fen"]) for c in own["claims"]] == [("approved", PRICE_FEN)]
    balances = market.sandbox.book

    async def is_given_back() -> bool:
        return [account.balance_fen for account in balances._accounts.values()] == [PRICE_FEN]

    await until(is_given_back)
    decided = (await market.caller.get("/api/claims?status=approved", token=operator)).body
    assert [case["left_fen"] for case in decided["items"]] == [PRICE_FEN]
    assert (await market.caller.get("/api/claims", token=operator)).body["items"] == []


async def test_who_may_do_what(market: Fair) -> None:
    buyer, stranger = await market.tokens(2)
    order_id = await delivered(market, buyer)
    assert (await claim(market, order_id, None, units=1)).status == 401
    assert (await claim(market, order_id, stranger, units=1)).status == 404
    for wrong in ({}, {"units": 1, "share_percent": 1}, {"units": 0}, {"share_percent": 101}):
        assert (await claim(market, order_id, buyer, **wrong)).status == 422, wrong
    host = await market.token(Role.HOST)
    assert (await claim(market, order_id, host, units=1)).status == 404
    await claim(market, order_id, buyer, share_percent=20, note="我的电话 13812345678")
    seen = await market.caller.get(f"/api/orders/{order_id}", token=host)
    assert seen.status == 200
    assert seen.body["claims"] == [], "what buyers write is not the host's"
    assert (await market.caller.get("/api/claims?status=lost", token=host)).status == 403
    operator = await market.token(Role.OPERATOR)
    assert (await market.caller.get("/api/claims?status=lost", token=operator)).status == 422
