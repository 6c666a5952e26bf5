"""The host in the room: a signed-in connection that speaks, and comes back when it is lost."""

import asyncio
from contextlib import suppress
from types import TracebackType

import msgspec

from live.crowd.http_client import Origin
from live.crowd.viewer import RoomStats, Viewer

RETRY_SECONDS = 1.0  # seconds before the host's connection is opened again


class HostVoice:
    """Speaks in one room; an async context manager."""

    def __init__(self, origin: Origin, event_id: str, token: str) -> None:
        self._origin = origin
        self._event_id = event_id
        self._token = token
        self._viewer: Viewer | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "HostVoice":
        self._task = asyncio.create_task(self._stay(), name="host")
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._viewer is not None:
            self._viewer.close()

    def say(self, text: str) -> None:
        """One chat line; lost where the host's connection happens to be away."""
        if self._viewer is not None:
            self._viewer.say(msgspec.json.encode({"type": "chat", "text": text}))

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            viewer = Viewer(self._origin, self._event_id, RoomStats(), token=self._token, view=None)
            with suppress(OSError):
                await loop.create_connection(
                    lambda viewer=viewer: viewer,
                    self._origin.host,
                    self._origin.port,
                    ssl=self._origin.ssl_context(),
                )
                self._viewer = viewer
                await viewer.is_lost
            await asyncio.sleep(RETRY_SECONDS)
