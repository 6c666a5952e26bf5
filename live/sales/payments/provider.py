"""The port behind which every payment provider stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from live.sales.schemas import PaymentAction


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a provider is asked to collect.

    Args:
        payment_id: our reference, unique for ever.
        description: what the buyer reads in the provider's app.
        pay_by_ms: when the order expires; a little later nothing needs to be collected any more.
        payer_address: the buyer's network address.
    """

    payment_id: str
    order_id: str
    amount_fen: int
    description: str
    pay_by_ms: int
    payer_address: str


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """A payment that the provider is ready for.

    Args:
        action: what the buyer's page does next.
    """

    action: PaymentAction


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a provider is asked to give back. ``refund_id`` is our reference, unique for ever.

    Args:
        provider_ref: what the provider called the payment.
        amount_fen: all of it or a part; a payment may have several refunds.
        paid_fen: what has come in by the payment.
        reason: what the buyer reads in the provider's app.
    """

    refund_id: str
    payment_id: str
    provider_ref: str
    amount_fen: int
    paid_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class Notification:
    """What a provider says has happened to one payment.

    Args:
        amount_fen: of a paid one, what has come in: at least 1.
    """

    payment_id: str
    provider_ref: str
    amount_fen: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a provider wants to hear, or it notifies again."""

    content_type: str
    body: bytes


class PaymentProvider(Protocol):
    """Every method that asks the provider may raise Unavailable: away, slow, or not in the mood.

    Nothing is lost by it, and a repeat is safe.
    """

    @property
    def name(self) -> str:
        """What clients call it in ``POST …/payment``."""
        ...

    @property
    def acknowledgement(self) -> Acknowledgement:
        """The answer to a notification that has been applied."""
        ...

    async def start(self, request: PaymentRequest) -> PaymentStart:
        """Begin to collect. Idempotent by ``payment_id``."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        """The notifications in a message, proven to come from the provider and to be for us.

        Raises: Forbidden ``bad_signature``, ``stale_message``, ``wrong_merchant``; BadRequest
            ``malformed``.
        """
        ...

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        """What has become of a payment; None while the buyer can still pay it.

        Args:
            amount_fen: what was asked for.
        """
        ...

    async def close(self, payment_id: str) -> None:
        """Collect no more. Idempotent, and harmless for a payment that was never begun."""
        ...

    async def refund(self, request: RefundRequest) -> None:
        """Give money back. Idempotent by ``refund_id``; returning means that it is done.

        Raises: anything where it is not, or nobody knows: the same request comes again.
        """
        ...
