"""Hosts make offers, change, open, close and pin them."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from live.events.facts import EventStarted
from live.events.rows import change_event
from live.realtime.feed import Feed
from live.sales.offer_desk import OfferDesk
from live.sales.tables import OfferRow
from live.stock.redis_guard import OffersSection, RedisStockGuard
from live.storage.database import within
from live.storage.facts import record
from live.storage.redis import connect_redis, event_key, run_scripts
from live.storage.tables import FactRow
from live.values import EventStatus, Role, rfc3339
from tests.support.market import OFFER, SETTINGS, Market
from tests.support.people import person

pytestmark = pytest.mark.asyncio


async def announced(selling: Market, event_id: str) -> int:
    """The newest revision that rooms were told of."""
    room = event_key(event_id, "room")
    return int(await selling.redis.hget(room, "revision") or 0)


async def feed_of(selling: Market, event_id: str) -> list[tuple[str, Any]]:
    """(kind, body) of each entry."""
    key = event_key(event_id, "feed")
    entries: Any = await selling.redis.xrange(key)
    return [(said[b"k"].decode(), msgspec.json.decode(said[b"b"])) for _, said in entries]


async def test_a_host_adds_an_offer(selling: Market) -> None:
    event_id = await selling.event()
    offer = await selling.offer(
        event_id, list_price_fen=3290, list_price_basis="2020年1月本店日常售价", shipping_fen=500,
        undeliverable_provinces=["650000", "540000"], opens_at="2020-02-19T10:30:00+08:00",
    )  # fmt: skip
    assert offer.pop("id").startswith("off_")
    assert offer == OFFER | {
        "event_id": event_id, "list_price_fen": 3290, "list_price_basis": "2020年1月本店日常售价",
        "shipping_fen": 500, "undeliverable_provinces": ["540000", "650000"],
        "available": 100, "reserved": 0, "sold": 0, "status": "draft",
        "opens_at": "2020-02-19T02:30:00.000Z", "closes_at": None,
    }  # fmt: skip
    assert await announced(selling, event_id) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "auction"}, "kind"),
        ({"title": ""}, "title"),
        ({"price_fen": 0}, "price_fen"),
        ({"allotment": 0}, "allotment"),
        ({"unit_grams": -1}, "unit_grams"),
        ({"per_buyer_limit": 0}, "per_buyer_limit"),
        ({"shipping_fen": -1}, "shipping_fen"),
        ({"surprise": 1}, "surprise"),
        ({"lot_id": "lot_none"}, "lot_id"),
        ({"undeliverable_provinces": ["999999"]}, "undeliverable_provinces"),
        ({"opens_at": "2020-02-19T10:00:00Z", "closes_at": "2020-02-19T10:00:00Z"}, "closes_at"),
        ({"opens_at": "2020-02-19T10:00:00"}, "opens_at"),
    ],
)
async def test_an_unacceptable_offer(selling: Market, wrong: dict[str, Any], field: str) -> None:
    event_id = await selling.event()
    host = await selling.host()
    answer = await selling.caller.post(f"/api/events/{event_id}/offers", OFFER | wrong, token=host)
    assert (answer.status, list(answer.body["fields"])) == (422, [field])
    assert (await selling.caller.get(f"/api/events/{event_id}", token=host)).body["offers"] == []


async def test_from_draft_to_sale_and_off_it_again(selling: Market) -> None:
    event_id = await selling.event()
    offer = await selling.offer(event_id)
    buyer = await selling.sign_in()
    assert (await selling.buy(offer, buyer)).code == "not_open"
    assert (await selling.step(offer["id"], "close")).code == "not_open"

    opened = await selling.step(offer["id"], "open")
    assert (opened.status, opened.body["status"]) == (200, "scheduled")  # its event is not live
    assert (await selling.step(offer["id"], "open")).code == "already_open"
    assert (await selling.buy(offer, buyer)).code == "not_open"

    host = await selling.host()
    await selling.done("POST", f"/api/events/{event_id}/start", token=host)
    assert (await selling.buy(offer, buyer)).status == 201

    closed = await selling.step(offer["id"], "close")
    assert (closed.status, closed.body["status"], closed.body["reserved"]) == (200, "closed", 1)
    assert (await selling.step(offer["id"], "close")).code == "already_closed"
    assert (await selling.buy(offer, buyer)).code == "not_open"

    assert (await selling.step(offer["id"], "open")).body["status"] == "open"
    assert (await selling.buy(offer, buyer)).status == 201
    await selling.done("POST", f"/api/events/{event_id}/end", token=host)
    assert (await selling.buy(offer, buyer)).code == "not_open"
    stock = await selling.guard.read(event_id)
    assert stock is not None
    assert stock.offers[offer["id"]].terms.status == "closed"


async def test_an_edit_changes_only_what_it_names(selling: Market) -> None:
    event_id = await selling.event("start")
    offer = await selling.offer(event_id, "open")
    changed = await selling.edit(offer["id"], title="菠萝 5 斤", closes_at="2099-01-01T00:00:00Z")
    assert changed.status == 200
    assert changed.body == offer | {
        "title": "菠萝 5 斤", "closes_at": "2099-01-01T00:00:00.000Z",
    }  # fmt: skip
    nothing = await selling.edit(offer["id"])
    assert (nothing.status, list(nothing.body["fields"])) == (422, ["body"])
    backwards = await selling.edit(offer["id"], opens_at="2099-01-02T00:00:00Z")
    assert (backwards.status, list(backwards.body["fields"])) == (422, ["closes_at"])
    unlimited = await selling.edit(offer["id"], closes_at=None)
    assert unlimited.body["closes_at"] is None


async def test_a_new_price_is_what_buyers_must_have_seen(selling: Market) -> None:
    offer = await selling.offer(await selling.event("start"), "open")
    buyer = await selling.sign_in()
    assert (await selling.buy(offer, buyer)).status == 201
    assert (await selling.edit(offer["id"], price_fen=2590)).status == 200
    assert (await selling.buy(offer, buyer)).code == "price_changed"
    order = await selling.ordered(offer, buyer, price_fen=2590)
    assert order["amount_fen"] == 2590


async def test_an_offer_opens_when_its_window_does(selling: Market) -> None:
    # The counters' clock is that of Redis, so the window is around the real now.
    seconds, _ = await selling.redis.time()
    offer = await selling.offer(
        await selling.event("start"), "open", opens_at=rfc3339((seconds + 3600) * 1000)
    )
    buyer = await selling.sign_in()
    assert (await selling.buy(offer, buyer)).code == "not_open"
    assert (await selling.edit(offer["id"], opens_at=rfc3339(seconds * 1000))).status == 200
    assert (await selling.buy(offer, buyer)).status == 201
    assert (await selling.edit(offer["id"], closes_at=rfc3339((seconds + 1) * 1000))).status == 200


async def test_restocking_sells_on(selling: Market) -> None:
    offer = await selling.offer(await selling.event("start"), "open", allotment=2)
    buyer = await selling.sign_in()
    await selling.ordered(offer, buyer, units=2)
    assert (await selling.buy(offer, buyer)).code == "sold_out"
    restocked = await selling.edit(offer["id"], allotment=3)
    assert (restocked.body["available"], restocked.body["status"]) == (1, "open")
    await selling.ordered(offer, buyer)
    assert (await selling.buy(offer, buyer)).code == "sold_out"


async def test_a_cut_takes_only_what_is_free(selling: Market) -> None:
    offer = await selling.offer(await selling.event("start"), "open", allotment=10)
    buyer = await selling.sign_in()
    first = await selling.ordered(offer, buyer, units=3)
    await selling.ordered(offer, buyer, units=4)
    await selling.pay(first["id"])
    refused = await selling.edit(offer["id"], allotment=6, title="not this either")
    assert (refused.status, refused.code) == (409, "below_committed")
    assert (await selling.row(offer["id"])).title == offer["title"]
    cut = await selling.edit(offer["id"], allotment=7)
    assert (cut.status, cut.body["available"], cut.body["status"]) == (200, 0, "sold_out")
    assert (await selling.buy(offer, buyer)).code == "sold_out"


async def test_nothing_is_for_sale_once_an_event_is_over(selling: Market) -> None:
    host = await selling.host()
    for steps in (["start", "end"], ["cancel"]):
        event_id = await selling.event()
        draft = await selling.offer(event_id)
        offer = await selling.offer(event_id, "open")
        for step in steps:
            await selling.done("POST", f"/api/events/{event_id}/{step}", token=host)
        path = f"/api/events/{event_id}/offers"
        for answer in (
            await selling.caller.post(path, OFFER, token=host),
            await selling.edit(draft["id"], title="x"),
            await selling.step(draft["id"], "open"),
            await selling.step(offer["id"], "open"),
            await selling.step(offer["id"], "pin"),
        ):
            assert (answer.status, answer.code) == (409, "event_over")
        assert (await selling.step(offer["id"], "close")).status == 200


async def test_pinning(selling: Market) -> None:
    event_id = await selling.event("start")
    draft = await selling.offer(event_id)
    first = await selling.offer(event_id, "open")
    second = await selling.offer(event_id, "open", title="菠萝 10 斤")

    async def pinned() -> str | None:
        body = (await selling.caller.get(f"/api/events/{event_id}")).body
        found: str | None = body["pinned_offer_id"]
        return found

    assert (await selling.step(first["id"], "pin")).body == first
    assert await pinned() == first["id"]
    revision = await announced(selling, event_id)
    assert (await selling.step(first["id"], "pin")).status == 200  # a repeat
    assert await announced(selling, event_id) == revision
    assert (await selling.step(second["id"], "pin")).status == 200
    assert (await selling.step(first["id"], "unpin")).status == 200  # not the pinned one
    assert await pinned() == second["id"]
    assert (await selling.step(second["id"], "unpin")).status == 200
    assert await pinned() is None
    assert (await selling.step(draft["id"], "pin")).status == 200

    # Nothing of the draft: its pin shows once it opens.
    assert await feed_of(selling, event_id) == [
        ("pin", {"offer_id": offer["id"], "title": offer["title"]}) for offer in (first, second)
    ]


async def test_only_its_host_and_operators_touch_an_offer(selling: Market) -> None:
    event_id = await selling.event()
    offer = await selling.offer(event_id)
    people = {
        await selling.sign_in(Role.HOST): (403, "forbidden"),
        await selling.sign_in(): (403, "forbidden"),
    }
    for token, refusal in people.items():
        created = await selling.caller.post(f"/api/events/{event_id}/offers", OFFER, token=token)
        answers = [created, await selling.edit(offer["id"], token, title="x")]
        answers += [
            await selling.step(offer["id"], verb, token)
            for verb in ("open", "close", "pin", "unpin")
        ]
        assert {(answer.status, answer.code) for answer in answers} == {refusal}
    stranger = await selling.caller.post(f"/api/offers/{offer['id']}/open")
    assert stranger.status == 401
    row = await selling.row(offer["id"])
    assert (row.status, row.title) == ("draft", offer["title"])

    operator = await selling.sign_in(Role.OPERATOR)
    assert (await selling.edit(offer["id"], operator, title="x")).status == 200
    assert (await selling.step(offer["id"], "open", operator)).status == 200


async def test_unknown_events_and_offers(selling: Market) -> None:
    host = await selling.host()
    answer = await selling.caller.post("/api/events/evt_none/offers", OFFER, token=host)
    assert (answer.status, answer.code) == (404, "event_not_found")
    for verb in ("open", "close", "pin", "unpin"):
        answer = await selling.step("off_none", verb)
        assert (answer.status, answer.code) == (404, "not_found")
    assert (await selling.edit("off_none", title="x")).status == 404


async def test_only_its_people_see_a_draft(selling: Market) -> None:
    event_id = await selling.event("start")
    draft = await selling.offer(event_id)
    shown = await selling.offer(event_id, "open")
    operator, other = await selling.sign_in(Role.OPERATOR), await selling.sign_in(Role.HOST)
    viewer = await selling.sign_in()
    sees = {
        await selling.host(): [draft["id"], shown["id"]],
        operator: [draft["id"], shown["id"]],
        other: [shown["id"]],
        viewer: [shown["id"]],
        None: [shown["id"]],
    }
    await selling.buy(shown, viewer)  # there are counters now, of the draft too
    await selling.done("POST", f"/api/events/{event_id}/end", token=operator)
    for token, ids in sees.items():
        one = await selling.caller.get(f"/api/events/{event_id}", token=token)
        assert [offer["id"] for offer in one.body["offers"]] == ids
        listed = await selling.caller.get("/api/events", token=token)
        assert [offer["id"] for offer in listed.body["items"][0]["offers"]] == ids
    # A room that was sampled one would think its definition old, and load it again and again.
    section = OffersSection()
    (reply,) = await run_scripts(selling.redis, [section.sample(event_id)], seconds=5)
    assert list(section.read(reply) or ()) == [shown["id"]]


async def test_each_change_goes_through_though_redis_is_away(
    selling: Market, tmp_path: Any
) -> None:
    event_id = await selling.event("start")
    offer = await selling.offer(event_id, "open", allotment=5)
    buyer = await selling.sign_in()
    await selling.ordered(offer, buyer)
    nowhere = connect_redis(f"unix://{tmp_path}/none.sock", timeout_ms=200, connections_max=4)
    clock = selling.town.clock
    desk = OfferDesk(
        selling.database, RedisStockGuard(nowhere, clock), Feed(nowhere, SETTINGS), clock
    )
    operator = person("operator-olga")

    assert (await desk.close(operator, offer["id"])).status == "closed"
    assert (await desk.pin(operator, offer["id"])).id == offer["id"]
    await desk.refresh(event_id)
    await nowhere.aclose()
    assert (await selling.buy(offer, buyer)).status == 201  # the guard has not heard yet

    # What a crash between commit and Redis leaves, the facts make good.
    await selling.relay.relay_waiting()
    assert (await selling.buy(offer, buyer)).code == "not_open"
    async with selling.database.reading() as session:
        query = select(func.count()).where(FactRow.relayed_ms.is_(None))  # type: ignore[union-attr]
        assert await session.scalar(query) == 0


async def test_a_started_event_sells_even_if_its_hook_was_lost(selling: Market) -> None:
    event_id = await selling.event()
    offer = await selling.offer(event_id, "open")
    buyer = await selling.sign_in()
    assert (await selling.buy(offer, buyer)).code == "not_open"  # and builds the counters
    # As if the process had died between the commit and the hook.
    async with selling.database.transaction() as session:
        await change_event(session, event_id, EventStatus, status="live", started_ms=1)
        await within(session, record, [EventStarted(event_id=event_id, at_ms=1)])
    assert (await selling.buy(offer, buyer)).code == "not_open"
    await selling.relay.relay_waiting()
    assert (await selling.buy(offer, buyer)).status == 201


async def test_offers_keep_their_order(selling: Market) -> None:
    event_id = await selling.event()
    made = [(await selling.offer(event_id, title=f"{n}"))["id"] for n in range(5)]
    host = await selling.host()
    shown = (await selling.caller.get(f"/api/events/{event_id}", token=host)).body["offers"]
    assert [offer["id"] for offer in shown] == made
    async with selling.database.reading() as session:
        query = select(OfferRow.position).order_by(OfferRow.position)  # type: ignore[call-overload]
        assert list(await session.scalars(query)) == [0, 1, 2, 3, 4]
