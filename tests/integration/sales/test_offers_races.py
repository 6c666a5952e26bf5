"""Changes of an offer that race: with orders, with each other, with a rebuild of the counters."""

import asyncio
import random
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from live.sales.counters import Counters
from live.sales.offer_views import OFFERS
from live.stock.redis_guard import RedisStockGuard
from tests.support.market import Market
from tests.support.serving import Answer

pytestmark = pytest.mark.asyncio

BUYERS = 6


async def guard_is_sql(selling: Market, event_id: str, offer_id: str) -> None:
    """The counters say exactly what the row says."""
    row, stock = await selling.row(offer_id), await selling.guard.read(event_id)
    assert stock is not None
    counted = stock.offers[offer_id]
    assert (counted.terms.allotment, counted.reserved, counted.sold) == (
        row.allotment, row.reserved, row.sold,
    )  # fmt: skip
    assert (counted.terms.price_fen, counted.terms.status) == (row.price_fen, row.status)


async def on_sale(selling: Market, **more: Any) -> tuple[str, dict[str, Any], list[str]]:
    event_id = await selling.event("start")
    terms = {"per_buyer_limit": 10_000} | more
    offer = await selling.offer(event_id, "open", **terms)
    return event_id, offer, [await selling.sign_in() for _ in range(BUYERS)]


async def test_a_cut_that_races_with_orders_never_oversells(selling: Market) -> None:
    event_id, offer, buyers = await on_sale(selling, allotment=120)
    chance = random.Random(7)

    async def buy(token: str) -> list[Answer]:
        return [await selling.buy(offer, token) for _ in range(25)]

    async def cut_and_restock() -> list[Answer]:
        answers = []
        for _ in range(25):
            answers.append(await selling.edit(offer["id"], allotment=chance.randint(1, 140)))
            row = await selling.row(offer["id"])
            assert row.reserved + row.sold <= row.allotment
        return answers

    edits, *bought = await asyncio.gather(cut_and_restock(), *(buy(token) for token in buyers))
    assert {(a.status, a.code) for a in edits} == {(200, None), (409, "below_committed")}
    orders = [answer for answers in bought for answer in answers]
    assert {(a.status, a.code) for a in orders} <= {(201, None), (409, "sold_out")}

    row = await selling.row(offer["id"])
    placed = sum(answer.status == 201 for answer in orders)
    assert row.reserved == placed <= row.allotment
    # Where a cut overtook orders under way, the next order has the counters rebuilt.
    last = await selling.buy(offer, buyers[0])
    assert last.status == (201 if placed < row.allotment else 409)
    await guard_is_sql(selling, event_id, offer["id"])


async def test_all_that_a_cut_leaves_can_be_bought(selling: Market) -> None:
    event_id, offer, buyers = await on_sale(selling, allotment=60)
    orders = [selling.buy(offer, buyers[n % BUYERS]) for n in range(60)]
    cut: Awaitable[Answer] = selling.edit(offer["id"], allotment=40)
    await asyncio.gather(cut, *orders)
    for _ in range(60):
        if (await selling.buy(offer, buyers[0])).code == "sold_out":
            break
    row = await selling.row(offer["id"])
    assert row.reserved == row.allotment
    await guard_is_sql(selling, event_id, offer["id"])


async def test_the_last_of_many_changes_is_what_the_guard_has(selling: Market) -> None:
    event_id, offer, buyers = await on_sale(selling, allotment=100)
    await selling.ordered(offer, buyers[0])
    changes = [selling.edit(offer["id"], allotment=100 + n, price_fen=1000 + n) for n in range(40)]
    assert {answer.status for answer in await asyncio.gather(*changes)} == {200}
    await guard_is_sql(selling, event_id, offer["id"])


async def test_a_change_that_meets_a_rebuild_is_not_lost(selling: Market) -> None:
    event_id, offer, buyers = await on_sale(selling, allotment=1_000)

    async def lose_the_counters() -> None:
        for n in range(8):
            await selling.redis.flushall()
            answers = await asyncio.gather(
                selling.edit(offer["id"], allotment=1_000 + n),
                *(selling.buy(offer, token) for token in buyers),
            )
            assert {a.code for a in answers} <= {None}
            await guard_is_sql(selling, event_id, offer["id"])

    await lose_the_counters()
    assert (await selling.row(offer["id"])).reserved == 8 * BUYERS


class SlowGuard(RedisStockGuard):
    """Lets a test do something between a rebuild's reading of SQL and its writing to Redis."""

    def __init__(self, selling: Market) -> None:
        super().__init__(selling.redis, selling.town.clock)
        self.has_read, self.may_write = asyncio.Event(), asyncio.Event()

    async def install(self, event_id: str, *rest: Any) -> None:
        self.has_read.set()
        await self.may_write.wait()
        await super().install(event_id, *rest)


@pytest.mark.parametrize("change", ["restock", "start"])
async def test_a_rebuild_that_read_before_a_change_does_not_undo_it(
    selling: Market, change: str
) -> None:
    event_id = await selling.event()
    offer = await selling.offer(event_id, "open", allotment=10)
    host = await selling.host()
    guard = SlowGuard(selling)
    rebuilding = asyncio.create_task(Counters(selling.database, guard).rebuild(event_id, seen=None))
    await guard.has_read.wait()
    changing = asyncio.create_task(
        selling.edit(offer["id"], allotment=20)
        if change == "restock"
        else selling.caller.post(f"/api/events/{event_id}/start", token=host)
    )
    await asyncio.wait([changing], timeout=0.3)  # as far as it gets meanwhile
    guard.may_write.set()
    await rebuilding
    assert (await changing).status == 200
    stock = await selling.guard.read(event_id)
    assert stock is not None
    terms = stock.offers[offer["id"]].terms
    expected = (20, "scheduled") if change == "restock" else (10, "open")
    assert (terms.allotment, terms.status) == expected


async def test_offers_added_at_once_have_places_of_their_own(selling: Market) -> None:
    event_id = await selling.event()
    await selling.host()
    offers = await asyncio.gather(*(selling.offer(event_id) for _ in range(12)))
    places = [(await selling.row(offer["id"])).position for offer in offers]
    assert sorted(places) == list(range(12))


async def test_a_writer_without_our_guard_meets_the_constraint(selling: Market) -> None:
    """The control: a cut that reads, thinks and then writes would oversell, were it not for SQL."""
    _, offer, buyers = await on_sale(selling, allotment=10)
    row = await selling.row(offer["id"])
    room_seen = row.allotment - row.reserved - row.sold
    await selling.ordered(offer, buyers[0], units=3)
    cut = update(OFFERS).where(OFFERS.c.id == offer["id"]).values(allotment=10 - room_seen + 1)
    with pytest.raises(IntegrityError):
        async with selling.database.transaction() as session:
            await session.execute(cut)
