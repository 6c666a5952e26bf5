"""Starting a payment: a row that says what is owed, then the provider is asked to collect it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from live.clock import Clock
from live.errors import Conflict, Invalid, NotFound
from live.sales.order_rows import ORDERS
from live.sales.payments.provider import PaymentProvider, PaymentRequest
from live.sales.payments.rows import PAYMENTS
from live.sales.schemas import OrderStatus, Payment, PaymentStatus
from live.storage.among import among, unindexed
from live.storage.batcher import Batcher
from live.storage.bulk import insert_rows
from live.storage.database import Database
from live.storage.many_rows import ManyRows
from live.values import OrderId, PaymentId, new_id


@dataclass(frozen=True, slots=True)
class _Ask:
    order_id: str
    buyer_id: str
    provider: str


@dataclass(frozen=True, slots=True)
class _Begun:
    """A payment that is under way by SQL's word, and until when its order waits for it."""

    payment: Payment
    pay_by_ms: int


class _Owed(NamedTuple):
    """What paying an order asks of it, and the payment of it that is under way, if any."""

    id: str
    buyer_id: str
    status: str
    amount_fen: int
    pay_by_ms: int
    payment_id: str | None
    provider: str | None
    payment_fen: int | None


_COLUMNS = ("id", "order_id", "provider", "amount_fen", "status", "provider_ref", "created_ms")

# By order id and provider's name: the payment that is under way already.
_Started = dict[tuple[str, str], Payment]


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
        self._batcher: Batcher[_Ask, _Begun] = Batcher(
            "payments", self._start_all, batch_max=batch_max, queue_max=queue_max
        )

    def provider(self, name: str) -> PaymentProvider:
        """Raises: Invalid ``unknown_provider``."""
        provider = self._providers.get(name)
        if provider is None:
            raise Invalid("unknown_provider", fields={"provider": "not offered here"})
        return provider

    async def start(
        self, order_id: str, buyer_id: str, provider_name: str, payer_address: str
    ) -> Payment:
        """Start paying the buyer's own reserved order; ``action`` tells how it goes on.

        A repeat gets the payment that is under way: a buyer who taps twice must not pay twice.
        (Two in the same instant on two processes may; the second then goes back by itself.)

        Args:
            payer_address: the buyer's network address, which some providers want to know.

        Raises: Invalid ``unknown_provider``, NotFound, Conflict ``not_payable``, Unavailable.
        """
        provider = self.provider(provider_name)
        begun = await self._batcher.ask(_Ask(order_id, buyer_id, provider.name))
        # After the commit: a notification must never meet a payment that is not there yet.
        started = await provider.start(_request_of(begun, payer_address))
        return msgspec.structs.replace(begun.payment, action=started.action)

    async def close(self) -> None:
        await self._batcher.close()

    async def _start_all(self, asks: Sequence[_Ask]) -> Sequence[_Begun | BaseException]:
        return await self._database.write(partial(_start, asks, self._clock.now_ms()))


def _start(
    asks: Sequence[_Ask], now_ms: int, connection: Connection
) -> Sequence[_Begun | BaseException]:
    orders, started = _read(connection, {ask.order_id for ask in asks})
    known = set(started)
    results = [_decide(ask, orders.get(ask.order_id), started) for ask in asks]
    new = [payment for key, payment in started.items() if key not in known]
    rows = [(p.id, p.order_id, p.provider, p.amount_fen, p.status.value, "", now_ms) for p in new]
    insert_rows(connection, PAYMENTS, _COLUMNS, rows)
    return results


def _request_of(begun: _Begun, payer_address: str) -> PaymentRequest:
    payment = begun.payment
    return PaymentRequest(
        payment_id=payment.id,
        order_id=payment.order_id,
        amount_fen=payment.amount_fen,
        description=f"田头直播 {payment.order_id}",
        pay_by_ms=begun.pay_by_ms,
        payer_address=payer_address,
    )


def _decide(ask: _Ask, order: _Owed | None, started: _Started) -> _Begun | BaseException:
    """The payment under way, or a new one, which is added to ``started``."""
    if order is None or order.buyer_id != ask.buyer_id:
        return NotFound()
    if order.status != OrderStatus.RESERVED:
        return Conflict("not_payable", f"The order is {order.status}.")
    key = (order.id, ask.provider)
    if key not in started:
        started[key] = Payment(
            id=PaymentId(new_id("pay")),
            order_id=OrderId(order.id),
            provider=ask.provider,
            amount_fen=order.amount_fen,
            status=PaymentStatus.STARTED,
        )
    return _Begun(started[key], order.pay_by_ms)


_IS_STARTED = and_(
    PAYMENTS.c.order_id == ORDERS.c.id,
    unindexed(PAYMENTS.c.status) == PaymentStatus.STARTED.value,
)
_READ = ManyRows(
    select(
        ORDERS.c.id,
        ORDERS.c.buyer_id,
        ORDERS.c.status,
        ORDERS.c.amount_fen,
        ORDERS.c.pay_by_ms,
        PAYMENTS.c.id.label("payment_id"),
        PAYMENTS.c.provider,
        PAYMENTS.c.amount_fen.label("payment_fen"),
    )
    .join_from(ORDERS, PAYMENTS, _IS_STARTED, isouter=True)
    .where(among(ORDERS.c.id, "ids")),
    _Owed,
)


def _read(connection: Connection, order_ids: Iterable[str]) -> tuple[dict[str, _Owed], _Started]:
    """The orders that exist, by id, and the payments of them that are under way."""
    rows = _READ.read(connection, {"ids": list(order_ids)})
    started = {
        (row.id, row.provider): Payment(
            id=PaymentId(row.payment_id),
            order_id=OrderId(row.id),
            provider=row.provider,
            amount_fen=row.payment_fen,
            status=PaymentStatus.STARTED,
        )
        for row in rows
        if row.payment_id and row.provider and row.payment_fen
    }
    return {row.id: row for row in rows}, started
