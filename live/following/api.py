"""The HTTP calls about following, reminders and calendar files."""

from datetime import timedelta

from aiohttp import web

from live.clock import Clock
from live.errors import Conflict, NotFound
from live.events.rows import read_event
from live.events.views import event_view
from live.following.calendar_file import calendar_file
from live.following.hosts import Hosts
from live.following.reminders import Reminders
from live.following.schemas import FollowedHost, Host, Reminder
from live.storage.database import Database
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Raw, Reply, Route

_NO_EVENT = NotFound.coded("event_not_found")


class HostApi:
    def __init__(self, hosts: Hosts, *, page_size_max: int) -> None:
        self._hosts = hosts
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        follow = "/api/hosts/{host_id}/follow"
        return [
            Route(
                method="GET", path="/api/hosts/{host_id}", access=Access.ANYONE,
                handler=self._read, summary="A host, and how many follow them",
                answers={200: Host}, problems=NotFound.coded(),
            ),
            Route(
                method="PUT", path=follow, access=Access.SIGNED_IN,
                handler=self._follow, summary="Follow a host", answers={200: Host},
                problems=(
                    *NotFound.coded(), *Conflict.coded("own_account", "too_many_follows"),
                ),
            ),
            Route(
                method="DELETE", path=follow, access=Access.SIGNED_IN,
                handler=self._unfollow, summary="Follow a host no longer",
                answers={200: Host}, problems=NotFound.coded(),
            ),
            Route(
                method="GET", path="/api/follows", access=Access.SIGNED_IN,
                handler=self._followed, summary="Hosts whom one follows, the latest first",
                answers={200: Page[FollowedHost]}, query=QUERY,
            ),
        ]  # fmt: skip

    async def _read(self, call: Call) -> Reply:
        return Reply(await self._hosts.read(call.path["host_id"], call.identity))

    async def _follow(self, call: Call) -> Reply:
        return Reply(await self._hosts.follow(call.caller, call.path["host_id"]))

    async def _unfollow(self, call: Call) -> Reply:
        return Reply(await self._hosts.unfollow(call.caller, call.path["host_id"]))

    async def _followed(self, call: Call) -> Reply:
        return Reply(await self._hosts.followed(self._page(call), call.caller))

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)


class ReminderApi:
    """
    Args:
        lead: before the start, people and their calendars are reminded.
        public_url: of this server; empty where nobody has said.
    """

    def __init__(
        self,
        reminders: Reminders,
        database: Database,
        clock: Clock,
        *,
        lead: timedelta,
        public_url: str,
        page_size_max: int,
    ) -> None:
        self._reminders = reminders
        self._database = database
        self._clock = clock
        self._lead = lead
        self._public_url = public_url.rstrip("/")
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        reminder = "/api/events/{event_id}/reminder"
        return [
            Route(
                method="PUT", path=reminder, access=Access.SIGNED_IN,
                handler=self._ask, summary="Be reminded of an event's start",
                answers={200: Reminder},
                problems=(
                    *_NO_EVENT,
                    *Conflict.coded(
                        "already_live", "already_ended", "already_cancelled",
                        "too_many_reminders",
                    ),
                ),
            ),
            Route(
                method="DELETE", path=reminder, access=Access.SIGNED_IN,
                handler=self._drop, summary="Be reminded no longer", answers={204: None},
            ),
            Route(
                method="GET", path="/api/reminders", access=Access.SIGNED_IN,
                handler=self._list, summary="What one is reminded of, the latest asked for first",
                answers={200: Page[Reminder]}, query=QUERY,
            ),
            Route(
                method="GET", path="/api/events/{event_id}/calendar.ics", access=Access.ANYONE,
                handler=self._calendar, summary="An event for one's own calendar (RFC 5545)",
                answers={200: Raw("text/calendar")}, problems=_NO_EVENT,
                reply_headers=("Content-Disposition",),
            ),
        ]  # fmt: skip

    async def _ask(self, call: Call) -> Reply:
        return Reply(await self._reminders.ask(call.caller, call.path["event_id"]))

    async def _drop(self, call: Call) -> Reply:
        await self._reminders.drop(call.caller, call.path["event_id"])
        return Reply(status=204)

    async def _list(self, call: Call) -> Reply:
        page = page_request(call.http.query, limit_max=self._page_size_max)
        return Reply(await self._reminders.list(page, call.caller))

    async def _calendar(self, call: Call) -> web.Response:
        event_id = call.path["event_id"]
        async with self._database.reading() as session:
            row = await read_event(session, event_id)
            view = await event_view(session, row)
        url = f"{self._public_url}/events/{event_id}" if self._public_url else ""
        body = calendar_file(
            view, row.revision, url=url, lead=self._lead, now_ms=self._clock.now_ms()
        )
        return web.Response(
            body=body,
            headers={
                "Content-Type": "text/calendar; charset=utf-8",
                "Content-Disposition": f'attachment; filename="{event_id}.ics"',
                "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
            },
        )
