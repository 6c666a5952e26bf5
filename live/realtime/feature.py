"""The room, put together: what the composition root needs of it.

Other features get ``Feed`` to speak into rooms; their sections and commands come in here.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.feature import Feature
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


def realtime_feature(
    redis: RedisClient,
    settings: Settings,
    clock: Clock,
    *,
    feed: Feed,
    authenticator: Authenticator,
    viewer_key: bytes,
    load_definition: DefinitionLoader,
    sections: Sequence[Section] = (),
    commands: Iterable[Command] = (),
    load_sales: SalesLoader | None = None,
    record: Record | None = None,
) -> Realtime:
    """Build the room of one process.

    Args:
        authenticator: redeems tickets, and says which sessions end.
        viewer_key: see ``viewer_fingerprint``.
        sections, commands: of all other features; the room's own commands are added.
        load_definition, load_sales, record: see ``Hub``.
    """
    hub = Hub(
        redis,
        settings,
        clock,
        sections,
        load_definition=load_definition,
        load_sales=load_sales,
        record=record,
    )
    own = Speaking(hub, feed, settings).commands()
    gateway = Gateway(hub, [*own, *commands], authenticator, settings, viewer_key)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with hub, gateway:  # first everybody out, then the last report
            yield

    feature = Feature(name="realtime", routes=[gateway.route], lifespans=[life])
    return Realtime(feature, hub, gateway)
