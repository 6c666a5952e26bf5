"""Loads what rooms know from SQL, beside the tick loop: a slow database delays no tick."""

import asyncio
from collections.abc import Callable

import structlog

from live.config import Settings
from live.errors import NotFound, Problem, Unavailable
from live.realtime.live_room import LiveRoom
from live.realtime.sections import DefinitionLoader, RoomDefinition

ASKED_SECONDS = 0.2  # least seconds between loads of one definition, however often asked
IDLE_FACTOR = 6  # rooms that are not live are reloaded so much less often
LOADS_MAX = 4  # definitions loaded at once by one process

log = structlog.get_logger(__name__)


class Definitions:
    """The definitions of this process's rooms: loaded when asked for, and every few seconds.

    Args:
        load: from SQL; None for an unknown event.
        on_urgent: told when a room got one that its viewers should not wait for.
    """

    def __init__(
        self, load: DefinitionLoader, settings: Settings, on_urgent: Callable[[], None]
    ) -> None:
        self._load = load
        self._on_urgent = on_urgent
        self._settings = settings
        self._turns = asyncio.Semaphore(LOADS_MAX)
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._loaded_seconds: dict[str, float] = {}  # loop time of the last attempt

    async def first(self, event_id: str) -> RoomDefinition:
        """The definition for a room that is being opened.

        Raises: NotFound; Unavailable where SQL does not answer.
        """
        async with self._turns:
            try:
                definition = await self._load(event_id)
            except Problem:
                raise
            except Exception as error:  # SQL's own, whichever database it is
                log.warning("room definition not loaded", event_id=event_id, error=repr(error))
                raise Unavailable(retry_after_seconds=1) from error
        if definition is None:
            raise NotFound("event_not_found", "There is no such event.")
        self._loaded_seconds[event_id] = asyncio.get_running_loop().time()
        return definition

    def refresh(self, room: LiveRoom, *, is_asked: bool) -> None:
        """Start loading where it is time; the room gets it when it is there.

        Args:
            is_asked: Redis speaks of something newer than the room knows.
        """
        event_id = room.event_id
        age = asyncio.get_running_loop().time() - self._loaded_seconds.get(event_id, 0.0)
        due = ASKED_SECONDS
        if not is_asked:
            is_live = room.definition.event.get("status") == "live"
            due = self._settings.definition_seconds * (1 if is_live else IDLE_FACTOR)
        if age >= due and event_id not in self._loading:
            task = asyncio.create_task(self._reload(room), name=f"define room {event_id}")
            self._loading[event_id] = task

    def forget(self, event_id: str) -> None:
        """The room is closed."""
        self._loaded_seconds.pop(event_id, None)

    async def close(self) -> None:
        """Stop what is being loaded."""
        tasks = list(self._loading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _reload(self, room: LiveRoom) -> None:
        try:
            async with self._turns:
                definition = await self._load(room.event_id)
            if definition is None or definition.revision < room.definition.revision:
                return
            if room.define(definition):
                self._on_urgent()
        except Exception as error:  # the room keeps what it has; the next attempt heals it
            log.warning("room not redefined", event_id=room.event_id, error=repr(error))
        finally:
            self._loaded_seconds[room.event_id] = asyncio.get_running_loop().time()
            del self._loading[room.event_id]
