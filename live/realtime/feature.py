"""The room, put together: what the composition root needs of it.

Other features get ``Feed`` to speak into rooms; their sections and commands come in here.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from live.clock import Clock
from live.config import Settings
from live.feature import Feature
from live.realtime.chat_rules import ChatPolicy, NoRules
from live.realtime.commands import Command
from live.realtime.feed import Feed
from live.realtime.gateway import Gateway
from live.realtime.hub import Hub
from live.realtime.recorder import Record
from live.realtime.sections import DefinitionLoader, SalesLoader, Section
from live.realtime.speaking import Speaking
from live.storage.redis import RedisClient
from live.web.authentication import Authenticator


@dataclass(frozen=True, slots=True)
class Realtime:
    """The parts of a running room.

    Attributes:
        feature: its route and its life: ticking from start to shutdown.
        gateway: await its ``drain`` when told to stop, while everything still runs.
    """

    feature: Feature
    hub: Hub
    gateway: Gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSources:
    """What rooms are told by the platform, and where they are kept, beside Redis.

    Args:
        load_definition, load_sales, record: see ``Hub``.
        policy: of chat; the default is for rooms that nobody moderates.
    """

    load_definition: DefinitionLoader
    load_sales: SalesLoader | None = None
    record: Record | None = None
    policy: ChatPolicy = field(default_factory=NoRules)


def realtime_feature(
    redis: RedisClient,
    settings: Settings,
    clock: Clock,
    *,
    feed: Feed,
    authenticator: Authenticator,
    viewer_key: bytes,
    sources: RoomSources,
    sections: Sequence[Section] = (),
    commands: Iterable[Command] = (),
) -> Realtime:
    """Build the room of one process.

    Args:
        authenticator: redeems tickets, and says which sessions end.
        viewer_key: see ``viewer_fingerprint``.
        sections, commands: of all other features; the room's own commands are added.
    """
    hub = Hub(
        redis,
        settings,
        clock,
        sections,
        load_definition=sources.load_definition,
        load_sales=sources.load_sales,
        record=sources.record,
        restore_rules=sources.policy.restore,
    )
    own = Speaking(hub, feed, sources.policy, settings, clock).commands()
    gateway = Gateway(hub, [*own, *commands], authenticator, settings, viewer_key)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with hub, gateway:  # first everybody out, then the last report
            yield

    feature = Feature(name="realtime", routes=[gateway.route], lifespans=[life])
    return Realtime(feature, hub, gateway)
