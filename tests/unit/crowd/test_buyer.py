"""Claims about buyers: what they enter in the ledger when the network or the server misbehaves."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from live.crowd.buyer import Buyers
from live.crowd.habits import Habit, Habits, Intent
from live.crowd.http_client import HttpPool, Origin
from live.crowd.ledger import STARTED, UNKNOWN
from live.crowd.ramp import MAX_SPEED
from live.crowd.room_view import RoomMessage
from live.crowd.screen import Screen

_REQUEST = re.compile(rb"(\w+) (\S+) HTTP")
_KEY = re.compile(rb"Idempotency-Key: (\S+)")
_LENGTH = re.compile(rb"Content-Length: (\d+)")


class Shop:
    """A tiny server of one offer that keeps its word, unless told to hang up after acting."""

    def __init__(self, units: int) -> None:
        self.units = units
        self.orders: dict[str, dict[str, object]] = {}  # by key
        self.hang_ups = 0  # replies to swallow, after the deed is done
        self.payments = 0
        self.is_provider_away = False
        self.people_before = 0  # orders to come before anybody's turn

    def act(self, method: str, path: str, key: str, asked: dict[str, object]) -> tuple[int, object]:
        if path.endswith("/payment"):
            self._order(path.split("/")[3])["status"] = "paid"
            self.payments += 1
            return 201, {"status": "started"}
        if path.endswith("/cancel"):
            self._order(path.split("/")[3])["status"] = "cancelled"
            return 200, {}
        if method == "GET":
            return 200, {"items": list(self.orders.values()), "next": None}
        if key in self.orders:
            return 200, self.orders[key]
        if self.people_before:
            self.people_before -= 1
            return 429, {"code": "waiting", "position": self.people_before + 1}
        if not self.units:
            return 409, {"code": "sold_out"}
        self.units -= 1
        self.orders[key] = {"id": f"ord_{key}", "status": "reserved", "amount_fen": 100}
        if "pay_with" not in asked or self.is_provider_away:
            return 201, self.orders[key]
        answer = self.orders[key] | {"payment": {"status": "started"}}
        self.orders[key]["status"] = "paid"
        return 201, answer

    def _order(self, order_id: str) -> dict[str, object]:
        return next(order for order in self.orders.values() if order["id"] == order_id)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                sent = await reader.readexactly(int(length[1]) if length else 0)
                request, key = _REQUEST.match(head), _KEY.search(head)
                assert request is not None
                status, body = self.act(
                    request[1].decode(),
                    request[2].decode(),
                    key[1].decode() if key else "",
                    json.loads(sent) if sent else {},
                )
                if self.hang_ups:
                    self.hang_ups -= 1
                    break
                text = json.dumps(body)
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def buying(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Buyers, Screen]]:
    monkeypatch.setattr("live.crowd.http_client.RETRY_SECONDS", 0.0)
    server = await asyncio.start_server(shop.serve, "127.0.0.1", 0)
    async with server:
        origin = Origin.parse(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with HttpPool(origin) as pool:
            screen = Screen(lambda _offer: None)
            buyers = Buyers(
                pool,
                ["token-a", "token-b"],
                screen,
                habits=Habits(),
                speed=MAX_SPEED,
                run_id="run",
                generator=random.Random(1),
            )
            show_units(screen, shop.units)
            yield buyers, screen


def show_units(screen: Screen, units: int) -> None:
    offer = {"id": "off_1", "available": units, "status": "open", "price_fen": 100}
    screen.show(msgspec.convert({"type": "snapshot", "n": 1, "offers": [offer]}, RoomMessage))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("habit", "status"),
    [
        (Habit.PAYS, "paid"),
        (Habit.PAYS_LATER, "paid"),
        (Habit.REPEATS, "paid"),
        (Habit.CANCELS, "cancelled"),
        (Habit.ABANDONS, "reserved"),
    ],
)
async def test_each_habit_leaves_its_order_in_its_state(
    habit: Habit, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(units=2)
    async with buying(shop, monkeypatch) as (buyers, _):
        await buyers.satisfy(Intent(0, "off_1", habit))
        assert await buyers.audit(buyers_max=10) == 1
    (entry,) = buyers.ledger.entries
    assert [order["status"] for order in shop.orders.values()] == [status] == [entry.status]
    assert not entry.other_ids
    assert not entry.is_missing
    assert (entry.payment == STARTED) is (status == "paid")
    assert shop.payments == (habit in (Habit.PAYS_LATER, Habit.REPEATS))


@pytest.mark.asyncio
async def test_who_could_not_pay_with_the_order_pays_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=1)
    shop.is_provider_away = True
    async with buying(shop, monkeypatch) as (buyers, _):
        await buyers.satisfy(Intent(0, "off_1", Habit.PAYS))
    (entry,) = buyers.ledger.entries
    assert (entry.payment, shop.payments) == (STARTED, 1)


@pytest.mark.asyncio
async def test_a_lost_reply_is_the_same_order_once_it_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=1)
    async with buying(shop, monkeypatch) as (buyers, _):
        shop.hang_ups = 3
        await buyers.satisfy(Intent(0, "off_1", Habit.PAYS))
    (entry,) = buyers.ledger.entries
    assert (entry.answer, entry.payment) == ("reserved", STARTED)
    assert len(shop.orders) == 1


@pytest.mark.asyncio
async def test_an_outcome_nobody_was_told_stays_unknown_until_a_repeat_finds_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=1)
    async with buying(shop, monkeypatch) as (buyers, _):
        shop.hang_ups = 8  # as often as the client asks
        await buyers.satisfy(Intent(0, "off_1", Habit.PAYS))
        (entry,) = buyers.ledger.entries
        assert (entry.answer, entry.order_id) == (UNKNOWN, "")
        await buyers.resolve()
    assert entry.answer == "reserved"
    assert buyers.ledger.unresolved == []


@pytest.mark.asyncio
async def test_who_is_refused_waits_for_units_to_come_back_and_then_pays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=0)
    async with buying(shop, monkeypatch) as (buyers, screen):
        show_units(screen, 1)
        waiting = asyncio.create_task(buyers.satisfy(Intent(0, "off_1", Habit.ABANDONS)))
        while not buyers.stats.answers["sold_out"]:  # noqa: ASYNC110 (buyers tell nobody)
            await asyncio.sleep(0)
        show_units(screen, 0)
        shop.units = 1
        show_units(screen, 1)
        await waiting
    assert buyers.stats.answers["sold_out"] >= 1
    assert [order["status"] for order in shop.orders.values()] == ["paid"]


@pytest.mark.asyncio
async def test_who_has_to_wait_tries_again_until_it_is_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("live.crowd.buyer.WAIT_SECONDS", 0.0)
    shop = Shop(units=1)
    shop.people_before = 50
    async with buying(shop, monkeypatch) as (buyers, _):
        await buyers.satisfy(Intent(0, "off_1", Habit.PAYS))
    assert [order["status"] for order in shop.orders.values()] == ["paid"]
    assert len(buyers.ledger.entries) == 1


@pytest.mark.asyncio
async def test_who_waits_goes_home_when_the_show_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=1)
    shop.people_before = 10**9
    async with buying(shop, monkeypatch) as (buyers, screen):
        waiting = asyncio.create_task(buyers.satisfy(Intent(0, "off_1", Habit.PAYS)))
        while not buyers.stats.answers["waiting"]:  # noqa: ASYNC110 (buyers tell nobody)
            await asyncio.sleep(0)
        screen.end()
        await waiting
    assert shop.orders == {}


@pytest.mark.asyncio
async def test_an_order_that_the_server_forgot_is_noticed_by_its_buyer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = Shop(units=1)
    async with buying(shop, monkeypatch) as (buyers, _):
        await buyers.satisfy(Intent(0, "off_1", Habit.PAYS))
        shop.orders.clear()
        await buyers.audit(buyers_max=10)
    assert buyers.ledger.entries[0].is_missing


def test_habits_are_drawn_by_their_shares() -> None:
    habits = Habits(0.2, 0.2, 0.2, 0.2)
    drawn = [habits.draw((i + 0.5) / 100) for i in range(100)]
    assert {habit: drawn.count(habit) for habit in Habit} == dict.fromkeys(Habit, 20)
