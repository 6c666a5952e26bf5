"""What a room hears of coupons. Hints: SQL has it all."""

from collections.abc import Sequence

import msgspec

from live.coupons.facts import CouponDropEnded, CouponDropFact, CouponDropOpened, CouponsGone
from live.realtime.feed import Entry, Feed
from live.storage.facts import Reaction


class OpenedEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``coupon_drop_opened``."""

    drop_id: str
    title: str
    off_fen: int
    min_spend_fen: int
    quantity: int


class GoneEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``coupons_gone``."""

    drop_id: str
    title: str
    quantity: int


class Announcements:
    """Reactions to what happens to drops.

    Rooms are told to look again first, which may be repeated; what follows comes at least once.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def reactions(self) -> list[Reaction]:
        return [
            Reaction(CouponDropOpened, self._opened),
            Reaction(CouponsGone, self._gone),
            Reaction(CouponDropEnded, self._look_again),
        ]

    async def _look_again(self, facts: Sequence[CouponDropFact]) -> None:
        for fact in facts:
            await self._feed.announce(fact.event_id, fact.revision)

    async def _opened(self, facts: Sequence[CouponDropOpened]) -> None:
        await self._look_again(facts)
        for fact in facts:
            body = OpenedEntry(
                fact.drop_id, fact.title, fact.off_fen, fact.min_spend_fen, fact.quantity
            )
            await self._feed.publish(fact.event_id, [Entry("coupon_drop_opened", body)])

    async def _gone(self, facts: Sequence[CouponsGone]) -> None:
        await self._look_again(facts)
        for fact in facts:
            body = GoneEntry(fact.drop_id, fact.title, fact.quantity)
            await self._feed.publish(fact.event_id, [Entry("coupons_gone", body)])
