"""The HTTP calls that read events, with their offers."""

from live.errors import NotFound
from live.sales.calendar import Calendar
from live.sales.schemas import EventWithOffers
from live.values import EventStatus
from live.web.choices import chosen
from live.web.pages import QUERY, page_request
from live.web.routes import Access, Call, Page, Reply, Route


class CalendarApi:
    def __init__(self, calendar: Calendar, *, page_size_max: int) -> None:
        self._calendar = calendar
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET", path="/api/events", access=Access.ANYONE,
                handler=self._list, summary="Events with their offers, by hour, the latest first",
                answers={200: Page[EventWithOffers]},
                query={"status": EventStatus, **QUERY},
            ),
            Route(
                method="GET", path="/api/events/{event_id}", access=Access.ANYONE,
                handler=self._read, summary="An event with its offers",
                answers={200: EventWithOffers}, problems=NotFound.coded("event_not_found"),
            ),
        ]  # fmt: skip

    async def _list(self, call: Call) -> Reply:
        page = page_request(call.http.query, limit_max=self._page_size_max)
        status = chosen(EventStatus, call, "status")
        return Reply(await self._calendar.list(page, call.identity, status=status))

    async def _read(self, call: Call) -> Reply:
        return Reply(await self._calendar.read(call.path["event_id"], call.identity))
