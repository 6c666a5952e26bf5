"""A payment provider with a book, that may be away, or may do what it is asked and not be heard."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from live.errors import Unavailable
from live.sales.payments.book import Book
from live.sales.payments.provider import (
    Acknowledgement,
    Notification,
    PaymentRequest,
    PaymentStart,
    RefundRequest,
)
from live.sales.schemas import NoAction

NAME = "bank"


class Mood(StrEnum):
    WELL = "well"
    AWAY = "away"  # does nothing
    UNHEARD = "unheard"  # does it, and its answer is lost


class MoodyBank:
    """See ``PaymentProvider``. What it collects, tests say to its book."""

    name = NAME
    acknowledgement = Acknowledgement("text/plain", b"heard")

    def __init__(self, book: Book | None = None) -> None:
        self.book = book or Book()
        self.mood = Mood.WELL

    async def start(self, request: PaymentRequest) -> PaymentStart:
        return PaymentStart(NoAction())

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        raise NotImplementedError

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        return None

    async def close(self, payment_id: str) -> None:
        pass

    async def refund(self, request: RefundRequest) -> None:
        if self.mood is Mood.AWAY:
            raise Unavailable
        self.book.give_back(request)
        if self.mood is Mood.UNHEARD:
            raise TimeoutError


class ForgetfulBook(Book):
    """A control: a refund that comes again is done again, and nobody looks at what is left."""

    def give_back(self, request: RefundRequest) -> None:
        account = self._open(request.payment_id, request.paid_fen)
        given = account.given_back.get(request.refund_id, 0)
        account.given_back[request.refund_id] = given + request.amount_fen
