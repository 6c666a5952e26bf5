"""The HTTP calls that read orders, and those that send what was ordered on its way."""

from aiohttp import web

from live.accounts.schemas import Shipment
from live.errors import Conflict, NotFound
from live.sales import order_csv
from live.sales.fulfilment import Fulfilment
from live.sales.order_reads import OrderReads
from live.sales.schemas import Order, OrderStatus
from live.web.choices import chosen
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Raw, Reply, Route

_OF_EVENT = NotFound.coded("event_not_found")


class OrderApi:
    def __init__(self, reads: OrderReads, fulfilment: Fulfilment, *, page_size_max: int) -> None:
        self._reads = reads
        self._fulfilment = fulfilment
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        order = "/api/orders/{order_id}"
        return [
            Route(
                method="GET", path="/api/orders", access=Access.SIGNED_IN,
                handler=self._own, summary="One's own orders, newest first",
                answers={200: Page[Order]}, query=QUERY,
            ),
            Route(
                method="GET", path=order, access=Access.SIGNED_IN,
                handler=self._read, summary="An order, masked for the event's host",
                answers={200: Order}, problems=NotFound.coded(),
            ),
            Route(
                method="GET", path="/api/events/{event_id}/orders", access=Access.HOST,
                handler=self._of_event, summary="An event's orders, newest first, masked for hosts",
                answers={200: Page[Order]}, problems=_OF_EVENT,
                query={"status": OrderStatus, **QUERY},
            ),
            Route(
                method="GET", path="/api/events/{event_id}/orders.csv", access=Access.HOST,
                handler=self._csv, summary="An event's orders as CSV, masked for hosts",
                answers={200: Raw("text/csv")}, problems=_OF_EVENT,
                reply_headers=("Content-Disposition",), streams=True,
            ),
            Route(
                method="POST", path=f"{order}/pack", access=Access.HOST,
                handler=self._pack, summary="A paid order is packed",
                answers={200: Order},
                problems=(*NotFound.coded(), *Conflict.coded("not_packable")),
            ),
            Route(
                method="POST", path=f"{order}/ship", access=Access.HOST,
                handler=self._ship, summary="A carrier has the parcel",
                body=Shipment, answers={200: Order},
                problems=(*NotFound.coded(), *Conflict.coded("not_shippable")),
            ),
            Route(
                method="POST", path=f"{order}/deliver", access=Access.HOST,
                handler=self._deliver, summary="The buyer has the parcel",
                answers={200: Order},
                problems=(*NotFound.coded(), *Conflict.coded("not_deliverable_yet")),
            ),
        ]  # fmt: skip

    async def _own(self, call: Call) -> Reply:
        return Reply(await self._reads.own(self._page(call), call.caller.id))

    async def _read(self, call: Call) -> Reply:
        return Reply(await self._reads.read(call.caller, call.path["order_id"]))

    async def _of_event(self, call: Call) -> Reply:
        page, status = self._page(call), chosen(OrderStatus, call, "status")
        event_id = call.path["event_id"]
        return Reply(await self._reads.of_event(page, call.caller, event_id, status=status))

    async def _csv(self, call: Call) -> web.StreamResponse:
        event_id = call.path["event_id"]
        pages = await self._reads.export(call.caller, event_id)
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": f'attachment; filename="orders-{event_id}.csv"',
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            }
        )
        await response.prepare(call.http)
        await response.write(order_csv.header())
        async for orders in pages:
            await response.write(order_csv.rows(orders))  # waits for a slow reader
        await response.write_eof()
        return response

    async def _pack(self, call: Call) -> Reply:
        return Reply(await self._fulfilment.pack(call.caller, call.path["order_id"]))

    async def _ship(self, call: Call) -> Reply:
        return Reply(await self._fulfilment.ship(call.caller, call.path["order_id"], call.body))

    async def _deliver(self, call: Call) -> Reply:
        return Reply(await self._fulfilment.deliver(call.caller, call.path["order_id"]))

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)
