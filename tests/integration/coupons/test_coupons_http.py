"""Coupons as people meet them: over HTTP and in the room, on both databases."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from live.storage.redis import RedisClient
from live.values import Role
from tests.integration.realtime.rooms import Viewer
from tests.support.fair import PRICE_FEN, SHIP_TO, Fair, fair
from tests.support.serving import Answer, until

TERMS: dict[str, Any] = {
    "title": "满30减5", "off_fen": 500, "min_spend_fen": 3_000, "quantity": 2,
    "claim_seconds": 600, "use_seconds": 3_600,
}  # fmt: skip


@pytest_asyncio.fixture
async def ground(database_url: str, redis: RedisClient) -> AsyncIterator[Fair]:
    settings = {"definition_seconds": 0.2, "coupon_claim_seconds_min": 1}
    async with fair(database_url, redis, **settings) as running:
        yield running


async def dropped(ground: Fair, event_id: str | None = None, **changes: Any) -> dict[str, Any]:
    event_id = event_id or await ground.live_event()
    host = await ground.token(Role.HOST)
    path = f"/api/events/{event_id}/coupon-drops"
    answer = await ground.caller.post(path, {**TERMS, **changes}, token=host)
    assert answer.status == 201, answer.raw
    found: dict[str, Any] = answer.body
    return found


async def claim(ground: Fair, drop_id: str, token: str | None) -> Answer:
    return await ground.caller.post(f"/api/coupon-drops/{drop_id}/coupons", token=token)


async def own(ground: Fair, token: str, query: str = "") -> list[dict[str, Any]]:
    answer = await ground.caller.get(f"/api/coupons{query}", token=token)
    assert answer.status == 200, answer.raw
    items: list[dict[str, Any]] = answer.body["items"]
    return items


async def listed(ground: Fair, event_id: str) -> list[dict[str, Any]]:
    answer = await ground.caller.get(f"/api/events/{event_id}/coupon-drops")
    assert answer.status == 200, answer.raw
    items: list[dict[str, Any]] = answer.body["items"]
    return items


async def end(ground: Fair, drop_id: str) -> Answer:
    host = await ground.token(Role.HOST)
    return await ground.caller.post(f"/api/coupon-drops/{drop_id}/end", token=host)


async def test_from_the_drop_to_the_order_and_back(ground: Fair) -> None:
    drop = await dropped(ground)
    assert {**drop, **TERMS_SHOWN} == drop
    assert drop.keys() == TERMS_SHOWN.keys() | {"id", "event_id", "opened_at"} | {
        "claim_until", "use_until",
    }  # fmt: skip
    first, second, third = await ground.tokens(3)
    claimed = await claim(ground, drop["id"], first)
    assert claimed.status == 201, claimed.raw
    coupon = claimed.body
    assert coupon == {
        "id": coupon["id"], "drop_id": drop["id"], "event_id": drop["event_id"],
        "event_title": "徐闻菠萝", "title": "满30减5", "off_fen": 500, "min_spend_fen": 3_000,
        "use_until": drop["use_until"], "status": "usable", "order_id": None,
        "claimed_at": coupon["claimed_at"],
    }  # fmt: skip
    again = await claim(ground, drop["id"], first)
    assert (again.status, again.body) == (200, coupon)

    offer_id = await ground.open_offer(drop["event_id"])
    ordered = await ground.order(offer_id, first, units=2, coupon_id=coupon["id"])
    assert ordered.status == 201, ordered.raw
    order = ordered.body
    assert (order["discount_fen"], order["amount_fen"]) == (500, 2 * PRICE_FEN - 500)
    used = {**coupon, "status": "used", "order_id": order["id"]}
    assert await own(ground, first) == [used]
    assert (await claim(ground, drop["id"], first)).body == used, "a repeat says how it stands"
    other = await ground.order(offer_id, first, "key-2", units=2, coupon_id=coupon["id"])
    assert (other.status, other.code) == (409, "coupon_used")
    cancelled = await ground.caller.post(f"/api/orders/{order['id']}/cancel", token=first)
    assert cancelled.status == 200, cancelled.raw
    assert await own(ground, first) == [coupon]

    assert (await claim(ground, drop["id"], second)).status == 201
    gone = await claim(ground, drop["id"], third)
    assert (gone.status, gone.code) == (409, "coupons_gone")
    (shown,) = await listed(ground, drop["event_id"])
    assert shown == {**drop, "claimed": 2, "status": "gone"}
    assert await own(ground, third) == []


TERMS_SHOWN = {
    **{name: TERMS[name] for name in ("title", "off_fen", "min_spend_fen", "quantity")},
    "claimed": 0, "status": "open",
}  # fmt: skip


async def test_a_host_ends_it_and_coupons_stay_good(ground: Fair) -> None:
    drop = await dropped(ground)
    (first, second) = await ground.tokens(2)
    coupon = (await claim(ground, drop["id"], first)).body
    for _ in range(2):
        answer = await end(ground, drop["id"])
        assert (answer.status, answer.body) == (200, {**drop, "claimed": 1, "status": "ended"})
    refused = await claim(ground, drop["id"], second)
    assert (refused.status, refused.code) == (409, "drop_ended")
    assert (await claim(ground, drop["id"], first)).status == 200
    assert await own(ground, first) == [coupon]
    newer = await dropped(ground, drop["event_id"])
    assert [one["id"] for one in await listed(ground, drop["event_id"])] == [
        newer["id"],
        drop["id"],
    ]


async def test_an_event_that_ends_ends_it_and_its_coupons(ground: Fair) -> None:
    drop = await dropped(ground)
    (first, second) = await ground.tokens(2)
    await claim(ground, drop["id"], first)
    host = await ground.token(Role.HOST)
    await ground.caller.post(f"/api/events/{drop['event_id']}/end", token=host)
    assert (await claim(ground, drop["id"], second)).code == "drop_ended"
    assert [one["status"] for one in await listed(ground, drop["event_id"])] == ["ended"]
    assert [one["status"] for one in await own(ground, first)] == ["expired"]
    path = f"/api/events/{drop['event_id']}/coupon-drops"
    assert (await ground.caller.post(path, TERMS, token=host)).code == "not_live"


async def test_time_ends_it(ground: Fair) -> None:
    drop = await dropped(ground, claim_seconds=1, use_seconds=1)
    (token,) = await ground.tokens(1)

    async def is_over() -> bool:
        return bool((await listed(ground, drop["event_id"]))[0]["status"] == "ended")

    await until(is_over)
    assert (await claim(ground, drop["id"], token)).code == "drop_ended"
    assert (await dropped(ground, drop["event_id"]))["status"] == "open"


async def test_one_at_a_time_and_only_in_a_live_event(ground: Fair) -> None:
    drop = await dropped(ground)
    host = await ground.token(Role.HOST)
    path = f"/api/events/{drop['event_id']}/coupon-drops"
    second = await ground.caller.post(path, TERMS, token=host)
    assert (second.status, second.code) == (409, "drop_running")
    other_host = (await ground.tokens(2, Role.HOST))[1]
    assert (await ground.caller.post(path, TERMS, token=other_host)).status == 403
    assert (await ground.caller.post(path, TERMS, token=await ground.token())).status == 403
    ending = f"/api/coupon-drops/{drop['id']}/end"
    assert (await ground.caller.post(ending, token=other_host)).status == 403
    operator = await ground.token(Role.OPERATOR)
    assert (await ground.caller.post(ending, token=operator)).status == 200
    event = {"title": "明天", "county_code": "440825", "starts_at": "2026-02-19T02:00:00Z"}
    scheduled = (await ground.caller.post("/api/events", event, token=host)).body["id"]
    early = await ground.caller.post(f"/api/events/{scheduled}/coupon-drops", TERMS, token=host)
    assert (early.status, early.code) == (409, "not_live")
    assert (await ground.caller.get("/api/events/evt_0/coupon-drops")).code == "event_not_found"
    assert (await end(ground, "cpd_0")).code == "not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_spend_fen": 500}, {"off_fen": 0}, {"quantity": 0}, {"quantity": 100_001},
        {"claim_seconds": 0}, {"claim_seconds": 14_401}, {"use_seconds": 599},
        {"use_seconds": 10**30}, {"title": ""},
    ],
)  # fmt: skip
async def test_terms_beyond_the_limits(ground: Fair, wrong: dict[str, Any]) -> None:
    event_id = await ground.live_event()
    host = await ground.token(Role.HOST)
    path = f"/api/events/{event_id}/coupon-drops"
    asked = {**TERMS, "use_seconds": 20_000, **wrong}
    answer = await ground.caller.post(path, asked, token=host)
    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.body["fields"].keys() == wrong.keys()


async def test_who_drops_them_does_not_claim(ground: Fair) -> None:
    drop = await dropped(ground)
    assert (await claim(ground, drop["id"], None)).status == 401
    for role in (Role.HOST, Role.OPERATOR):
        refused = await claim(ground, drop["id"], await ground.token(role))
        assert (refused.status, refused.code) == (409, "own_drop")
    other_host = (await ground.tokens(2, Role.HOST))[1]
    assert (await claim(ground, drop["id"], other_host)).status == 201
    assert (await claim(ground, "cpd_0", await ground.token())).code == "not_found"


async def test_one_s_own_coupons_page_by_page_and_event_by_event(ground: Fair) -> None:
    (token,) = await ground.tokens(1)
    claimed = []
    for _ in range(3):
        drop = await dropped(ground)
        claimed.append((await claim(ground, drop["id"], token)).body)
    assert await own(ground, token) == claimed[::-1]
    assert await own(ground, token, f"?event_id={claimed[1]['event_id']}") == [claimed[1]]
    assert await own(ground, token, "?event_id=evt_0") == []
    first = (await ground.caller.get("/api/coupons?limit=2", token=token)).body
    assert first["items"] == claimed[:0:-1]
    rest = await own(ground, token, f"?limit=2&cursor={first['next']}")
    assert rest == [claimed[0]]
    assert (await ground.caller.get("/api/coupons")).status == 401


async def test_a_room_shows_the_drop_and_takes_orders_with_coupons(ground: Fair) -> None:
    event_id = await ground.live_event()
    offer_id = await ground.open_offer(event_id)
    tokens = await ground.tokens(2)
    address = ground.caller.origin.replace("http", "ws")
    async with connect(
        f"{address}/api/events/{event_id}/room",
        additional_headers={"Authorization": f"Bearer {tokens[0]}"},
        proxy=None,
    ) as socket:
        viewer = Viewer(socket)
        assert (await viewer.until_type("snapshot"))["coupon_drop"] == []
        drop = await dropped(ground, event_id)
        heard: list[dict[str, Any]] = []

        async def hear(is_it: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
            def look(said: dict[str, Any]) -> object:
                heard.append(said)
                return is_it(said)

            return await viewer.until(look)

        (shown,) = (await hear(lambda said: said.get("coupon_drop")))["coupon_drop"]
        expected = {name: value for name, value in drop.items() if name not in ("id", "event_id")}
        assert shown == {**expected, "id": "coupon_drop", "drop_id": drop["id"]}
        coupon = (await claim(ground, drop["id"], tokens[0])).body
        await hear(lambda said: _shown(said, "claimed") == 1)
        await claim(ground, drop["id"], tokens[1])
        # The entry may come before the drop's new status, or after it.
        await hear(
            lambda _: (
                _entries(heard, "coupons_gone")
                and any(_shown(said, "status") == "gone" for said in heard)
            )
        )
        (opened,) = _entries(heard, "coupon_drop_opened")
        told = {name: opened[name] for name in ("drop_id", "title", "off_fen", "min_spend_fen")}
        assert told == {
            "drop_id": drop["id"], "title": "满30减5", "off_fen": 500, "min_spend_fen": 3_000,
        }  # fmt: skip
        (gone,) = _entries(heard, "coupons_gone")
        assert (gone["drop_id"], gone["title"], gone["quantity"]) == (drop["id"], "满30减5", 2)

        wish = {
            "type": "order", "offer_id": offer_id, "units": 2, "price_fen": PRICE_FEN,
            "ship_to": SHIP_TO, "coupon_id": coupon["id"],
        }  # fmt: skip
        answer = await viewer.ask(**wish, key="k1")
        assert (answer["type"], answer["order"]["discount_fen"]) == ("order", 500)
        assert answer["order"]["coupon_id"] == coupon["id"]
        assert (await viewer.ask(**wish, key="k2"))["code"] == "coupon_used"
        nobody_s = await viewer.ask(**{**wish, "coupon_id": "\0"}, key="k2")
        assert nobody_s["code"] == "coupon_not_found"
        short = await viewer.ask(**{**wish, "units": 1}, key="k3")
        assert short["code"] == "coupon_min_spend"


async def test_figures_tell_what_coupons_took_off(ground: Fair) -> None:
    drop = await dropped(ground)
    (token,) = await ground.tokens(1)
    coupon = (await claim(ground, drop["id"], token)).body
    offer_id = await ground.open_offer(drop["event_id"])
    body = {"units": 2, "coupon_id": coupon["id"], "pay_with": "sandbox"}
    order = (await ground.order(offer_id, token, **body)).body
    assert order["payment"]["amount_fen"] == 2 * PRICE_FEN - 500
    host = await ground.token(Role.HOST)

    async def totals() -> dict[str, Any]:
        answer = await ground.caller.get(f"/api/events/{drop['event_id']}/sales", token=host)
        found: dict[str, Any] = answer.body["totals"]
        return found

    async def is_paid() -> bool:
        return bool((await totals())["paid_orders"] == 1)

    await until(is_paid)
    shown = await totals()
    assert (shown["amount_fen"], shown["discount_fen"]) == (2 * PRICE_FEN - 500, 500)
    operator = await ground.token(Role.OPERATOR)
    await ground.caller.post(f"/api/orders/{order['id']}/refund", token=operator)

    async def is_refunded() -> bool:
        return bool((await totals())["refunded_orders"] == 1)

    await until(is_refunded)
    shown = await totals()
    assert (shown["amount_fen"], shown["discount_fen"]) == (0, 0)
    assert [one["status"] for one in await own(ground, token)] == ["usable"]


async def test_all_bad_fruit_comes_to_what_was_paid_and_no_more(ground: Fair) -> None:
    drop = await dropped(ground)
    (token,) = await ground.tokens(1)
    coupon = (await claim(ground, drop["id"], token)).body
    offer_id = await ground.open_offer(drop["event_id"])
    body = {"units": 2, "coupon_id": coupon["id"], "pay_with": "sandbox"}
    order = (await ground.order(offer_id, token, **body)).body
    path = f"/api/orders/{order['id']}"

    async def is_paid() -> bool:
        return bool((await ground.caller.get(path, token=token)).body["status"] == "paid")

    await until(is_paid)
    host = await ground.token(Role.HOST)
    parcel = {"carrier": "顺丰", "tracking_number": "SF1"}
    for verb, more in (("pack", None), ("ship", parcel), ("deliver", None)):
        assert (await ground.caller.post(f"{path}/{verb}", more, token=host)).status == 200
    half = await ground.caller.post(f"{path}/claims", {"units": 1}, token=token)
    assert half.body["asked_fen"] == (2 * PRICE_FEN - 500) / 2
    assert [one["status"] for one in await own(ground, token)] == ["used"]


def _shown(said: dict[str, Any], field: str) -> Any:
    return said["coupon_drop"][0].get(field) if said.get("coupon_drop") else None


def _entries(heard: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry for said in heard for entry in said.get("feed", ()) if entry["kind"] == kind]
