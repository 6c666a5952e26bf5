"""Ordering, over HTTP and over the room's WebSocket: the same intake behind both.

Whoever names ``pay_with`` orders and starts to pay in one call.
"""

from typing import Any

import msgspec
import structlog

from live.accounts.schemas import ShipTo
from live.errors import (
    Conflict,
    Invalid,
    NotFound,
    PreconditionRequired,
    Problem,
    TooMany,
    Unavailable,
)
from live.realtime.commands import Command, Speaker
from live.sales.intake import OrderIntake
from live.sales.order_views import order_view
from live.sales.payments.starting import PaymentDesk
from live.sales.schemas import (
    Fen,
    Order,
    OrderCreate,
    OrderStatus,
    Payment,
    ProviderName,
    Units,
)
from live.sales.stored_order import StoredOrder
from live.storage.database import SQL_AWAY
from live.web.addresses import ClientAddresses
from live.web.routes import Access, Call, Reply, Route

log = structlog.get_logger(__name__)

KEY_HEADER = "Idempotency-Key"
PROBLEMS = (
    *NotFound.coded(),
    *NotFound.coded("coupon_not_found"),
    *Conflict.coded("sold_out", "buyer_limit", "not_open", "price_changed", "not_deliverable"),
    *Conflict.coded("coupon_expired", "coupon_min_spend", "coupon_used"),
    *Invalid.coded("idempotency_key_invalid", "idempotency_key_reused", "unknown_provider"),
    *PreconditionRequired.coded("idempotency_key_required"),
    *TooMany.coded("too_many_orders"),
    *TooMany.coded("waiting", position=int, wait_seconds=int),
    *Unavailable.coded("queue_full", "checkout_full", "stock_unavailable", "commit_unknown"),
    *Unavailable.coded("busy"),
)


class OrderCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The room's ``order``: what HTTP takes, with the offer and the key beside it."""

    offer_id: str
    units: Units
    price_fen: Fen
    key: str
    ship_to: ShipTo | None = None
    address_id: str | None = None
    pay_with: ProviderName | None = None
    coupon_id: str | None = None


class CheckoutApi:
    def __init__(
        self, intake: OrderIntake, payments: PaymentDesk, addresses: ClientAddresses
    ) -> None:
        self._intake = intake
        self._payments = payments
        self._addresses = addresses

    def routes(self) -> list[Route]:
        return [
            Route(
                method="POST", path="/api/offers/{offer_id}/orders", access=Access.SIGNED_IN,
                handler=self._order, summary="Order units of an offer",
                body=OrderCreate, answers={201: Order, 200: Order}, problems=PROBLEMS,
                headers={KEY_HEADER: self._intake.key_type},
            ),
        ]  # fmt: skip

    def commands(self) -> list[Command]:
        return [Command(type="order", message=OrderCommand, handle=self._order_in_room)]

    async def _order(self, call: Call) -> Reply:
        key = call.http.headers.get(KEY_HEADER)
        order, is_new = await self._place(
            call.caller.id, call.path["offer_id"], key, call.body, self._addresses.of(call.http)
        )
        return Reply(order, 201 if is_new else 200)

    async def _order_in_room(self, speaker: Speaker, said: OrderCommand) -> dict[str, Any]:
        assert speaker.identity is not None, "the command needs a sign-in"
        asked = OrderCreate(
            said.units,
            said.price_fen,
            said.ship_to,
            said.address_id,
            said.pay_with,
            said.coupon_id,
        )
        order, _ = await self._place(
            speaker.identity.id,
            said.offer_id,
            said.key,
            asked,
            speaker.address,
            in_event=speaker.event_id,
        )
        return {"order": order}

    async def _place(
        self,
        buyer_id: str,
        offer_id: str,
        key: str | None,
        asked: OrderCreate,
        address: str,
        *,
        in_event: str | None = None,
    ) -> tuple[Order, bool]:
        """The order, and whether it is new. Raises: as ``OrderIntake.place``; Invalid."""
        if asked.pay_with is not None:
            self._payments.provider(asked.pay_with)
        placed = await self._intake.place(buyer_id, offer_id, key, asked, in_event=in_event)
        payment = await self._start_to_pay(placed.order, asked.pay_with, address)
        return order_view(placed.order, payment=payment), placed.is_new

    async def _start_to_pay(
        self, order: StoredOrder, provider: str | None, address: str
    ) -> Payment | None:
        """None where it is not wished or not possible now: the order stands all the same."""
        if provider is None or order.status != OrderStatus.RESERVED:
            return None
        try:
            return await self._payments.start(order.id, order.buyer_id, provider, address)
        except (Problem, *SQL_AWAY) as error:
            log.warning("payment not started", order_id=order.id, error=repr(error))
            return None
