"""What everybody in a room sees of the queue: one item, in every snapshot and in ticks."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import msgspec

from live.realtime.definition import Numbers, RoomDefinition
from live.realtime.sections import DefinitionLoader
from live.storage.redis import ScriptCall
from live.values import EventStatus
from live.waiting.queue import READ, reading_of, shown_keys
from live.waiting.rooms import WaitingRooms

SECTION = "queue"
ITEM = "queue"

_SECONDS_PER_MINUTE = 60
_OVER = frozenset({EventStatus.ENDED, EventStatus.CANCELLED})


class QueueStatus(StrEnum):
    GATHERING = "gathering"  # until the opening; then those who came are drawn
    OPEN = "open"


class QueueShown(msgspec.Struct, frozen=True):
    """The queue of an event with a waiting room.

    Args:
        waiting: people who wait for their turn, or for the draw.
        admitted: numbers up to this one have their turn or have had it.
        per_minute: people let through a minute.
        epoch: of the queue: where it is another, places are to be taken again.
        draw: SHA-256 of the seed of the draw; the seed itself once the draw is made.
    """

    id: str
    status: QueueStatus
    waiting: int
    admitted: int
    per_minute: int
    epoch: str
    draw: str


_NOT_SEEN_YET = QueueShown(ITEM, QueueStatus.GATHERING, 0, 0, 0, "", "")


class QueueSection:
    """Asks only for events that have a waiting room."""

    name = SECTION

    def __init__(self, rooms: WaitingRooms) -> None:
        self._rooms = rooms

    def sample(self, event_id: str) -> ScriptCall | None:
        if self._rooms.of(event_id) is None:
            return None
        return READ.call(shown_keys(event_id), ())

    def read(self, reply: Any) -> Mapping[str, Numbers] | None:
        """The one item; None where Redis has no queue (yet)."""
        reading = reading_of(reply)
        if reading is None:
            return None
        state = reading.state
        shown = QueueShown(
            id=ITEM,
            status=QueueStatus.OPEN if state.is_open else QueueStatus.GATHERING,
            waiting=state.waiting,
            admitted=state.admitted,
            per_minute=round(state.per_second * _SECONDS_PER_MINUTE),
            epoch=state.epoch,
            draw=state.draw,
        )
        return {ITEM: _fields(shown)}


def with_queue(load: DefinitionLoader) -> DefinitionLoader:
    """Definitions that have the queue beside what is there, where the event has a waiting room."""

    async def load_with_queue(event_id: str) -> RoomDefinition | None:
        definition = await load(event_id)
        if definition is None:
            return None
        event = definition.event
        is_shown = event["waiting_room"] and event["status"] not in _OVER
        items = {ITEM: _fields(_NOT_SEEN_YET)} if is_shown else {}
        return replace(definition, items={**definition.items, SECTION: items})

    return load_with_queue


def _fields(shown: QueueShown) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(shown)
    del fields["id"]  # the room's own
    return fields
