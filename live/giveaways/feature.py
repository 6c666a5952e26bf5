"""Giveaways, put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.feature import Feature, Job
from live.giveaways.announcements import Announcements
from live.giveaways.api import GiveawayApi
from live.giveaways.audit import Audit
from live.giveaways.drawing import Drawing
from live.giveaways.entering import Entering
from live.giveaways.hosting import Hosting
from live.giveaways.prizes import FindAddress, Prizes
from live.giveaways.rules import Limits
from live.giveaways.shown import Latest
from live.realtime.feed import Feed
from live.storage.database import Database
from live.values import MS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Giveaways:
    """What the rest of the platform takes from this feature.

    Attributes:
        latest: what a room shows of an event's giveaways.
    """

    feature: Feature
    latest: Latest


def giveaways_feature(
    database: Database,
    clock: Clock,
    settings: Settings,
    *,
    feed: Feed,
    find_address: FindAddress,
    on_commit: Callable[[], None],
) -> Giveaways:
    """Build the giveaways of one process.

    Args:
        find_address: where a prize named by ``address_id`` goes.
        on_commit: called after each commit that recorded facts.
    """
    limits = Limits(
        winners_max=settings.giveaway_winners_max,
        seconds_min=settings.giveaway_seconds_min,
        seconds_max=settings.giveaway_seconds_max,
        entries_max=settings.giveaway_entries_max,
    )
    entering = Entering(
        database,
        clock,
        on_commit,
        entries_max=limits.entries_max,
        batch_max=settings.giveaway_batch_max,
        queue_max=settings.giveaway_queue_max,
    )
    drawing = Drawing(
        database, clock, on_commit, draw_ms=round(settings.giveaway_draw_seconds * MS_PER_SECOND)
    )
    audit = Audit(database)
    api = GiveawayApi(
        Hosting(database, clock, limits, on_commit),
        entering,
        audit,
        Prizes(database, clock, find_address),
        page_size_max=settings.page_size_max,
    )

    @asynccontextmanager
    async def answering() -> AsyncIterator[None]:
        yield
        await entering.close()

    feature = Feature(
        name="giveaways",
        routes=api.routes(),
        reactions=Announcements(database, feed).reactions(),
        jobs=[Job("draw giveaways", settings.giveaway_look_seconds, drawing.run)],
        lifespans=[answering],
    )
    return Giveaways(feature, audit.latest)
