"""Claims about how buyers choose from what they see."""

import asyncio

import msgspec
import pytest

from live.crowd.room_view import RoomMessage, ShownOffer
from live.crowd.screen import Screen

pytestmark = pytest.mark.asyncio


def offer(number: int, available: int, status: str = "open") -> dict[str, object]:
    return {
        "id": f"off_{number}",
        "available": available,
        "reserved": 0,
        "sold": 10 - available,
        "allotment": 10,
        "status": status,
        "price_fen": 100,
    }


def snapshot(*offers: dict[str, object]) -> RoomMessage:
    return msgspec.convert({"type": "snapshot", "n": 1, "offers": list(offers)}, RoomMessage)


async def test_a_buyer_takes_the_wanted_offer_while_the_screen_shows_it() -> None:
    screen = Screen(lambda _offer: None)
    screen.show(snapshot(offer(1, 5), offer(2, 5)))
    assert await screen.pick("off_2") == "off_2"


async def test_a_buyer_takes_another_when_the_wanted_one_is_gone() -> None:
    screen = Screen(lambda _offer: None)
    screen.show(snapshot(offer(1, 5), offer(2, 0)))
    assert await screen.pick("off_2") == "off_1"


async def test_one_hopeful_tries_beyond_what_is_shown_and_the_rest_waits_for_news() -> None:
    screen = Screen(lambda _offer: None)
    screen.show(snapshot(offer(1, 2)))
    buyers = [asyncio.create_task(screen.pick("off_1")) for _ in range(5)]
    await asyncio.sleep(0)
    assert sum(buyer.done() for buyer in buyers) == 3
    screen.show(snapshot(offer(1, 1)))
    assert await asyncio.gather(*buyers) == ["off_1"] * 5


async def test_each_offer_opens_once() -> None:
    opened: list[ShownOffer] = []
    screen = Screen(opened.append)
    screen.show(snapshot(offer(1, 5), offer(2, 5, "scheduled")))
    screen.show(snapshot(offer(1, 5), offer(2, 5)))
    assert [shown.id for shown in opened] == ["off_1", "off_2"]


async def test_at_the_end_everybody_goes_home() -> None:
    screen = Screen(lambda _offer: None)
    waiting = asyncio.create_task(screen.pick("off_1"))
    await asyncio.sleep(0)
    screen.end()
    assert await waiting is None
