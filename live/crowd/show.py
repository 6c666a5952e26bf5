"""The host's hands: sets up the Xuwen event and plays its script through the public API."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from live.crowd import xuwen
from live.crowd.api import Api
from live.crowd.host_voice import HostVoice
from live.crowd.ramp import MAX_SPEED
from live.crowd.xuwen import Cue, CueKind, OfferPlan
from live.values import MS_PER_SECOND, rfc3339

NEXT_EVENT_DAYS = 1


@dataclass(frozen=True, slots=True)
class Show:
    """An event that is set up and not yet started.

    Args:
        offers: place in ``xuwen.OFFERS`` → offer id, of those that have boxes.
    """

    event_id: str
    offers: dict[int, str]


async def set_up(api: Api, orders: int, *, has_waiting_room: bool = False) -> Show:
    """Create the event, its lots and its offers, all still closed.

    Args:
        orders: boxes altogether; six jin each on average.
        has_waiting_room: whether buyers need a turn.
    """
    boxes = xuwen.allotments(orders)
    producers = [
        await api.post(
            "/api/producers",
            {"county_code": xuwen.COUNTY_CODE, "name": producer.name, "kind": producer.kind},
        )
        for producer in xuwen.PRODUCERS
    ]
    product = await api.post(
        "/api/products",
        {
            "county_code": xuwen.COUNTY_CODE,
            "name": xuwen.PRODUCT_NAME,
            "name_en": xuwen.PRODUCT_NAME_EN,
            "description": xuwen.PRODUCT_DESCRIPTION,
        },
    )
    planned = _event(xuwen.EVENT_TITLE, xuwen.EVENT_DESCRIPTION)
    event = await api.post("/api/events", planned | {"waiting_room": has_waiting_room})
    offers: dict[int, str] = {}
    for place, (plan, allotment) in enumerate(zip(xuwen.OFFERS, boxes, strict=True)):
        if not allotment:
            continue
        lot = await api.post(
            "/api/lots",
            {
                "producer_id": producers[plan.producer]["id"],
                "product_id": product["id"],
                "harvested_on": datetime.now(UTC).date().isoformat(),
                "grams": plan.unit_grams * allotment,
            },
        )
        offer = await api.post(
            f"/api/events/{event['id']}/offers", _offer(plan, allotment, lot["id"])
        )
        offers[place] = offer["id"]
    return Show(event["id"], offers)


async def open_sale(api: Api, show: Show, now_ms: int, speed: float) -> int:
    """Start the event and put every offer on sale at its hour (all at once at full speed).

    Returns: when the first offer goes on sale, ms since the epoch.
    """
    await api.post(f"/api/events/{show.event_id}/start")
    opens_ms: list[int] = []
    for place, offer_id in show.offers.items():
        if speed != MAX_SPEED:
            seconds = xuwen.OFFERS[place].opens_seconds / speed
            opens_ms.append(now_ms + round(seconds * MS_PER_SECOND))
            await api.call("PATCH", f"/api/offers/{offer_id}", {"opens_at": rfc3339(opens_ms[-1])})
        await api.post(f"/api/offers/{offer_id}/open")
    return min(opens_ms, default=now_ms)


async def play_script(api: Api, voice: HostVoice, show: Show, speed: float) -> None:
    """Do what the script says when it says so; at full speed only pin the first offer."""
    if speed == MAX_SPEED:
        await api.post(f"/api/offers/{next(iter(show.offers.values()))}/pin")
        return
    loop = asyncio.get_running_loop()
    start = loop.time()
    for cue in xuwen.SCRIPT:
        await asyncio.sleep(max(0.0, start + cue.at_seconds / speed - loop.time()))
        await _perform(api, voice, show, cue)


async def close_show(api: Api, show: Show) -> str:
    """End the event and announce the next. Returns the next event's id."""
    await api.post(f"/api/events/{show.event_id}/end")
    upcoming = await api.post(
        "/api/events",
        _event(xuwen.NEXT_EVENT_TITLE, xuwen.NEXT_EVENT_DESCRIPTION, days=NEXT_EVENT_DAYS),
    )
    return str(upcoming["id"])


async def _perform(api: Api, voice: HostVoice, show: Show, cue: Cue) -> None:
    match cue.kind:
        case CueKind.SAY:
            voice.say(cue.text)
        case CueKind.PIN | CueKind.UNPIN if cue.offer in show.offers:
            await api.post(f"/api/offers/{show.offers[cue.offer]}/{cue.kind.value}")
        case _:  # an offer too small to have been made
            pass


def _event(title: str, description: str, days: int = 0) -> dict[str, Any]:
    starts = datetime.now(UTC) + timedelta(days=days)
    return {
        "title": title,
        "county_code": xuwen.COUNTY_CODE,
        "starts_at": starts.isoformat(),
        "place": xuwen.EVENT_PLACE,
        "description": description,
    }


def _offer(plan: OfferPlan, allotment: int, lot_id: str) -> dict[str, Any]:
    return {
        "kind": "flash_sale",
        "title": plan.title,
        "unit_grams": plan.unit_grams,
        "price_fen": plan.price_fen,
        "allotment": allotment,
        "per_buyer_limit": xuwen.PER_BUYER_LIMIT,
        "list_price_fen": plan.list_price_fen,
        "list_price_basis": xuwen.LIST_PRICE_BASIS,
        "undeliverable_provinces": list(xuwen.UNDELIVERABLE_PROVINCES),
        "lot_id": lot_id,
    }
