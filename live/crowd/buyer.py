"""Buyers over real HTTP: they decide, order, pay, and some do what real people do.

Every request is entered in the ledger before it is sent, every answer as it comes. An order
whose answer never came is repeated under its own key until somebody knows (``resolve``).
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from live.crowd.habits import Habit, Habits, Intent
from live.crowd.http_client import HttpPool, Unanswered, request_bytes
from live.crowd.http_parse import HttpReply
from live.crowd.ledger import STARTED, UNKNOWN, Entry, Ledger
from live.crowd.people import ship_to_json
from live.crowd.ramp import hesitation_seconds
from live.crowd.screen import Screen

UNITS_PER_ORDER = 1
# Refusals after which a buyer goes on watching: units may come back, an offer may open.
COME_BACK = frozenset({"sold_out", "not_open"})
WAIT_SECONDS = 1.0  # until the next try where the server names no time
WAITING = "waiting"  # others order first; this buyer has a place by now
RESOLVE_SECONDS = 30.0  # seconds spent on outcomes nobody was told
LIST_PAGES_MAX = 20  # pages of one buyer's own orders read in an audit


@dataclass
class BuyerStats:
    """What became of the orders of one process."""

    answers: Counter[str] = field(default_factory=Counter)  # first answer → orders
    paying: int = 0
    cancelled: int = 0
    abandoned: int = 0
    repeats: int = 0
    order_seconds: list[float] = field(default_factory=list)  # reply time of each accepted order


class _PaymentReply(msgspec.Struct):
    status: str


class _OrderReply(msgspec.Struct):
    id: str
    status: str
    amount_fen: int
    payment: _PaymentReply | None = None


class _OrderPage(msgspec.Struct):
    items: list[_OrderReply]
    next: str | None = None


class _ProblemReply(msgspec.Struct):
    code: str = "unknown_problem"


_decode_order = msgspec.json.Decoder(_OrderReply).decode
_decode_page = msgspec.json.Decoder(_OrderPage).decode
_decode_problem = msgspec.json.Decoder(_ProblemReply).decode


class Buyers:
    """The buyers of one process.

    Args:
        tokens: bearer tokens; a buyer is its place in this list.
        run_id: makes this run's idempotency keys its own.
    """

    def __init__(
        self,
        pool: HttpPool,
        tokens: list[str],
        screen: Screen,
        *,
        habits: Habits,
        speed: float,
        run_id: str,
        generator: random.Random,
    ) -> None:
        self._pool = pool
        self._tokens = tokens
        self._screen = screen
        self.habits = habits
        self._speed = speed
        self._run_id = run_id
        self._random = generator
        self._key_count = 0
        self.ledger = Ledger()
        self.stats = BuyerStats()

    async def satisfy(self, intent: Intent) -> None:
        """Follow one intent until it is paid, given up, refused, or the show is over."""
        while (offer_id := await self._screen.pick(intent.offer_id)) is not None:
            if self._screen.is_second_chance(offer_id):
                # Nobody lets a second chance slip: otherwise the last boxes would go round for
                # ever among people who give up.
                intent.habit = Habit.PAYS
            await self._hesitate(self.habits.decide_seconds)
            entry, request = self._open_entry(intent, offer_id)
            await self._order_in_turn(entry, request)
            if entry.is_accepted:
                await self._follow_up(intent, entry, request)
                return
            if entry.answer not in COME_BACK:
                return

    async def resolve(self) -> None:
        """Repeat what nobody was told the outcome of, under the same keys, within a limit."""
        deadline = time.monotonic() + RESOLVE_SECONDS
        for entry in self.ledger.unresolved:
            if time.monotonic() > deadline:
                return
            if entry.answer == UNKNOWN:
                await self._order(entry, self._order_request(entry))
            if entry.is_accepted and entry.payment == UNKNOWN:
                await self._pay(entry)
            if entry.is_accepted and entry.cancel == UNKNOWN:
                await self._cancel(entry)

    async def audit(self, buyers_max: int, lanes: int = 32) -> int:
        """Buyers read their own orders once more and note what they are told.

        Returns: how many buyers did, at most ``buyers_max``.
        """
        orders: dict[int, list[Entry]] = {}
        for entry in self.ledger.entries:
            if entry.is_accepted:
                orders.setdefault(entry.buyer, []).append(entry)
        chosen = sorted(orders)
        self._random.shuffle(chosen)
        remaining = iter(chosen[:buyers_max])

        async def lane() -> int:
            read = 0
            for buyer in remaining:
                read += await self._read_own_orders(buyer, orders[buyer])
            return read

        return sum(await asyncio.gather(*(lane() for _ in range(lanes))))

    # One request each

    def _open_entry(self, intent: Intent, offer_id: str) -> tuple[Entry, bytes]:
        self._key_count += 1
        key = f"{self._run_id}-{self._key_count}"
        price_fen = self._screen.price_fen(offer_id)
        entry = self.ledger.open(
            key, intent.buyer, offer_id, UNITS_PER_ORDER, price_fen,
            pays_at_once=intent.habit is Habit.PAYS,
        )  # fmt: skip
        return entry, self._order_request(entry)

    def _order_request(self, entry: Entry) -> bytes:
        pay_with = ',"pay_with":"sandbox"' if entry.pays_at_once else ""
        body = (
            f'{{"units":{entry.units},"price_fen":{entry.price_fen},'
            f'"ship_to":{ship_to_json(entry.buyer)}{pay_with}}}'
        )
        return self._request(
            "POST", f"/api/offers/{entry.offer_id}/orders", entry.buyer, body.encode(), entry.key
        )

    def _request(
        self, method: str, path: str, buyer: int, body: bytes | None = None, key: str | None = None
    ) -> bytes:
        token = self._tokens[buyer]
        return request_bytes(self._pool.origin, method, path, token=token, body=body, key=key)

    async def _order_in_turn(self, entry: Entry, request: bytes) -> None:
        """Order, and where it is not this buyer's turn, as often again as the server says."""
        while True:
            wait_seconds = await self._order(entry, request)
            if entry.answer != WAITING or self._screen.is_over:
                return
            await self._screen.wait(wait_seconds or WAIT_SECONDS)

    async def _order(self, entry: Entry, request: bytes) -> float | None:
        """One attempt. Returns the seconds after which the server wants the next, if it says so."""
        started = time.perf_counter()
        try:
            reply = await self._pool.ask(request)
        except Unanswered:
            reply = None
        if reply is None or reply.status >= 500:
            entry.answer = UNKNOWN
        elif reply.status in (200, 201):
            order = _decode_order(reply.body)
            self._accept(entry, order)
            self.ledger.index(entry)
            self.stats.order_seconds.append(time.perf_counter() - started)
        else:
            entry.answer = _problem_code(reply)
        self.stats.answers[entry.answer] += 1
        return None if reply is None else reply.retry_after_seconds

    def _accept(self, entry: Entry, order: _OrderReply) -> None:
        entry.accept(order.id, order.amount_fen, order.status)
        # The answer to a repeat may come when the money has been there for long.
        has_begun = order.payment is not None or (entry.pays_at_once and entry.is_told_paid)
        if has_begun and entry.payment != STARTED:
            entry.payment = STARTED
            self.stats.paying += 1

    async def _follow_up(self, intent: Intent, entry: Entry, request: bytes) -> None:
        match intent.habit:
            case Habit.ABANDONS:
                self.stats.abandoned += 1
                return
            case Habit.CANCELS:
                await self._hesitate(self.habits.pay_seconds)
                await self._cancel(entry)
                return
            case Habit.REPEATS:
                await self._repeat(entry, request)
            case Habit.PAYS if entry.payment == STARTED:
                return
            case _:
                pass
        await self._hesitate(self.habits.pay_seconds)
        await self._pay(entry)

    async def _repeat(self, entry: Entry, request: bytes) -> None:
        self.stats.repeats += 1
        try:
            reply = await self._pool.ask(request)
        except Unanswered:
            return
        if reply.status in (200, 201):
            order = _decode_order(reply.body)
            self._accept(entry, order)

    async def _pay(self, entry: Entry) -> None:
        request = self._request(
            "POST", f"/api/orders/{entry.order_id}/payment", entry.buyer, b'{"provider":"sandbox"}'
        )
        entry.payment = await self._told(request, STARTED)
        self.stats.paying += entry.payment == STARTED

    async def _cancel(self, entry: Entry) -> None:
        request = self._request("POST", f"/api/orders/{entry.order_id}/cancel", entry.buyer)
        entry.cancel = await self._told(request, "cancelled")
        self.stats.cancelled += entry.cancel == "cancelled"

    async def _told(self, request: bytes, success: str) -> str:
        try:
            reply = await self._pool.ask(request)
        except Unanswered:
            return UNKNOWN
        if reply.status < 300:
            return success
        return UNKNOWN if reply.status >= 500 else _problem_code(reply)

    async def _read_own_orders(self, buyer: int, entries: list[Entry]) -> bool:
        """Whether the whole list could be read."""
        statuses: dict[str, str] = {}
        cursor: str | None = ""
        for _ in range(LIST_PAGES_MAX):
            path = f"/api/orders?cursor={cursor}" if cursor else "/api/orders"
            try:
                reply = await self._pool.ask(self._request("GET", path, buyer))
            except Unanswered:
                return False
            if reply.status != 200:
                return False
            page = _decode_page(reply.body)
            statuses.update((order.id, order.status) for order in page.items)
            if (cursor := page.next) is None:
                break
        for entry in entries:
            entry.is_missing = entry.order_id not in statuses
            entry.status = statuses.get(entry.order_id, entry.status)
        return True

    async def _hesitate(self, median_seconds: float) -> None:
        seconds = hesitation_seconds(median_seconds, self._speed, self._random.random())
        if seconds:
            await asyncio.sleep(seconds)


def _problem_code(reply: HttpReply) -> str:
    try:
        return _decode_problem(reply.body).code
    except msgspec.MsgspecError:
        return f"http_{reply.status}"
