"""The HTTP call about how an event sells."""

from live.errors import NotFound
from live.events.access import require_host
from live.events.rows import read_event
from live.sales.sales_figures import SalesFigures
from live.sales.schemas import EventSales
from live.storage.database import Database
from live.web.routes import Access, Call, Reply, Route


class SalesApi:
    def __init__(self, database: Database, figures: SalesFigures) -> None:
        self._database = database
        self._figures = figures

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET", path="/api/events/{event_id}/sales", access=Access.HOST,
                handler=self._sales,
                summary="How an event sells: totals, offers, minutes, funnel, provinces",
                answers={200: EventSales}, problems=NotFound.coded("event_not_found"),
            ),
        ]  # fmt: skip

    async def _sales(self, call: Call) -> Reply:
        event_id = call.path["event_id"]
        async with self._database.reading() as session:
            require_host(await read_event(session, event_id), call.caller)
        return Reply(await self._figures.load(event_id))
