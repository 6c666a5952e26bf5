"""The HTTP calls about money: to pay, to be told that it came, to cancel and to refund."""

from collections.abc import Mapping

from aiohttp import web

from live.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from live.sales.closing import Closing
from live.sales.order_views import order_view
from live.sales.payments.provider import PaymentProvider
from live.sales.payments.refunds import Refunds
from live.sales.payments.settlement import Settlement
from live.sales.payments.starting import PaymentDesk
from live.sales.schemas import Order, Payment, PaymentCreate, ProviderChoice
from live.web.addresses import ClientAddresses
from live.web.routes import Access, Call, Page, Raw, Reply, Route


class PaymentApi:
    """Translates between HTTP and the use cases.

    Args:
        providers: by the name that clients and notifications call them.
    """

    def __init__(
        self,
        desk: PaymentDesk,
        settlement: Settlement,
        closing: Closing,
        refunds: Refunds,
        providers: Mapping[str, PaymentProvider],
        addresses: ClientAddresses,
    ) -> None:
        self._desk = desk
        self._settlement = settlement
        self._closing = closing
        self._refunds = refunds
        self._providers = providers
        self._addresses = addresses

    def routes(self) -> list[Route]:
        order = "/api/orders/{order_id}"
        return [
            Route(
                method="GET", path="/api/payments/providers", access=Access.ANYONE,
                handler=self._list, summary="Ways to pay here",
                answers={200: Page[ProviderChoice]},
            ),
            Route(
                method="POST", path=f"{order}/payment", access=Access.SIGNED_IN,
                handler=self._pay, summary="Start paying one's own order",
                body=PaymentCreate, answers={201: Payment},
                problems=(
                    *NotFound.coded(),
                    *Conflict.coded("not_payable"),
                    *Invalid.coded("unknown_provider"),
                    *Unavailable.coded("provider_busy", "provider_unavailable"),
                ),
            ),
            Route(
                method="POST", path="/api/payments/{provider}/notify",
                access=Access.SIGNED_MESSAGE, handler=self._notify,
                summary="A provider tells what has happened to payments; safe to repeat",
                raw_body=Raw("application/json", "application/x-www-form-urlencoded"),
                answers={200: Raw("application/json", "text/plain")},
                problems=(
                    *Forbidden.coded("bad_signature", "stale_message", "wrong_merchant"),
                    *NotFound.coded("unknown_provider", "unknown_payment"),
                    *Unavailable.coded("stock_unavailable"),
                ),
            ),
            Route(
                method="POST", path=f"{order}/cancel", access=Access.SIGNED_IN,
                handler=self._cancel, summary="Cancel one's own order before it is paid",
                answers={200: Order},
                problems=(*NotFound.coded(), *Conflict.coded("not_cancellable")),
            ),
            Route(
                method="POST", path=f"{order}/refund", access=Access.OPERATOR,
                handler=self._refund, summary="Refund a paid order in full",
                answers={200: Order},
                problems=(*NotFound.coded(), *Conflict.coded("not_refundable")),
            ),
        ]  # fmt: skip

    async def _list(self, call: Call) -> Reply:
        return Reply(Page([ProviderChoice(name) for name in self._providers]))

    async def _pay(self, call: Call) -> Reply:
        asked: PaymentCreate = call.body
        payment = await self._desk.start(
            call.path["order_id"], call.caller.id, asked.provider, self._addresses.of(call.http)
        )
        return Reply(payment, 201)

    async def _notify(self, call: Call) -> web.StreamResponse:
        name = call.path["provider"]
        provider = self._providers.get(name)
        if provider is None:
            raise NotFound("unknown_provider")
        # The signature is over the bytes as they came; read() knows the limit of a body.
        body = await call.http.read()
        await self._settlement.apply(name, provider.verify(call.http.headers, body))
        heard = provider.acknowledgement
        return web.Response(body=heard.body, content_type=heard.content_type)

    async def _cancel(self, call: Call) -> Reply:
        order = await self._closing.cancel(call.path["order_id"], call.caller.id)
        return Reply(order_view(order))

    async def _refund(self, call: Call) -> Reply:
        return Reply(order_view(await self._refunds.refund_order(call.path["order_id"])))
