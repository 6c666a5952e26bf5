"""A provider without money, for the demo and for tests.

It behaves like a real one: it is told of a payment, and some time later calls the server's
own notification address with a signed message, again and again until it is acknowledged.
Like some real ones it puts what has gathered into one message.
"""

import asyncio
import hmac
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256

import aiohttp
import msgspec
import structlog

from live.errors import BadRequest, Forbidden
from live.sales.payments.provider import Notification, PaymentRequest

log = structlog.get_logger(__name__)

SIGNATURE_HEADER = "X-Sandbox-Signature"
MESSAGE_ITEMS_MAX = 200  # payments in one message
RETRY_SECONDS = 0.5
TIMEOUT_SECONDS = 10


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payment_id: str
    provider_ref: str
    amount_fen: int
    is_paid: bool


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: list[_Item]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Message).decode


class SandboxProvider:
    """See ``PaymentProvider``.

    Args:
        key: signs and verifies its messages.
        notify_url: where this server takes notifications; set before the first payment.
    """

    name = "sandbox"

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.notify_url = ""
        self._waiting: deque[_Item] = deque()
        self._news = asyncio.Event()

    async def start(self, request: PaymentRequest) -> None:
        ref = f"sandbox-{request.payment_id}"
        self._waiting.append(_Item(request.payment_id, ref, request.amount_fen, is_paid=True))
        self._news.set()

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        if not hmac.compare_digest(headers.get(SIGNATURE_HEADER, ""), self.sign(body)):
            raise Forbidden("bad_signature")
        try:
            message = _decode(body)
        except msgspec.MsgspecError as error:
            raise BadRequest(detail=str(error)) from error
        return [Notification(i.payment_id, i.provider_ref, i.amount_fen, i.is_paid) for i in message.items]

    async def refund(self, payment_id: str, provider_ref: str, amount_fen: int) -> None:
        log.info("sandbox refund", payment_id=payment_id, amount_fen=amount_fen)

    def sign(self, body: bytes) -> str:
        return hmac.new(self._key, body, sha256).hexdigest()

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver notifications while the context is open."""
        task = asyncio.create_task(self._deliver(), name="sandbox notifications")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _deliver(self) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            while True:
                self._news.clear()
                if not self._waiting:
                    await self._news.wait()
                count = min(len(self._waiting), MESSAGE_ITEMS_MAX)
                items = [self._waiting.popleft() for _ in range(count)]
                if not await self._send(client, items):
                    self._waiting.extend(items)
                    await asyncio.sleep(RETRY_SECONDS)

    async def _send(self, client: aiohttp.ClientSession, items: list[_Item]) -> bool:
        body = _encode(_Message(items))
        headers = {SIGNATURE_HEADER: self.sign(body), "Content-Type": "application/json"}
        try:
            async with client.post(self.notify_url, data=body, headers=headers) as reply:
                return reply.ok
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("sandbox notification not delivered", error=repr(error))
            return False
