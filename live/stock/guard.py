"""The stock guard's port, and the in-memory guard: its executable specification.

A guard counts units; it decides nothing that SQL does not confirm. Whatever it says may be
lost, stale or rolled back: every answer names an epoch and a sequence number, and a caller
that meets the wrong ones gets ``StaleStock`` and rebuilds the counters from SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from live.clock import Clock
from live.stock import rules
from live.stock.rules import (
    Admission,
    Hold,
    HoldState,
    OfferStock,
    OfferTerms,
    Settlement,
    UnitsIntent,
)


class StaleStock(Exception):
    """The counters are not the incarnation SQL believes in, or older than what was seen."""


@dataclass(frozen=True, slots=True)
class Position:
    """An incarnation of an event's counters, and how far it has come.

    The epoch changes with every rebuild; ``seq`` grows with every change within an epoch, so
    an old snapshot that comes back under the same epoch shows by its smaller ``seq``.
    """

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """Answers to a batch, in its order."""

    seq: int
    words: list[Admission]


@dataclass(frozen=True, slots=True)
class Move:
    """One hold's settlement. A hold with another ``hold_no`` is left alone."""

    order_id: str
    hold_no: int
    to: Settlement


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement did: ``moved`` holds took effect.

    ``position`` is where the counters stand after it, None where the event has none. Whoever
    remembers it notices when an old snapshot undoes the settlement.
    """

    position: Position | None
    moved: int


@dataclass(frozen=True, slots=True)
class StockReading:
    """Everything the guard holds of an event's offers."""

    position: Position
    offers: dict[str, OfferStock]


class StockGuard(Protocol):
    """Counts units of one event at a time. All calls may raise any of ``REDIS_AWAY``."""

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        """Admit or refuse each intent; all or nothing happens to the counters.

        Raises: StaleStock where the counters are not at ``at.epoch`` or behind ``at.seq``.
        """
        ...

    async def settle(self, event_id: str, moves: Sequence[Move]) -> Settled:
        """Settle holds; each takes effect once, however often it is asked."""
        ...

    async def adopt(self, event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        """Give holds to live orders that lost theirs. Returns how many were missing.

        Raises: StaleStock where the counters are not at ``epoch``.
        """
        ...

    async def put_offer(self, event_id: str, terms: OfferTerms) -> None:
        """Set an offer's terms. Where the event has no counters, nothing: a rebuild brings them."""
        ...

    async def install(
        self, event_id: str, epoch: str, offers: Sequence[OfferTerms], holds: Sequence[Hold]
    ) -> None:
        """Replace everything by SQL's truth, as a new epoch at ``seq`` 0.

        Raises: StaleStock where what was installed was lost before it was complete.
        """
        ...

    async def read(self, event_id: str) -> StockReading | None:
        """All counters, or None where there are none."""
        ...

    async def unverified(self, event_id: str, older_than_ms: int, limit: int) -> list[Hold]:
        """Holds that nobody has yet compared with SQL, at least that many ms old, oldest first."""
        ...

    async def verified(self, event_id: str, order_ids: Sequence[str]) -> None:
        """Take these holds off the ``unverified`` list: SQL has their orders."""
        ...

    async def missing(self, event_id: str, order_ids: Sequence[str]) -> list[str]:
        """Those of the orders that have no hold."""
        ...

    async def held(self, event_id: str, at: Position, order_ids: Sequence[str]) -> set[str]:
        """Those of the orders that have one, by counters that can be believed.

        Args:
            order_ids: one at least.

        Raises: StaleStock where the counters are not at ``at.epoch`` or behind ``at.seq``.
        """
        ...


@dataclass
class _EventStock:
    position: Position
    offers: dict[str, OfferStock] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    unverified_since_ms: dict[str, int] = field(default_factory=dict)

    def bought_units(self, offer_id: str, buyer_id: str) -> int:
        return sum(
            hold.units
            for hold in self.holds.values()
            if hold.offer_id == offer_id and hold.buyer_id == buyer_id
        )

    def advance(self) -> int:
        self.position = replace(self.position, seq=self.position.seq + 1)
        return self.position.seq


class InMemoryStockGuard:
    """The guard of a single process: tests, simulations, and the model for the Redis guard."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: dict[str, _EventStock] = {}

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        event = self._event_at(event_id, at)
        now_ms = self._clock.now_ms()
        words = [self._reserve_one(event, intent, now_ms) for intent in intents]
        return Admitted(event.advance(), words)

    def _event_at(self, event_id: str, at: Position) -> _EventStock:
        event = self._events.get(event_id)
        if event is None or event.position.epoch != at.epoch or event.position.seq < at.seq:
            raise StaleStock(event_id)
        return event

    def _reserve_one(self, event: _EventStock, intent: UnitsIntent, now_ms: int) -> Admission:
        stock = event.offers.get(intent.offer_id)
        hold = event.holds.get(intent.order_id)
        bought = event.bought_units(intent.offer_id, intent.buyer_id)
        word = rules.admit(stock, hold, bought, intent, now_ms)
        if word is Admission.RESERVED and stock is not None:
            if hold is None:
                event.offers[intent.offer_id] = rules.take(stock, intent.units)
                hold = Hold(intent.order_id, intent.offer_id, intent.buyer_id, intent.units)
            event.unverified_since_ms[intent.order_id] = now_ms
            event.holds[intent.order_id] = replace(hold, hold_no=intent.hold_no)
        return word

    async def settle(self, event_id: str, moves: Sequence[Move]) -> Settled:
        event = self._events.get(event_id)
        if event is None:
            return Settled(None, 0)
        moved = 0
        for move in moves:
            hold = event.holds.get(move.order_id)
            if hold is None or hold.hold_no != move.hold_no:
                continue
            if move.to is Settlement.SOLD and hold.state is HoldState.SOLD:
                continue
            stock, left = rules.settle(event.offers[hold.offer_id], hold, move.to)
            event.offers[hold.offer_id] = stock
            if left is None:
                del event.holds[move.order_id]
                event.unverified_since_ms.pop(move.order_id, None)
            else:
                event.holds[move.order_id] = left
            moved += 1
        event.advance()
        return Settled(event.position, moved)

    async def adopt(self, event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        event = self._events.get(event_id)
        if event is None or event.position.epoch != epoch:
            raise StaleStock(event_id)
        missing = [hold for hold in holds if hold.order_id not in event.holds]
        for hold in missing:
            self._count(event, hold)
            event.unverified_since_ms[hold.order_id] = self._clock.now_ms()
        event.advance()
        return len(missing)

    @staticmethod
    def _count(event: _EventStock, hold: Hold) -> None:
        stock = event.offers[hold.offer_id]
        is_sold = hold.state is HoldState.SOLD
        event.offers[hold.offer_id] = replace(
            stock,
            reserved=stock.reserved + (0 if is_sold else hold.units),
            sold=stock.sold + (hold.units if is_sold else 0),
        )
        event.holds[hold.order_id] = hold

    async def put_offer(self, event_id: str, terms: OfferTerms) -> None:
        event = self._events.get(event_id)
        if event is None:
            return
        known = event.offers.get(terms.offer_id)
        if known is not None and known.terms.revision > terms.revision:
            return
        event.offers[terms.offer_id] = replace(known, terms=terms) if known else OfferStock(terms)
        event.advance()

    async def install(
        self, event_id: str, epoch: str, offers: Sequence[OfferTerms], holds: Sequence[Hold]
    ) -> None:
        event = _EventStock(Position(epoch, 0))
        event.offers = {terms.offer_id: OfferStock(terms) for terms in offers}
        for hold in holds:
            self._count(event, hold)
        self._events[event_id] = event

    async def read(self, event_id: str) -> StockReading | None:
        event = self._events.get(event_id)
        return StockReading(event.position, dict(event.offers)) if event else None

    async def unverified(self, event_id: str, older_than_ms: int, limit: int) -> list[Hold]:
        event = self._events.get(event_id)
        if event is None:
            return []
        latest_ms = self._clock.now_ms() - older_than_ms
        due = sorted(
            (ms, order) for order, ms in event.unverified_since_ms.items() if ms <= latest_ms
        )
        return [event.holds[order] for _, order in due[:limit]]

    async def verified(self, event_id: str, order_ids: Sequence[str]) -> None:
        event = self._events.get(event_id)
        for order_id in order_ids if event else ():
            event.unverified_since_ms.pop(order_id, None)  # type: ignore[union-attr]

    async def missing(self, event_id: str, order_ids: Sequence[str]) -> list[str]:
        event = self._events.get(event_id)
        held: Mapping[str, Hold] = event.holds if event else {}
        return [order_id for order_id in order_ids if order_id not in held]

    async def held(self, event_id: str, at: Position, order_ids: Sequence[str]) -> set[str]:
        return self._event_at(event_id, at).holds.keys() & set(order_ids)

    def lose_everything(self) -> None:
        """What a flushed Redis does."""
        self._events.clear()
