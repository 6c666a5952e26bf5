"""The HTTP calls that change events; reading them, with their offers, is ``live.sales``'."""

from collections.abc import Awaitable, Callable

from live.errors import Conflict, NotFound
from live.events.repository import Events
from live.events.schemas import Event, EventCreate, EventUpdate
from live.web.routes import Access, Call, Identity, Reply, Route

_NOT_FOUND = NotFound.coded("event_not_found")
_OVER = Conflict.coded("already_ended", "already_cancelled")
_LIVE = Conflict.coded("already_live")

# Called after the commit, with the event's id.
OnChange = Callable[[str], Awaitable[None]]


class EventsApi:
    """Translates between HTTP and the use cases.

    Args:
        on_change: awaited after each commit, before the answer: whoever hears "started" can buy.
        on_commit: called after each commit, so that its facts are relayed at once.
    """

    def __init__(self, events: Events, on_change: OnChange, on_commit: Callable[[], None]) -> None:
        self._events = events
        self._on_change = on_change
        self._on_commit = on_commit

    def routes(self) -> list[Route]:
        event = "/api/events/{event_id}"
        return [
            Route(
                method="POST", path="/api/events", access=Access.HOST,
                handler=self._create, summary="Schedule an event; the caller is its host",
                body=EventCreate, answers={201: Event},
            ),
            Route(
                method="PATCH", path=event, access=Access.HOST,
                handler=self._update, summary="Edit an event that is not over",
                body=EventUpdate, answers={200: Event}, problems=(*_NOT_FOUND, *_OVER),
            ),
            Route(
                method="POST", path=f"{event}/start", access=Access.HOST,
                handler=self._start, summary="Go live",
                answers={200: Event}, problems=(*_NOT_FOUND, *_LIVE, *_OVER),
            ),
            Route(
                method="POST", path=f"{event}/end", access=Access.HOST,
                handler=self._end, summary="End a live event",
                answers={200: Event}, problems=(*_NOT_FOUND, *Conflict.coded("not_live")),
            ),
            Route(
                method="POST", path=f"{event}/cancel", access=Access.HOST,
                handler=self._cancel, summary="Call off a scheduled event",
                answers={200: Event}, problems=(*_NOT_FOUND, *_LIVE, *_OVER),
            ),
        ]  # fmt: skip

    async def _create(self, call: Call) -> Reply:
        event = await self._events.create(call.caller.id, call.body)
        return await self._changed(event, status=201)

    async def _update(self, call: Call) -> Reply:
        event = await self._events.update(call.caller, call.path["event_id"], call.body)
        return await self._changed(event)

    async def _start(self, call: Call) -> Reply:
        return await self._step(call, self._events.start)

    async def _end(self, call: Call) -> Reply:
        return await self._step(call, self._events.end)

    async def _cancel(self, call: Call) -> Reply:
        return await self._step(call, self._events.cancel)

    async def _step(self, call: Call, step: Callable[[Identity, str], Awaitable[Event]]) -> Reply:
        return await self._changed(await step(call.caller, call.path["event_id"]))

    async def _changed(self, event: Event, status: int = 200) -> Reply:
        self._on_commit()
        await self._on_change(event.id)
        return Reply(event, status)
