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
class Notification:
    """What a provider says has happened to one payment."""

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

    async def refund(self, payment_id: str, provider_ref: str, amount_fen: int) -> None:
        """Give the money back. Idempotent by ``payment_id``.

        Raises: Unavailable where the provider cannot be reached.
        """
        ...
