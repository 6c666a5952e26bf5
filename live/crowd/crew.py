"""All viewers of one process: who joins when, who comes back, who keeps a whole screen."""

import asyncio
import random
from collections import Counter

from live.crowd.http_client import Origin
from live.crowd.room_view import RoomMessage, RoomView
from live.crowd.ticks_read import TicksRead
from live.crowd.viewer import RECONNECT_SECONDS, OnMessage, RoomStats, Viewer

SAMPLE_EVERY = 20  # one viewer in so many keeps a whole screen
# A whole room that joins in one instant would overflow the server's accept queue.
HANDSHAKES_AT_ONCE = 50
HANDSHAKE_PAUSE_SECONDS = 0.02


class Crew:
    """All viewers of one process: joins them along a curve and brings them back when lost.

    Args:
        tokens: the accounts of those who are signed in; the rest watches anonymously.
        on_message: gets every message of the first viewer, and the personal ones of the sample.
    """

    def __init__(
        self, origin: Origin, event_id: str, tokens: list[str | None], on_message: OnMessage
    ) -> None:
        self._origin = origin
        self._event_id = event_id
        self._tokens = tokens
        self._on_message = on_message
        self._is_closing = False
        self._ticks_read = TicksRead()
        self.stats = RoomStats()
        self.views: list[RoomView] = []
        self.viewers: list[Viewer | None] = [None] * len(tokens)

    async def join(self, joins_seconds: list[float]) -> None:
        """Bring everybody in at these times (ascending) and keep them until cancelled."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with asyncio.TaskGroup() as tasks:
            for index, seconds in enumerate(joins_seconds):
                if (wait := start + seconds - loop.time()) > 0:
                    await asyncio.sleep(wait)
                elif index % HANDSHAKES_AT_ONCE == 0:
                    await asyncio.sleep(HANDSHAKE_PAUSE_SECONDS)
                tasks.create_task(self._stay(index), name="viewer")

    def open_viewer(self, generator: random.Random) -> Viewer | None:
        """Any viewer who may speak now; None where none was found in a few tries."""
        for _ in range(10):
            viewer = generator.choice(self.viewers) if self.viewers else None
            if viewer is not None and viewer.is_open and viewer.is_signed_in:
                return viewer
        return None

    async def leave(self, within_seconds: float = 2.0) -> None:
        """Everybody leaves politely."""
        self._is_closing = True
        lost = [viewer.is_lost for viewer in self.viewers if viewer is not None]
        for viewer in self.viewers:
            if viewer is not None:
                viewer.close()
        if lost:
            await asyncio.wait(lost, timeout=within_seconds)

    def faults(self) -> Counter[str]:
        """Broken promises seen by anybody, by name; empty when the room kept its word."""
        total = Counter(self.stats.faults)
        for view in self.views:
            total.update(view.faults)
        return +total

    async def _stay(self, index: int) -> None:
        loop = asyncio.get_running_loop()
        is_sampled = index % SAMPLE_EVERY == 0
        reconnect_seconds = RECONNECT_SECONDS
        while not self._is_closing:
            view = RoomView() if is_sampled else None
            if view is not None:
                self.views.append(view)
            viewer = Viewer(
                self._origin,
                self._event_id,
                self.stats,
                token=self._tokens[index],
                view=view,
                on_message=self._listener(index) if is_sampled else None,
                ticks_read=None if is_sampled else self._ticks_read,
            )
            try:
                await loop.create_connection(
                    lambda viewer=viewer: viewer,
                    self._origin.host,
                    self._origin.port,
                    ssl=self._origin.ssl_context(),
                )
                self.viewers[index] = viewer
                await viewer.is_lost
                reconnect_seconds = viewer.reconnect_seconds
            except OSError:
                self.stats.closes["cannot connect"] += 1
            if not self._is_closing:
                # Full jitter: a restarted server shall not meet everybody in one second.
                await asyncio.sleep(random.uniform(0, reconnect_seconds))  # noqa: S311

    def _listener(self, index: int) -> OnMessage:
        if index == 0:
            return self._on_message

        def only_personal(message: RoomMessage) -> None:
            if message.type == "notice":
                self._on_message(message)

        return only_personal
