"""The HTTP calls with which hosts run their offers."""

from collections.abc import Awaitable, Callable

from live.errors import Conflict, NotFound
from live.sales.offer_desk import OfferDesk
from live.sales.schemas import Offer, OfferCreate, OfferUpdate
from live.web.routes import Access, Call, Identity, Reply, Route

_OVER = Conflict.coded("event_over")


class OfferApi:
    def __init__(self, desk: OfferDesk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        offer = "/api/offers/{offer_id}"
        return [
            Route(
                method="POST", path="/api/events/{event_id}/offers", access=Access.HOST,
                handler=self._create, summary="Add an offer to an event, as a draft",
                body=OfferCreate, answers={201: Offer},
                problems=(
                    *NotFound.coded("event_not_found"), *_OVER,
                    *Conflict.coded("too_many_offers"),
                ),
            ),
            Route(
                method="PATCH", path=offer, access=Access.HOST,
                handler=self._update, summary="Change an offer, or restock it",
                body=OfferUpdate, answers={200: Offer},
                problems=(*NotFound.coded(), *_OVER, *Conflict.coded("below_committed")),
            ),
            Route(
                method="POST", path=f"{offer}/open", access=Access.HOST,
                handler=self._open, summary="Put an offer on sale",
                answers={200: Offer},
                problems=(*NotFound.coded(), *_OVER, *Conflict.coded("already_open")),
            ),
            Route(
                method="POST", path=f"{offer}/close", access=Access.HOST,
                handler=self._close, summary="Take an offer off sale",
                answers={200: Offer},
                problems=(*NotFound.coded(), *Conflict.coded("not_open", "already_closed")),
            ),
            Route(
                method="POST", path=f"{offer}/pin", access=Access.HOST,
                handler=self._pin, summary="Hold an offer up in the room",
                answers={200: Offer}, problems=(*NotFound.coded(), *_OVER),
            ),
            Route(
                method="POST", path=f"{offer}/unpin", access=Access.HOST,
                handler=self._unpin, summary="Hold an offer up no longer",
                answers={200: Offer}, problems=NotFound.coded(),
            ),
        ]  # fmt: skip

    async def _create(self, call: Call) -> Reply:
        return Reply(await self._desk.create(call.caller, call.path["event_id"], call.body), 201)

    async def _update(self, call: Call) -> Reply:
        return Reply(await self._desk.update(call.caller, call.path["offer_id"], call.body))

    async def _open(self, call: Call) -> Reply:
        return await _act(call, self._desk.open)

    async def _close(self, call: Call) -> Reply:
        return await _act(call, self._desk.close)

    async def _pin(self, call: Call) -> Reply:
        return await _act(call, self._desk.pin)

    async def _unpin(self, call: Call) -> Reply:
        return await _act(call, self._desk.unpin)


async def _act(call: Call, act: Callable[[Identity, str], Awaitable[Offer]]) -> Reply:
    return Reply(await act(call.caller, call.path["offer_id"]))
