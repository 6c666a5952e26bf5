"""Ordering, over HTTP and over the room's WebSocket: the same intake behind both."""

from typing import Any

import msgspec

from live.accounts.schemas import ShipTo
from live.realtime.commands import Command, Speaker
from live.sales.intake import OrderIntake
from live.sales.order_views import order_view
from live.sales.schemas import Fen, Order, OrderCreate, Units
from live.web.routes import Access, Call, Reply, Route

KEY_HEADER = "Idempotency-Key"
PROBLEMS = (
    "idempotency_key_required",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "sold_out",
    "buyer_limit",
    "not_open",
    "price_changed",
    "not_deliverable",
    "too_many_orders",
    "waiting",
    "queue_full",
    "checkout_full",
    "stock_unavailable",
    "commit_unknown",
)


class OrderCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The room's ``order``: what HTTP takes, with the offer and the key beside it."""

    offer_id: str
    units: Units
    price_fen: Fen
    key: str
    ship_to: ShipTo | None = None
    address_id: str | None = None


class CheckoutApi:
    def __init__(self, intake: OrderIntake) -> None:
        self._intake = intake

    def routes(self) -> list[Route]:
        return [
            Route(
                method="POST", path="/api/offers/{offer_id}/orders", access=Access.SIGNED_IN,
                handler=self._order, summary="Order units of an offer",
                body=OrderCreate, answers={201: Order, 200: Order}, problems=PROBLEMS,
                headers=(KEY_HEADER,),
            ),
        ]  # fmt: skip

    def commands(self) -> list[Command]:
        return [Command(type="order", message=OrderCommand, handle=self._order_in_room)]

    async def _order(self, call: Call) -> Reply:
        placed = await self._intake.place(
            call.caller.id, call.path["offer_id"], call.http.headers.get(KEY_HEADER), call.body
        )
        return Reply(order_view(placed.order), 201 if placed.is_new else 200)

    async def _order_in_room(self, speaker: Speaker, said: OrderCommand) -> dict[str, Any]:
        assert speaker.identity is not None, "the command needs a sign-in"
        asked = OrderCreate(said.units, said.price_fen, said.ship_to, said.address_id)
        placed = await self._intake.place(
            speaker.identity.id, said.offer_id, said.key, asked, in_event=speaker.event_id
        )
        return {"order": order_view(placed.order)}
