"""From a paid order to a parcel at the door."""

import asyncio
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from live.sales.fences import hold_fences
from live.sales.order_rows import read_orders
from live.sales.payments.refunds import Refunds
from live.storage.database import within
from live.storage.tables import FactRow
from live.values import Role
from tests.support.market import Market
from tests.support.serving import Answer

pytestmark = pytest.mark.asyncio

PARCEL = {"carrier": "顺丰", "tracking_number": "SF1234567890"}


async def an_order(selling: Market, *, paid: bool = True) -> tuple[str, str]:
    """(order id, its buyer's token)."""
    offer = await selling.offer(await selling.event("start"), "open")
    buyer = await selling.sign_in()
    order_id = str((await selling.ordered(offer, buyer))["id"])
    if paid:
        await selling.pay(order_id)
    return order_id, buyer


async def step(
    selling: Market, order_id: str, verb: str, token: str | None = None, body: Any = None
) -> Answer:
    if body is None and verb == "ship":
        body = PARCEL
    token = token or await selling.host()
    return await selling.caller.post(f"/api/orders/{order_id}/{verb}", body, token=token)


async def test_packed_shipped_delivered(selling: Market) -> None:
    order_id, buyer = await an_order(selling)
    packed = await step(selling, order_id, "pack")
    assert (packed.status, packed.body["status"], packed.body["carrier"]) == (200, "packed", None)
    assert packed.body["ship_to"]["phone"] == "138****1234"
    shipped = await step(selling, order_id, "ship")
    assert (shipped.status, shipped.body["status"]) == (200, "shipped")
    seen = (await selling.caller.get(f"/api/orders/{order_id}", token=buyer)).body
    assert {name: seen[name] for name in PARCEL} == PARCEL
    operator = await selling.sign_in(Role.OPERATOR)
    delivered = await step(selling, order_id, "deliver", operator)
    assert (delivered.status, delivered.body["status"]) == (200, "delivered")
    assert delivered.body["ship_to"]["phone"] == "+8613812341234"
    assert {name: delivered.body[name] for name in PARCEL} == PARCEL

    async with selling.database.reading() as session:
        query = select(FactRow.kind, FactRow.body).order_by(FactRow.id)  # type: ignore[call-overload]
        facts = (await session.execute(query)).all()
    kinds = [fact.kind for fact in facts]
    assert kinds[-3:] == ["OrderPacked", "OrderShipped", "OrderDelivered"]
    assert msgspec.json.decode(facts[-2].body).items() >= PARCEL.items()


@pytest.mark.parametrize(
    ("done", "verb", "code"),
    [
        ([], "ship", "not_shippable"),
        ([], "deliver", "not_deliverable_yet"),
        (["pack"], "pack", "not_packable"),  # so that no box is packed twice
        (["pack"], "deliver", "not_deliverable_yet"),
        (["pack", "ship"], "pack", "not_packable"),
        (["pack", "ship"], "ship", "not_shippable"),
        (["pack", "ship", "deliver"], "pack", "not_packable"),
        (["pack", "ship", "deliver"], "ship", "not_shippable"),
        (["pack", "ship", "deliver"], "deliver", "not_deliverable_yet"),
    ],
)
async def test_a_step_out_of_turn(selling: Market, done: list[str], verb: str, code: str) -> None:
    order_id, buyer = await an_order(selling)
    for before in done:
        assert (await step(selling, order_id, before)).status == 200
    path = f"/api/orders/{order_id}"
    shown = (await selling.caller.get(path, token=buyer)).body
    other = {"carrier": "圆通", "tracking_number": "YT1"} if verb == "ship" else None
    answer = await step(selling, order_id, verb, body=other)
    assert (answer.status, answer.code) == (409, code)
    assert (await selling.caller.get(path, token=buyer)).body == shown


async def test_what_is_not_paid_is_not_packed(selling: Market) -> None:
    order_id, _ = await an_order(selling, paid=False)
    assert (await step(selling, order_id, "pack")).code == "not_packable"


async def test_only_the_events_people_send_parcels(selling: Market) -> None:
    order_id, buyer = await an_order(selling)
    for verb in ("pack", "ship", "deliver"):
        for token in (buyer, await selling.sign_in(Role.HOST)):
            answer = await step(selling, order_id, verb, token)
            assert (answer.status, answer.code) == (403, "forbidden")
        unknown = await step(selling, "ord_none", verb)
        assert (unknown.status, unknown.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"carrier": ""}, "carrier"),
        ({"tracking_number": ""}, "tracking_number"),
        ({"tracking_number": "=1+1"}, "tracking_number"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_an_unacceptable_parcel(selling: Market, wrong: dict[str, Any], field: str) -> None:
    order_id, _ = await an_order(selling)
    await step(selling, order_id, "pack")
    answer = await step(selling, order_id, "ship", body=PARCEL | wrong)
    assert (answer.status, list(answer.body["fields"])) == (422, [field])


async def test_two_packers_one_order(selling: Market) -> None:
    order_id, _ = await an_order(selling)
    answers = await asyncio.gather(*(step(selling, order_id, "pack") for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.code for answer in answers} == {None, "not_packable"}


async def test_packing_waits_for_whoever_moves_units(selling: Market) -> None:
    order_id, _ = await an_order(selling)
    async with selling.database.transaction() as session:
        order = (await within(session, read_orders, [order_id]))[order_id]
        await within(session, hold_fences, [order.event_id])
        packing = asyncio.create_task(step(selling, order_id, "pack"))
        done, _ = await asyncio.wait([packing], timeout=0.3)
        assert not done
    assert (await packing).status == 200


async def test_packing_and_refunding_in_the_same_instant(selling: Market) -> None:
    """A box that is packed is not on sale; one that is on sale is not packed."""
    refunds = Refunds(selling.database, selling.town.clock, lambda: None)
    for turn in range(6):
        order_id, _ = await an_order(selling)
        both = [step(selling, order_id, "pack"), refunds.refund_order(order_id)]
        await asyncio.gather(*(both if turn % 2 else reversed(both)), return_exceptions=True)
        async with selling.database.reading() as session:
            order = (await within(session, read_orders, [order_id]))[order_id]
            query = select(FactRow).where(FactRow.event_id == order.event_id)  # type: ignore[arg-type]
            facts = {fact.kind: fact.body for fact in await session.scalars(query)}
        row = await selling.row(order.offer_id)
        assert order.status == "refunded"
        units_return = msgspec.json.decode(facts["OrderRefunded"])["units_return"]
        was_packed = "OrderPacked" in facts
        assert was_packed != units_return
        assert row.sold == (1 if was_packed else 0)
