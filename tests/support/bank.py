"""A payment provider with a book, that may be away, or may do what it is asked and not be heard."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from live.errors import Unavailable
from live.sales.payments.book import Book
from live.sales.payments.provider import Notification, PaymentRequest, RefundRequest

NAME = "bank"


class Mood(StrEnum):
    WELL = "well"
    AWAY = "away"  # does nothing
    UNHEARD = "unheard"  # does it, and its answer is lost


class MoodyBank:
    """See ``PaymentProvider``. What it collects, tests say to its book."""

    name = NAME

    def __init__(self, book: Book | None = None) -> None:
        self.book = book or Book()
        self.mood = Mood.WELL

    async def start(self, request: PaymentRequest) -> None:
        pass

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        raise NotImplementedError

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
