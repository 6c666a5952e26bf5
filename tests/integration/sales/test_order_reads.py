"""Who reads which orders, and how much of them."""

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from live.claims.claim_reads import claims_of
from live.sales import order_reads
from live.values import Role
from tests.support.market import CLAIM_MS, HOME, Market
from tests.support.people import person
from tests.support.serving import Answer

pytestmark = pytest.mark.asyncio

SECRETS = ("李晓雨", "13812341234", "珞喻路")
MASKED = {
    "name": "李**", "phone": "138****1234", "province_code": "420000",
    "address": "湖北省武汉市****",
}  # fmt: skip
FULL = HOME | {"phone": "+8613812341234"}


def is_masked(answer: Answer) -> bool:
    text = answer.raw.decode()
    return not any(secret in text for secret in SECRETS)


async def a_sale(selling: Market, **more: Any) -> tuple[str, dict[str, Any], str]:
    event_id = await selling.event("start")
    offer = await selling.offer(event_id, "open", **more)
    return event_id, offer, await selling.sign_in()


async def test_a_buyer_reads_their_own_orders_newest_first(selling: Market) -> None:
    _, offer, buyer = await a_sale(selling)
    other = await selling.sign_in()
    placed = []
    for _ in range(3):
        placed.append(await selling.ordered(offer, buyer))
        selling.town.clock.advance(seconds=1)
    await selling.ordered(offer, other)
    page = (await selling.caller.get("/api/orders", token=buyer)).body
    labels = {"offer_title": offer["title"], "event_title": "徐闻菠萝"}
    assert page == {"items": [order | labels for order in reversed(placed)], "next": None}
    assert page["items"][0]["ship_to"] == FULL
    assert len((await selling.caller.get("/api/orders", token=other)).body["items"]) == 1
    assert (await selling.caller.get("/api/orders", token=await selling.sign_in())).body == {
        "items": [], "next": None,
    }  # fmt: skip
    assert (await selling.caller.get("/api/orders")).status == 401


async def test_pages_of_orders_of_one_millisecond(selling: Market) -> None:
    event_id, offer, buyer = await a_sale(selling)
    placed = {(await selling.ordered(offer, buyer))["id"] for _ in range(5)}
    for path, token in [
        ("/api/orders", buyer),
        (f"/api/events/{event_id}/orders", await selling.host()),
    ]:
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await selling.caller.get(f"{path}?limit=2{cursor}", token=token)).body
            seen += [order["id"] for order in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == 5
        assert set(seen) == placed


async def test_who_reads_one_order(selling: Market) -> None:
    _, offer, buyer = await a_sale(selling)
    path = f"/api/orders/{(await selling.ordered(offer, buyer))['id']}"
    for token in (buyer, await selling.sign_in(Role.OPERATOR)):
        answer = await selling.caller.get(path, token=token)
        assert (answer.status, answer.body["ship_to"]) == (200, FULL)
        assert answer.body["offer_title"] == offer["title"]
        assert answer.body["event_title"] == "徐闻菠萝"
    seen = await selling.caller.get(path, token=await selling.host())
    assert (seen.status, seen.body["ship_to"]) == (200, MASKED)
    assert is_masked(seen)
    for role in (Role.HOST, Role.VIEWER):
        answer = await selling.caller.get(path, token=await selling.sign_in(role))
        assert (answer.status, answer.code) == (404, "not_found")
    assert (await selling.caller.get(path)).status == 401
    unknown = await selling.caller.get("/api/orders/ord_none", token=buyer)
    assert (unknown.status, unknown.code) == (404, "not_found")


async def test_a_host_reads_their_own_order_of_their_own_event_whole(selling: Market) -> None:
    _, offer, _ = await a_sale(selling)
    host = await selling.host()
    order = await selling.ordered(offer, host)
    answer = await selling.caller.get(f"/api/orders/{order['id']}", token=host)
    assert answer.body["ship_to"] == FULL


async def test_orders_of_an_event(selling: Market) -> None:
    event_id, offer, buyer = await a_sale(selling)
    _, elsewhere, _ = await a_sale(selling)
    paid, reserved = [await selling.ordered(offer, buyer) for _ in range(2)]
    await selling.ordered(elsewhere, buyer)
    await selling.pay(paid["id"])
    path = f"/api/events/{event_id}/orders"
    operator = await selling.sign_in(Role.OPERATOR)

    host_sees = await selling.caller.get(path, token=await selling.host())
    assert {order["id"] for order in host_sees.body["items"]} == {paid["id"], reserved["id"]}
    assert is_masked(host_sees)
    operator_sees = await selling.caller.get(path, token=operator)
    assert [order["ship_to"] for order in operator_sees.body["items"]] == [FULL, FULL]

    for status, ids in [("paid", [paid["id"]]), ("reserved", [reserved["id"]]), ("packed", [])]:
        found = await selling.caller.get(f"{path}?status={status}", token=operator)
        assert [order["id"] for order in found.body["items"]] == ids
    bad = await selling.caller.get(f"{path}?status=lost", token=operator)
    assert (bad.status, list(bad.body["fields"])) == (422, ["status"])


@pytest.mark.parametrize("suffix", ["orders", "orders.csv"])
async def test_who_reads_the_orders_of_an_event(selling: Market, suffix: str) -> None:
    event_id, offer, buyer = await a_sale(selling)
    await selling.ordered(offer, buyer)
    path = f"/api/events/{event_id}/{suffix}"
    for token, status in [
        (await selling.host(), 200),
        (await selling.sign_in(Role.OPERATOR), 200),
        (await selling.sign_in(Role.HOST), 403),
        (buyer, 403),
        (None, 401),
    ]:
        assert (await selling.caller.get(path, token=token)).status == status
    unknown = await selling.caller.get(f"/api/events/evt_none/{suffix}", token=await selling.host())
    assert (unknown.status, unknown.code) == (404, "event_not_found")


def lines_of(answer: Answer) -> list[dict[str, str]]:
    assert answer.raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))


async def test_the_file_of_an_event(selling: Market) -> None:
    event_id, offer, buyer = await a_sale(selling, title='=cmd|"/c calc"!A1')
    to = HOME | {"name": "@SUM(A1)", "address": '=HYPERLINK("http://x","点我"),\n洪山区珞喻路1号'}
    bad = await selling.ordered(offer, buyer, ship_to=to)
    selling.town.clock.advance(seconds=1)
    good = await selling.ordered(offer, buyer, units=2)
    await selling.pay(good["id"])
    path = f"/api/events/{event_id}/orders.csv"

    answer = await selling.caller.get(path, token=await selling.sign_in(Role.OPERATOR))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="orders-{event_id}.csv"'
    )
    first, second = lines_of(answer)
    assert (first["order_id"], first["status"], first["units"]) == (good["id"], "paid", "2")
    assert first["amount_fen"] == str(good["amount_fen"])
    assert (first["ship_phone"], first["ship_name"]) == ("'+8613812341234", "李晓雨")
    assert second["order_id"] == bad["id"]
    assert second["offer_title"] == "'" + offer["title"]
    assert second["ship_name"] == "'@SUM(A1)"
    assert second["ship_address"] == "'" + to["address"]

    masked = await selling.caller.get(path, token=await selling.host())
    assert is_masked(masked)
    first, second = lines_of(masked)
    assert (first["ship_name"], first["ship_phone"]) == ("李**", "138****1234")
    assert second["ship_name"] == "'@**"
    for line in (first, second):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.values())


async def test_a_long_file_comes_in_pages(selling: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_reads, "EXPORT_PAGE", 4)
    event_id, offer, buyer = await a_sale(selling)
    path = f"/api/events/{event_id}/orders.csv"
    host = await selling.host()
    assert lines_of(await selling.caller.get(path, token=host)) == []
    placed: set[str] = set()
    for count in (1, 4, 5, 8, 9):  # around whole pages, all of one millisecond
        while len(placed) < count:
            placed.add((await selling.ordered(offer, buyer))["id"])
        lines = lines_of(await selling.caller.get(path, token=host))
        assert len(lines) == count
        assert {line["order_id"] for line in lines} == placed


async def test_between_pages_the_file_holds_no_connection(
    selling: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slowly it is read: more readers than there are connections, each mid-way."""
    monkeypatch.setattr(order_reads, "EXPORT_PAGE", 2)
    event_id, offer, buyer = await a_sale(selling)
    for _ in range(5):
        await selling.ordered(offer, buyer)
    operator = person("operator-olga")
    reads = order_reads.OrderReads(selling.database, claims_of, claim_ms=CLAIM_MS)
    files = [await reads.export(operator, event_id) for _ in range(12)]
    for file in files:
        assert len(await anext(file)) == 2
    pool = selling.database.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
    selling.town.clock.advance(seconds=1)
    await selling.ordered(offer, buyer)
    for file in files:
        assert [len(page) async for page in file] == [2, 1]  # as it was when it began


async def test_json_of_an_order_tells_nothing_of_the_inside(selling: Market) -> None:
    _, offer, buyer = await a_sale(selling)
    order = await selling.ordered(offer, buyer)
    answer = await selling.caller.get(f"/api/orders/{order['id']}", token=buyer)
    assert not {"buyer_id", "request_digest", "hold_no"} & set(json.loads(answer.raw))
