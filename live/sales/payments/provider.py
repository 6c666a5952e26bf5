"""The port behind which every payment provider stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a provider is asked to collect. ``payment_id`` is our reference, unique for ever."""

    payment_id: str
    order_id: str
    amount_fen: int
    description: str


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What a provider is asked to give back. ``refund_id`` is our reference, unique for ever.

    Args:
        provider_ref: what the provider called the payment.
        amount_fen: all of it or a part; a payment may have several refunds.
        paid_fen: what has come in by the payment.
        reason: one of ``RefundReason``.
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


class PaymentProvider(Protocol):
    @property
    def name(self) -> str:
        """What clients call it in ``POST …/payment``."""
        ...

    async def start(self, request: PaymentRequest) -> None:
        """Begin to collect. Repeating a request is harmless.

        Raises: Unavailable where the provider cannot be reached.
        """
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        """The notifications in a message, proven to come from the provider.

        Raises: Forbidden ``bad_signature``, BadRequest ``malformed``.
        """
        ...

    async def refund(self, request: RefundRequest) -> None:
        """Give money back. Idempotent by ``refund_id``; returning means that it is done.

        Raises: anything where it is not, or nobody knows: the same request comes again.
        """
        ...
