"""What a room knows of its event and offers from SQL."""

import msgspec
import pytest
from sqlalchemy import update

from live.config import Settings
from live.events.rows import EVENTS
from live.realtime.room import Room
from live.sales.room_view import RoomViews
from live.stock.redis_guard import OffersSection
from live.storage.redis import run_scripts
from tests.support.market import Market

pytestmark = pytest.mark.asyncio


async def test_a_room_shows_its_event_and_offers_without_drafts(selling: Market) -> None:
    event_id = await selling.event("start")
    first = await selling.offer(event_id, "open", allotment=10)
    await selling.offer(event_id)
    second = await selling.offer(event_id, "open")
    await selling.step(second["id"], "pin")
    await selling.ordered(first, await selling.sign_in(), units=3)
    async with selling.database.transaction() as session:
        await session.execute(update(EVENTS).values(views_total=70_000_000, likes_total=5))

    views = RoomViews(selling.database, selling.town.clock)
    definition = await views.load(event_id)
    assert definition is not None
    shown = (await selling.caller.get(f"/api/events/{event_id}")).body
    offers = shown.pop("offers")
    assert definition.event == shown
    assert definition.event["pinned_offer_id"] == second["id"]
    assert list(definition.items) == ["offers"]
    assert list(definition.items["offers"].values()) == offers
    assert offers[0] == first | {"available": 7, "reserved": 3}
    assert definition.staff == {shown["host_id"]}
    assert (definition.views_total, definition.likes_total) == (70_000_000, 5)
    assert definition.revision == 7  # started; three made, two opened, one pinned
    assert msgspec.json.decode(msgspec.json.encode(definition.event)) == definition.event


async def test_there_is_no_room_without_an_event(selling: Market) -> None:
    assert await RoomViews(selling.database, selling.town.clock).load("evt_none") is None


async def test_the_counters_lie_over_what_sql_says(selling: Market) -> None:
    """The same fields from both sides, so a room's first numbers and its sampled ones agree."""
    event_id = await selling.event("start")
    offer = await selling.offer(event_id, "open", allotment=10)
    await selling.ordered(offer, await selling.sign_in(), units=10)
    definition = await RoomViews(selling.database, selling.town.clock).load(event_id)
    assert definition is not None
    section = OffersSection()
    assert list(definition.items) == [section.name]
    (reply,) = await run_scripts(selling.redis, [section.sample(event_id)], seconds=5)
    sampled = (section.read(reply) or {})[offer["id"]]
    told = definition.items[section.name][offer["id"]]
    assert sampled == {name: told[name] for name in sampled}
    assert (sampled["status"], sampled["available"]) == ("sold_out", 0)
    Room(definition, [section.name], Settings(), selling.town.clock.now_ms()).snapshot(0)
