"""What a feature adds to the room's state: sections sampled from Redis, and definitions from SQL.

A section is a named set of items whose numbers change all the time (offers and their stock).
The hub asks every section for one script call per room and tick at most, all in one pipeline. What
changes seldom (titles, prices, the event itself) is a definition: loaded from SQL whenever the
event's revision moves.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from live.realtime.definition import Numbers, RoomDefinition
from live.storage.redis import ScriptCall

__all__ = [
    "DefinitionLoader",
    "Numbers",
    "RoomDefinition",
    "SalesLoader",
    "Section",
    "with_item",
]


class Section(Protocol):
    """One named part of the room's state."""

    @property
    def name(self) -> str:
        """The key under which snapshots and ticks carry it, such as ``offers``."""
        ...

    def sample(self, event_id: str) -> ScriptCall | None:
        """The read-only script call that fetches this section of one room.

        None where this room has nothing of it now: it is not asked, and costs nothing.
        """
        ...

    def read(self, reply: Any) -> Mapping[str, Numbers] | None:
        """Items by id; None where Redis has nothing trustworthy (the last numbers then stay)."""
        ...


# Loads the definition of one event, or None where there is no such event.
DefinitionLoader = Callable[[str], Awaitable[RoomDefinition | None]]
# The ``sales`` message of one event (without its type), for its host and operators.
SalesLoader = Callable[[str], Awaitable[Mapping[str, Any]]]


def with_item(
    load: DefinitionLoader,
    section: str,
    item: str,
    shown: Callable[[str], Awaitable[Mapping[str, Any] | None]],
) -> DefinitionLoader:
    """Definitions that have a section of one item, from SQL, beside what is there.

    Args:
        item: its id.
        shown: event id → the item's fields; None where the event has none of it.
    """

    async def load_with_item(event_id: str) -> RoomDefinition | None:
        definition = await load(event_id)
        if definition is None:
            return None
        fields = await shown(event_id)
        items = {} if fields is None else {item: fields}
        return replace(definition, items={**definition.items, section: items})

    return load_with_item
