"""What this process has heard of offers that have nothing left, and for how long it believes it.

Once an offer is sold out, nearly everybody who still comes is told so; the guard need not be asked
for each. What it says is believed for a moment only, and for less where units come back by a hand
of this process: every call that touches counters goes through ``RememberingGuard``.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from live.stock.guard import Admitted, Move, Position, Settled, StaleStock, StockGuard, StockReading
from live.stock.rules import Admission, Hold, OfferTerms, Settlement, UnitsIntent


class _Word:
    """The guard's last "sold out" about one offer."""

    __slots__ = ("price_fen", "renewed_from", "units", "until")

    def __init__(self, price_fen: int, units: int, until: float, renewed_from: float) -> None:
        self.price_fen = price_fen
        self.units = units  # fewer may still be had
        self.until = until
        self.renewed_from = renewed_from


class Moment(NamedTuple):
    """When the guard was asked, and how often units had come back by then."""

    at: float
    returns: int


class SoldOutMemory:
    """Remembers refusals, offer by offer.

    Args:
        believed_seconds: how long one is believed, counted from when the guard was asked.
    """

    def __init__(
        self, believed_seconds: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._believed_seconds = believed_seconds
        self._monotonic = monotonic
        self._words: dict[str, dict[str, _Word]] = {}  # event id → offer id → …
        self._returns: dict[str, int] = {}

    def refuses(self, event_id: str, offer_id: str, units: int, price_fen: int) -> bool:
        """Whether the guard would say "sold out" too, as far as is known.

        In the second half of its time a word lets one order through, whose answer renews it: so in
        a rush it never lapses, when all who come at once would ask the guard.
        """
        words = self._words.get(event_id)
        if words is None:
            return False
        word = words.get(offer_id)
        if word is None or price_fen != word.price_fen or units < word.units:
            return False
        now = self._monotonic()
        if now < word.renewed_from:
            return True
        if now < word.until:
            word.renewed_from = word.until
        else:
            del words[offer_id]
        return False

    def asking(self, event_id: str) -> Moment:
        """To be asked for before the guard is."""
        return Moment(self._monotonic(), self._returns.get(event_id, 0))

    def heard(
        self,
        event_id: str,
        moment: Moment,
        intents: Sequence[UnitsIntent],
        words: Sequence[Admission],
    ) -> None:
        """What the guard said to a batch. Nothing of it counts where units came back meanwhile."""
        if moment.returns != self._returns.get(event_id, 0):
            return
        for intent, word in zip(intents, words, strict=True):
            # Hold number 0: a late payment is not asked for its price.
            if word is Admission.SOLD_OUT and intent.hold_no == 0:
                self._remember(event_id, intent, moment.at)

    def _remember(self, event_id: str, intent: UnitsIntent, at: float) -> None:
        until = at + self._believed_seconds
        known = self._words.setdefault(event_id, {}).get(intent.offer_id)
        units = intent.units
        if known is not None and known.price_fen == intent.price_fen and known.until == until:
            units = min(units, known.units)
        self._words[event_id][intent.offer_id] = _Word(
            intent.price_fen, units, until, at + self._believed_seconds / 2
        )

    def forget(self, event_id: str) -> None:
        """Units may be on sale again, or terms have changed."""
        self._returns[event_id] = self._returns.get(event_id, 0) + 1
        self._words.pop(event_id, None)


class RememberingGuard:
    """A guard whose refusals are remembered, and forgotten as soon as units come back.

    See ``StockGuard`` for what each call promises.
    """

    def __init__(self, guard: StockGuard, memory: SoldOutMemory) -> None:
        self._guard = guard
        self._memory = memory

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        moment = self._memory.asking(event_id)
        try:
            admitted = await self._guard.reserve(event_id, at, intents)
        except StaleStock:
            self._memory.forget(event_id)
            raise
        self._memory.heard(event_id, moment, intents, admitted.words)
        return admitted

    async def settle(self, event_id: str, moves: Sequence[Move]) -> Settled:
        try:
            return await self._guard.settle(event_id, moves)
        finally:  # a lost reply may have released them all the same
            if any(move.to is Settlement.RELEASED for move in moves):
                self._memory.forget(event_id)

    async def put_offer(self, event_id: str, terms: OfferTerms) -> None:
        try:
            await self._guard.put_offer(event_id, terms)
        finally:
            self._memory.forget(event_id)

    async def install(
        self, event_id: str, epoch: str, offers: Sequence[OfferTerms], holds: Sequence[Hold]
    ) -> None:
        try:
            await self._guard.install(event_id, epoch, offers, holds)
        finally:
            self._memory.forget(event_id)

    async def held(self, event_id: str, at: Position, order_ids: Sequence[str]) -> set[str]:
        try:
            return await self._guard.held(event_id, at, order_ids)
        except StaleStock:
            self._memory.forget(event_id)
            raise

    # The rest returns no units to the sale.

    async def adopt(self, event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        return await self._guard.adopt(event_id, epoch, holds)

    async def read(self, event_id: str) -> StockReading | None:
        return await self._guard.read(event_id)

    async def unverified(self, event_id: str, older_than_ms: int, limit: int) -> list[Hold]:
        return await self._guard.unverified(event_id, older_than_ms, limit)

    async def verified(self, event_id: str, order_ids: Sequence[str]) -> None:
        await self._guard.verified(event_id, order_ids)

    async def missing(self, event_id: str, order_ids: Sequence[str]) -> list[str]:
        return await self._guard.missing(event_id, order_ids)
