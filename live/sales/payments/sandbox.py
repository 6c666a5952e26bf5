"""A provider without money, for the demo and for tests.

It behaves like a real one: it is told of a payment, and some time later calls the server's
own notification address with a signed message, again and again until it is acknowledged.
Like some real ones it puts what has gathered into one message. Whoever is asked to pay has paid.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from itertools import islice
from typing import Annotated

import aiohttp
import msgspec
import structlog

from live.errors import BadRequest, Forbidden, Unavailable
from live.sales.payments.book import Book
from live.sales.payments.provider import (
    Acknowledgement,
    Notification,
    PaymentRequest,
    PaymentStart,
    RefundRequest,
)
from live.sales.schemas import NoAction

log = structlog.get_logger(__name__)

SIGNATURE_HEADER = "X-Sandbox-Signature"
# A message about a late payment takes longer; those in time behind it must not wait for it.
MESSAGES_UNDER_WAY = 2
MESSAGE_ITEMS_MAX = 200  # payments in one message: some 25 KB
WAITING_MAX = 100_000  # payments not yet notified; beyond: 503
RETRY_SECONDS = 0.5
TIMEOUT_SECONDS = 10


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payment_id: str
    provider_ref: str
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    is_paid: bool


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: list[_Item]


_STARTED = PaymentStart(NoAction())
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Message).decode


class SandboxProvider:
    """See ``PaymentProvider``.

    It remembers nothing across a restart: what it then has not told, it says when asked
    (``inquiry.py``), and a refund says itself what has been collected.

    Args:
        key: signs and verifies its messages.

    Attributes:
        notify_url: where this server takes notifications; set before the first payment.
        book: what it has collected and given back.
    """

    name = "sandbox"
    acknowledgement = Acknowledgement("application/json", b"{}")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.notify_url = ""
        self.book = Book()
        self._waiting: dict[str, _Item] = {}  # by payment id, so that a repeated start is one
        self._news = asyncio.Event()

    async def start(self, request: PaymentRequest) -> PaymentStart:
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable("provider_busy", retry_after_seconds=1)
        ref = _ref_of(request.payment_id)
        item = _Item(request.payment_id, ref, request.amount_fen, is_paid=True)
        self._waiting[item.payment_id] = item
        self.book.collect(request.payment_id, request.amount_fen)
        self._news.set()
        return _STARTED

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        # As bytes: compare_digest refuses a str with anything beyond ASCII.
        signature = headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(signature, self.sign(body).encode()):
            raise Forbidden("bad_signature")
        try:
            message = _decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadRequest(detail=str(error)) from error
        return [
            Notification(item.payment_id, item.provider_ref, item.amount_fen, item.is_paid)
            for item in message.items
        ]

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        return Notification(payment_id, _ref_of(payment_id), amount_fen, is_paid=True)

    async def close(self, payment_id: str) -> None:
        pass  # all it was ever asked for is paid

    async def refund(self, request: RefundRequest) -> None:
        self.book.give_back(request)

    def sign(self, body: bytes) -> str:
        return hmac.new(self._key, body, sha256).hexdigest()

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver notifications while the context is open."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            tasks = [
                asyncio.create_task(self._deliver(client), name="sandbox notifications")
                for _ in range(MESSAGES_UNDER_WAY)
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, client: aiohttp.ClientSession) -> None:
        while True:
            while not self._waiting:
                self._news.clear()
                await self._news.wait()
            items = list(islice(self._waiting.values(), MESSAGE_ITEMS_MAX))
            for item in items:
                del self._waiting[item.payment_id]
            if not await self._send(client, items):
                self._waiting.update({item.payment_id: item for item in items})
                await asyncio.sleep(RETRY_SECONDS)

    async def _send(self, client: aiohttp.ClientSession, items: list[_Item]) -> bool:
        """Whether these are done with: taken, or refused for good."""
        body = _encode(_Message(items))
        headers = {SIGNATURE_HEADER: self.sign(body), "Content-Type": "application/json"}
        try:
            async with client.post(self.notify_url, data=body, headers=headers) as reply:
                status = reply.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("sandbox notification not delivered", error=repr(error))
            return False
        if 400 <= status < 500 and status not in (408, 429):
            # The same words would be refused for ever, and keep the others' waiting.
            log.error("sandbox notification refused", status=status, payments=len(items))
            return True
        return status < 400


def _ref_of(payment_id: str) -> str:
    return f"sandbox-{payment_id}"
