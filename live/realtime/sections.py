"""What a feature adds to the room's state: sections sampled from Redis, and definitions from SQL.

A section is a named set of items whose numbers change all the time (offers and their stock).
The hub asks every section for one script call per room and tick at most, all in one pipeline. What
changes seldom (titles, prices, the event itself) is a definition: loaded from SQL whenever the
event's revision moves.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from live.realtime.definition import Numbers, RoomDefinition
from live.storage.redis import ScriptCall

__all__ = ["DefinitionLoader", "Numbers", "RoomDefinition", "SalesLoader", "Section"]


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
