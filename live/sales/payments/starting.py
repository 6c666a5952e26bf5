"""Starting a payment: a row that says what is owed, then the provider is asked to collect it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from live.clock import Clock
from live.errors import Conflict, Invalid, NotFound
from live.sales.order_rows import read_orders
from live.sales.payments.provider import PaymentProvider, PaymentRequest
from live.sales.schemas import OrderStatus, Payment, PaymentStatus
from live.sales.stored_order import StoredOrder
from live.sales.tables import PaymentRow
from live.storage.batcher import Batcher
from live.storage.database import Database
from live.values import OrderId, PaymentId, new_id

from sqlalchemy import insert


@dataclass(frozen=True, slots=True)
class _Ask:
    order_id: str
    buyer_id: str
    provider: PaymentProvider


class PaymentDesk:
    """Takes buyers' wishes to pay; many at once share one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        providers: Mapping[str, PaymentProvider],
        *,
        batch_max: int,
        queue_max: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = providers
        self._batcher: Batcher[_Ask, Payment] = Batcher(
            "payments", self._start_all, batch_max=batch_max, queue_max=queue_max
        )

    async def start(self, order_id: str, buyer_id: str, provider_name: str) -> Payment:
        """Start paying the buyer's own reserved order.

        Raises: Invalid ``unknown_provider``, NotFound, Conflict ``not_payable``, Unavailable.
        """
        provider = self._providers.get(provider_name)
        if provider is None:
            raise Invalid("unknown_provider", fields={"provider": "not offered here"})
        payment = await self._batcher.ask(_Ask(order_id, buyer_id, provider))
        # After the commit: a notification must never meet a payment that is not there yet.
        await provider.start(
            PaymentRequest(payment.id, payment.order_id, payment.amount_fen, f"order {order_id}")
        )
        return payment

    async def close(self) -> None:
        await self._batcher.close()

    async def _start_all(self, asks: Sequence[_Ask]) -> Sequence[Payment | BaseException]:
        async with self._database.reading() as session:
            orders = await read_orders(session, {ask.order_id for ask in asks})
        now_ms = self._clock.now_ms()
        results = [self._decide(ask, orders.get(ask.order_id)) for ask in asks]
        rows = [
            {
                "id": payment.id,
                "order_id": payment.order_id,
                "provider": payment.provider,
                "amount_fen": payment.amount_fen,
                "status": payment.status.value,
                "provider_ref": "",
                "created_ms": now_ms,
            }
            for payment in results
            if isinstance(payment, Payment)
        ]
        if rows:
            async with self._database.transaction() as session:
                await (await session.connection()).execute(insert(PaymentRow), rows)
        return results

    @staticmethod
    def _decide(ask: _Ask, order: StoredOrder | None) -> Payment | BaseException:
        if order is None or order.buyer_id != ask.buyer_id:
            return NotFound()
        if order.status != OrderStatus.RESERVED:
            return Conflict("not_payable", f"the order is {order.status}")
        return Payment(
            id=PaymentId(new_id("pay")),
            order_id=OrderId(order.id),
            provider=ask.provider.name,
            amount_fen=order.amount_fen,
            status=PaymentStatus.STARTED,
        )
