"""Taking a place and looking after it, over HTTP and in the room."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from live.errors import NotFound, Unavailable
from live.realtime.commands import Command, Speaker
from live.storage.redis import REDIS_AWAY
from live.values import rfc3339
from live.waiting.pacing import wait_seconds
from live.waiting.places import Place, Standing
from live.waiting.rooms import HeldQueue, WaitingRooms
from live.web.routes import Access, Call, Reply, Route


class QueueCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The room's ``queue``: take a place; with ``take`` false only ask for one's own."""

    take: bool = True


class QueuePlace(msgspec.Struct, frozen=True):
    """One's own place.

    Args:
        number: from the draw on, for as long as the place is good.
        position: how many are let through until it is this one's turn, itself included.
        wait_seconds: at the pace of now; None where nobody can say.
        until: the end of the turn; None unless admitted.
        epoch: of the queue that the place is in.
    """

    standing: Standing
    number: int | None
    position: int | None
    wait_seconds: int | None
    until: str | None
    epoch: str


class QueueApi:
    """Translates between clients and the queues this process holds.

    Args:
        require_event: raises NotFound for an unknown event.
    """

    def __init__(
        self, rooms: WaitingRooms, require_event: Callable[[str], Awaitable[None]]
    ) -> None:
        self._rooms = rooms
        self._require_event = require_event

    def routes(self) -> list[Route]:
        return [
            Route(
                method="POST", path="/api/events/{event_id}/queue", access=Access.SIGNED_IN,
                handler=self._take, summary="Take a place in an event's queue, or find one's own",
                answers={200: QueuePlace},
                problems=(
                    *NotFound.coded("event_not_found", "no_waiting_room"),
                    *Unavailable.coded("queue_full"),
                ),
            ),
        ]  # fmt: skip

    def commands(self) -> list[Command]:
        return [Command(type="queue", message=QueueCommand, handle=self._in_room)]

    async def _take(self, call: Call) -> Reply:
        event_id = call.path["event_id"]
        if self._rooms.of(event_id) is None:
            await self._require_event(event_id)
        return Reply(await self._place(event_id, call.caller.id, QueueCommand()))

    async def _in_room(self, speaker: Speaker, said: QueueCommand) -> dict[str, Any]:
        assert speaker.identity is not None, "the command needs a sign-in"
        return {"queue": await self._place(speaker.event_id, speaker.identity.id, said)}

    async def _place(self, event_id: str, account_id: str, said: QueueCommand) -> QueuePlace:
        held = self._rooms.of(event_id)
        if held is None:
            raise NotFound("no_waiting_room", "Nobody waits here: just order.")
        try:
            place = await (held.take(account_id) if said.take else held.ask(account_id))
        except REDIS_AWAY as error:
            raise Unavailable(retry_after_seconds=1) from error
        if place.standing is Standing.FULL:
            raise Unavailable("queue_full", "The queue takes nobody any more just now.")
        return _shown(place, held)


def _shown(place: Place, held: HeldQueue) -> QueuePlace:
    state = held.state
    assert state is not None
    position, until_ms = place.position, place.until_ms
    return QueuePlace(
        standing=place.standing,
        number=place.number,
        position=position,
        wait_seconds=None if position is None else wait_seconds(position, state.per_second),
        until=None if until_ms is None else rfc3339(until_ms),
        epoch=state.epoch,
    )
