"""What everybody in a room sees of how its chat is ruled: one item, from SQL."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from live.moderation.reads import read_room
from live.realtime.definition import RoomDefinition
from live.realtime.sections import DefinitionLoader
from live.storage.database import Database
from live.values import MS_PER_SECOND

SECTION = "chat"
ITEM = "chat"


def with_chat(
    database: Database, *, interval_ms: int
) -> Callable[[DefinitionLoader], DefinitionLoader]:
    """Makes definitions have the chat beside what is there, and know the revision of its rules.

    Args:
        interval_ms: between one person's messages, where nobody has said otherwise.
    """
    otherwise = -(-interval_ms // MS_PER_SECOND)

    def wrap(load: Callable[[str], Awaitable[RoomDefinition | None]]) -> DefinitionLoader:
        async def load_with_chat(event_id: str) -> RoomDefinition | None:
            definition = await load(event_id)
            if definition is None:
                return None
            async with database.reading() as session:
                revision, seconds = await read_room(session, event_id)
            fields = {"interval_seconds": otherwise if seconds is None else seconds}
            items = {**definition.items, SECTION: {ITEM: fields}}
            return replace(definition, items=items, rules_revision=revision)

        return load_with_chat

    return wrap
