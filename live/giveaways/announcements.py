"""What a room hears of giveaways, and what winners are told. Hints: SQL has it all."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from live.accounts.masks import mask_name
from live.accounts.rows import read_names
from live.giveaways.entering import NAMES_MAX
from live.giveaways.facts import (
    GiveawayCancelled,
    GiveawayChanged,
    GiveawayDrawn,
    GiveawayEntered,
    GiveawayFrozen,
    GiveawayOpened,
)
from live.realtime.feed import Entry, Feed
from live.storage.database import Database
from live.storage.facts import Reaction
from live.storage.redis import REDIS_AWAY

log = structlog.get_logger(__name__)


class OpenedEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``giveaway_opened``."""

    giveaway_id: str
    title: str
    prize: str


class EnteredEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``giveaway_entries``: so many have just entered."""

    giveaway_id: str
    count: int
    names: list[str]  # masked


class DrawnEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``giveaway_drawn``: so many won, the first of them by name."""

    giveaway_id: str
    title: str
    count: int
    entries: int
    names: list[str]  # masked


class CancelledEntry(msgspec.Struct, frozen=True):
    """Body of a feed entry ``giveaway_cancelled``."""

    giveaway_id: str
    title: str
    reason: str


class WonNotice(msgspec.Struct, frozen=True, tag_field="kind", tag="giveaway"):
    """Body of a personal notice: a prize was won."""

    giveaway_id: str
    title: str
    prize: str
    place: int


class Announcements:
    """Reactions to what happens to giveaways.

    Rooms are told to look again first, which may be repeated; what follows comes at least once.
    """

    def __init__(self, database: Database, feed: Feed) -> None:
        self._database = database
        self._feed = feed

    def reactions(self) -> list[Reaction]:
        return [
            Reaction(GiveawayOpened, self._opened),
            Reaction(GiveawayEntered, self._entered),
            Reaction(GiveawayFrozen, self._look_again),
            Reaction(GiveawayDrawn, self._drawn),
            Reaction(GiveawayCancelled, self._cancelled),
        ]

    async def _look_again(self, facts: Sequence[GiveawayChanged]) -> None:
        for fact in facts:
            await self._feed.announce(fact.event_id, fact.revision)

    async def _opened(self, facts: Sequence[GiveawayOpened]) -> None:
        await self._look_again(facts)
        for fact in facts:
            body = OpenedEntry(fact.giveaway_id, fact.title, fact.prize)
            await self._feed.publish(fact.event_id, [Entry("giveaway_opened", body)])

    async def _cancelled(self, facts: Sequence[GiveawayCancelled]) -> None:
        await self._look_again(facts)
        for fact in facts:
            body = CancelledEntry(fact.giveaway_id, fact.title, fact.reason)
            await self._feed.publish(fact.event_id, [Entry("giveaway_cancelled", body)])

    async def _drawn(self, facts: Sequence[GiveawayDrawn]) -> None:
        await self._look_again(facts)
        for fact in facts:
            shown = await self._masked(fact.winners[:NAMES_MAX])
            count = len(fact.winners)
            body = DrawnEntry(fact.giveaway_id, fact.title, count, fact.entries, shown)
            await self._feed.publish(fact.event_id, [Entry("giveaway_drawn", body)])
            notices = [
                (winner, WonNotice(fact.giveaway_id, fact.title, fact.prize, place))
                for place, winner in enumerate(fact.winners, start=1)
            ]
            if notices:
                await self._feed.tell_rooms({}, {fact.event_id: notices})

    async def _entered(self, facts: Sequence[GiveawayEntered]) -> None:
        """One entry per giveaway for all that has gathered; left out where it cannot be told."""
        gathered: dict[tuple[str, str], list[GiveawayEntered]] = defaultdict(list)
        for fact in facts:
            gathered[fact.event_id, fact.giveaway_id].append(fact)
        try:
            await asyncio.gather(*(self._toast(*key, some) for key, some in gathered.items()))
        except (SQLAlchemyError, *REDIS_AWAY) as error:
            log.warning("entries not told", error=repr(error))

    async def _toast(
        self, event_id: str, giveaway_id: str, facts: Sequence[GiveawayEntered]
    ) -> None:
        latest = [account for fact in reversed(facts) for account in fact.account_ids]
        shown = await self._masked(latest[:NAMES_MAX])
        body = EnteredEntry(giveaway_id, sum(fact.count for fact in facts), shown)
        await self._feed.publish(event_id, [Entry("giveaway_entries", body)])

    async def _masked(self, account_ids: Sequence[str]) -> list[str]:
        names = await self._database.read(partial(read_names, account_ids))
        return [mask_name(names[account]) for account in account_ids if account in names]
