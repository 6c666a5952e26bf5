"""What the buyers of one process see: one shared screen, fed by a real viewer of the room.

Buyers press Buy on what the screen shows, as people do: a fifth of a second old, and a little
too often near the end, so that some of them are refused.
"""

import asyncio
from collections.abc import Callable

from live.crowd.room_view import RoomMessage, RoomView, ShownOffer

# One in so many attempts goes beyond what the screen still shows.
HOPEFUL_SHARE = 50


class Screen:
    """Offers as shown, and how many of each may still be tried until the next tick.

    Args:
        on_open: called once for each offer, when it is first shown open.
    """

    def __init__(self, on_open: Callable[[ShownOffer], None]) -> None:
        self.view = RoomView()
        self._on_open = on_open
        self._opened: set[str] = set()
        self._tries: dict[str, int] = {}  # offer id → attempts left until the next tick
        self._emptied: set[str] = set()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()

    def show(self, message: RoomMessage) -> None:
        """A snapshot or tick arrived."""
        if message.type not in ("snapshot", "tick") or not self.view.apply(message):
            return
        for offer in self.view.offers.values():
            if offer.status == "open" and offer.id not in self._opened:
                self._opened.add(offer.id)
                self._on_open(offer)
            available = offer.available or 0
            if offer.id in self._opened and not available:
                self._emptied.add(offer.id)
            self._tries[offer.id] = (
                available + 1 + available // HOPEFUL_SHARE if offer.is_buyable else 0
            )
        if any(self._tries.values()):
            self._wake()

    @property
    def units_left(self) -> dict[str, int]:
        """Offer id → units on sale now, of those that are."""
        offers = self.view.offers.values()
        return {offer.id: offer.available or 0 for offer in offers if offer.is_buyable}

    def price_fen(self, offer_id: str) -> int:
        return self.view.offers[offer_id].price_fen or 0

    def is_second_chance(self, offer_id: str) -> bool:
        """Whether the offer was sold out before: what is on sale now was given back."""
        return offer_id in self._emptied

    async def pick(self, wanted_id: str) -> str | None:
        """The offer to try now: the wanted one, or else whichever is left.

        Waits until the screen shows something. Returns None when the show is over.
        """
        while not self.is_over:
            if (offer_id := self._choose(wanted_id)) is not None:
                self._tries[offer_id] -= 1
                return offer_id
            await self._news.wait()
        return None

    async def wait(self, seconds: float) -> None:
        """So long, or until the show is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            pass

    def end(self) -> None:
        """Nobody tries again."""
        self._ended.set()
        self._wake()

    @property
    def is_over(self) -> bool:
        return self._ended.is_set()

    @property
    def is_sold_out(self) -> bool:
        """Whether every box of every offer shown is paid for."""
        offers = self.view.offers.values()
        return bool(offers) and all(offer.is_sold_out_for_good for offer in offers)

    def _choose(self, wanted_id: str) -> str | None:
        if self._tries.get(wanted_id, 0) > 0:
            return wanted_id
        return next((offer for offer, tries in self._tries.items() if tries > 0), None)

    def _wake(self) -> None:
        # Wakes all who wait now and nobody later.
        self._news.set()
        self._news = asyncio.Event()
