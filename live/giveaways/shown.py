"""What everybody in a room sees of giveaways: the latest one, as part of the definition.

The definition is read from SQL when something has happened, and by each process every few seconds
(``LIVE_DEFINITION_SECONDS``); the number of entries, a column that entering keeps, comes with it.
So ticks ask nobody about giveaways, and a room that has one costs no more than one that has none.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from live.giveaways.schemas import Giveaway, GiveawayShown
from live.realtime.sections import DefinitionLoader, with_item

SECTION = "giveaway"
# One for all giveaways: a room whose item goes needs a new snapshot, one whose item changes a tick.
ITEM = "giveaway"

# event id → its latest giveaway.
Latest = Callable[[str], Awaitable[Giveaway | None]]


def with_giveaway(load: DefinitionLoader, latest: Latest) -> DefinitionLoader:
    """Definitions that have the event's latest giveaway beside what is there."""

    async def shown(event_id: str) -> dict[str, Any] | None:
        giveaway = await latest(event_id)
        return None if giveaway is None else _fields(giveaway)

    return with_item(load, SECTION, ITEM, shown)


def _fields(giveaway: Giveaway) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(giveaway)
    told["giveaway_id"] = told.pop("id")
    del told["event_id"]
    assert told.keys() | {"id"} == set(GiveawayShown.__struct_fields__)
    return told
