"""What one viewer's screen shows, and whether the room kept its word to that viewer. Pure.

Applies snapshots and ticks as any client would and checks them as no client needs to: no hole
in the numbers, ``available + reserved + sold == allotment`` at every moment, and totals that
only grow.
"""

from collections import Counter, deque

import msgspec

FEED_SHOWN_MAX = 50  # feed entries kept on the screen


class ShownOffer(msgspec.Struct):
    """An offer as the room shows it. A tick names only what moved: the rest stays."""

    id: str
    available: int | None = None
    reserved: int | None = None
    sold: int | None = None
    status: str | None = None
    allotment: int | None = None
    price_fen: int | None = None
    unit_grams: int | None = None
    per_buyer_limit: int | None = None
    title: str | None = None

    @property
    def is_buyable(self) -> bool:
        return self.status == "open" and (self.available or 0) > 0

    @property
    def is_sold_out_for_good(self) -> bool:
        return self.sold is not None and self.sold == self.allotment

    def lay_over(self, news: "ShownOffer") -> None:
        for name in _OFFER_FIELDS:
            if (value := getattr(news, name)) is not None:
                setattr(self, name, value)


_OFFER_FIELDS = tuple(f for f in ShownOffer.__struct_fields__ if f != "id")


class FeedEntry(msgspec.Struct):
    """One line of the feed; only what the crowd shows is read."""

    id: str
    kind: str
    text: str = ""
    name: str = ""


class RoomMessage(msgspec.Struct):
    """Any message of the room; only the fields a viewer looks at are decoded."""

    type: str
    n: int = 0
    prev: int = 0
    viewers: int | None = None
    views: int | None = None
    likes: int | None = None
    offers: list[ShownOffer] = []
    feed: list[FeedEntry] = []
    retracted: list[str] = []
    gap: bool = False
    degraded: bool | None = None
    reconnect_seconds: int | None = None
    # notices and problems
    kind: str = ""
    order_id: str = ""
    status: str = ""
    code: str = ""


class RoomHead(msgspec.Struct):
    """The part of a message that every viewer checks."""

    type: str
    n: int = 0
    prev: int = 0
    reconnect_seconds: int | None = None


decode_message = msgspec.json.Decoder(RoomMessage).decode
decode_head = msgspec.json.Decoder(RoomHead).decode


class RoomView:
    """One screen. ``faults`` counts broken promises by name; all must stay 0."""

    def __init__(self) -> None:
        self.n = 0
        self.is_complete = False  # a snapshot came, and every tick since
        self.viewers = 0
        self.views = 0
        self.likes = 0
        self.offers: dict[str, ShownOffer] = {}
        self.feed: deque[FeedEntry] = deque(maxlen=FEED_SHOWN_MAX)
        self.faults: Counter[str] = Counter()

    def apply(self, message: RoomMessage) -> bool:
        """Show a snapshot or a tick. Returns False for a hole: ask for ``resync``."""
        if message.type == "tick" and (not self.is_complete or message.prev != self.n):
            self.is_complete = False
            return False
        if message.type == "snapshot":
            self.is_complete = True
            self.offers = {offer.id: offer for offer in message.offers}
            self.feed.clear()
        else:
            self._lay_over(message.offers)
        self.n = message.n
        self._count(message)
        known = {entry.id for entry in self.feed}
        self.feed.extend(entry for entry in message.feed if entry.id not in known)
        if message.retracted:
            self._take_back(frozenset(message.retracted))
        self._check_sums()
        return True

    def _lay_over(self, news: list[ShownOffer]) -> None:
        for offer in news:
            if offer.id in self.offers:
                self.offers[offer.id].lay_over(offer)
            else:
                self.offers[offer.id] = offer

    def _take_back(self, ids: frozenset[str]) -> None:
        kept = [entry for entry in self.feed if entry.id not in ids]
        self.feed.clear()
        self.feed.extend(kept)

    def _count(self, message: RoomMessage) -> None:
        if message.viewers is not None:
            self.viewers = message.viewers
        for name in ("views", "likes"):
            total = getattr(message, name)
            if total is not None:
                self.faults[f"{name}_fell"] += total < getattr(self, name)
                setattr(self, name, total)

    def _check_sums(self) -> None:
        for offer in self.offers.values():
            if None in (offer.available, offer.reserved, offer.sold, offer.allotment):
                continue
            counts = (offer.available or 0, offer.reserved or 0, offer.sold or 0)
            self.faults["negative"] += min(counts) < 0
            self.faults["sum_wrong"] += sum(counts) != offer.allotment
