"""WeChat Pay APIv3 for a direct merchant, through ``wechatpayv3``.

Two products, each a provider of its own: H5 (a phone's browser opens WeChat) and Native (WeChat
scans a code from the screen). Amounts are fen on both sides.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote

import msgspec
import structlog
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from live.clock import Clock
from live.errors import BadRequest, Forbidden
from live.sales.payments.beijing import collect_until
from live.sales.payments.calls import ProviderCalls
from live.sales.payments.provider import (
    Acknowledgement,
    Notification,
    PaymentRequest,
    PaymentStart,
    RefundRequest,
)
from live.sales.schemas import NoAction, PaymentAction, Redirect, ShowQr
from live.values import MS_PER_SECOND

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 3.0
REASON_CHARS_MAX = 26  # of three bytes each: WeChat takes 80 bytes
_PREFIX = "pay_"  # WeChat takes 32 characters: an id without it
_SIGNED = ("Serial", "Signature", "Signature-Type", "Timestamp", "Nonce")
_REFUND_FAILED = frozenset({"REFUND.ABNORMAL", "REFUND.CLOSED"})
_OVER = frozenset({"CLOSED", "REVOKED", "PAYERROR", "REFUND"})


@dataclass(frozen=True, slots=True)
class WechatMerchant:
    """Who we are to WeChat, and how it proves to be WeChat.

    Args:
        private_key, platform_key: PEM; the second of WeChat's public key or certificate.
        platform_key_id: how WeChat's messages call ``platform_key``.
    """

    app_id: str
    merchant_id: str
    certificate_serial: str
    private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_key: str
    platform_key_id: str
    url: str


class _Amount(msgspec.Struct, frozen=True):
    total: int  # fen
    currency: str = "CNY"


class _Words(msgspec.Struct, frozen=True):
    """What of WeChat's words is of use here; each message and answer has some of them."""

    # of a payment
    appid: str = ""
    mchid: str = ""
    out_trade_no: str = ""
    trade_state: str = ""
    transaction_id: str = ""
    amount: _Amount | None = None
    # of a start
    h5_url: str = ""
    code_url: str = ""
    # of a refund
    out_refund_no: str = ""
    status: str = ""
    # of a refusal
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    words: _Words

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


class WechatApi:
    """The merchant's one connection to WeChat Pay, shared by its products."""

    def __init__(self, merchant: WechatMerchant, calls: ProviderCalls, read_seconds: float) -> None:
        self.merchant = merchant
        self._calls = calls
        self.client = AsyncWeChatPay(
            WeChatPayType.NATIVE,
            mchid=merchant.merchant_id,
            private_key=merchant.private_key,
            cert_serial_no=merchant.certificate_serial,
            appid=merchant.app_id,
            apiv3_key=merchant.api_v3_key,
            timeout=(min(CONNECT_SECONDS, read_seconds), read_seconds),
            public_key=merchant.platform_key,
            public_key_id=merchant.platform_key_id,
        )
        # There is no parameter for it; WeChat itself has a second address for bad days.
        self.client._core._gate_way = merchant.url.rstrip("/")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Calls are possible while this is open."""
        async with self._calls.open(), self.client:
            yield

    async def ask(self, operation: Callable[..., Awaitable[Any]], **arguments: Any) -> _Reply:
        """Any answer but "not now". Raises: Unavailable.

        Args:
            operation: of ``client``, with its arguments.
        """

        async def call() -> _Reply:
            status, body = await operation(**arguments)
            return _Reply(status, msgspec.json.decode(body or b"{}", type=_Words))

        reply = await self._calls.run(call)
        if reply.status == 429 or reply.status >= 500:
            log.warning("WeChat Pay cannot now", status=reply.status)
            raise ProviderCalls.unavailable()
        return reply


class WechatPay:
    """See ``PaymentProvider``.

    Args:
        way: ``h5`` or ``native``.
        public_url: where WeChat and the buyer's browser find this server.
        message_seconds: by which a message's time may be off our clock.
    """

    acknowledgement = Acknowledgement("application/json", b'{"code":"SUCCESS","message":""}')

    def __init__(
        self, way: str, api: WechatApi, clock: Clock, *, public_url: str, message_seconds: int
    ) -> None:
        self.name = f"wechat_{way}"
        self._is_h5 = way == "h5"
        self._api = api
        self._clock = clock
        self._message_ms = message_seconds * MS_PER_SECOND
        self._notify_url = f"{public_url}/api/payments/{self.name}/notify"
        self._return_url = f"{public_url}/orders"

    async def start(self, request: PaymentRequest) -> PaymentStart:
        scene = {"payer_client_ip": request.payer_address, "h5_info": {"type": "Wap"}}
        reply = await self._api.ask(
            self._api.client.pay,
            description=request.description,
            out_trade_no=_trade_no(request.payment_id),
            amount={"total": request.amount_fen, "currency": "CNY"},
            time_expire=collect_until(request.pay_by_ms).isoformat(),
            scene_info=scene if self._is_h5 else None,
            notify_url=self._notify_url,
            pay_type=WeChatPayType.H5 if self._is_h5 else WeChatPayType.NATIVE,
        )
        if reply.is_ok:
            return PaymentStart(self._action(reply.words))
        known = await self.query(request.payment_id, request.amount_fen)
        if known is None or not known.is_paid:
            _refuse("start", reply)
        # A repeat of what has just been paid: the notification is on its way.
        return PaymentStart(NoAction())

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        # Copied: the SDK would rather read another spelling, HTTP_WECHATPAY_…, whose time is not
        # the one looked at here.
        signed = {f"Wechatpay-{name}": headers.get(f"Wechatpay-{name}", "") for name in _SIGNED}
        self._require_fresh(signed["Wechatpay-Timestamp"])
        try:
            message = self._api.client.callback(signed, body)
        except Exception as error:  # an algorithm or a serial it does not know, no UTF-8, no JSON
            raise Forbidden("bad_signature") from error
        if not message:
            raise Forbidden("bad_signature")
        try:
            words = msgspec.convert(message["resource"], _Words)
        except msgspec.ValidationError as error:
            raise BadRequest(detail=str(error)) from error
        kind = str(message.get("event_type", ""))
        if not kind.startswith("TRANSACTION."):
            # Refunds that fail after they were taken: somebody has to see to it at WeChat.
            tell = log.error if kind in _REFUND_FAILED else log.info
            tell("WeChat Pay tells", told=kind, refund_id=words.out_refund_no)
            return []
        told = self._told(words)
        return [] if told is None else [told]

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        reply = await self._api.ask(self._api.client.query, out_trade_no=_trade_no(payment_id))
        if reply.status == 404:
            return None
        if not reply.is_ok:
            _refuse("query", reply)
        return self._told(reply.words)

    async def close(self, payment_id: str) -> None:
        reply = await self._api.ask(self._api.client.close, out_trade_no=_trade_no(payment_id))
        if not reply.is_ok and reply.status != 404:
            _refuse("close", reply)

    async def refund(self, request: RefundRequest) -> None:
        reply = await self._api.ask(
            self._api.client.refund,
            out_refund_no=request.refund_id,
            out_trade_no=_trade_no(request.payment_id),
            reason=request.reason[:REASON_CHARS_MAX],
            amount={
                "refund": request.amount_fen,
                "total": request.paid_fen,
                "currency": "CNY",
            },
            notify_url=self._notify_url,
        )
        if not reply.is_ok or reply.words.status not in ("SUCCESS", "PROCESSING"):
            _refuse("refund", reply)

    def _action(self, words: _Words) -> PaymentAction:
        if self._is_h5:
            return Redirect(f"{words.h5_url}&redirect_url={quote(self._return_url, safe='')}")
        return ShowQr(words.code_url)

    def _require_fresh(self, timestamp: str) -> None:
        try:
            off_ms = abs(self._clock.now_ms() - int(timestamp) * MS_PER_SECOND)
        except ValueError:
            raise Forbidden("bad_signature") from None
        if off_ms > self._message_ms:
            raise Forbidden("stale_message")

    def _told(self, words: _Words) -> Notification | None:
        merchant = self._api.merchant
        if (words.appid, words.mchid) != (merchant.app_id, merchant.merchant_id):
            raise Forbidden("wrong_merchant")
        is_paid = words.trade_state == "SUCCESS"
        if not is_paid and words.trade_state not in _OVER:
            return None
        amount_fen = words.amount.total if words.amount else 0
        if is_paid and (words.amount is None or words.amount.currency != "CNY"):
            raise BadRequest(detail="no amount in CNY")
        payment_id = f"{_PREFIX}{words.out_trade_no}"
        return Notification(payment_id, words.transaction_id, amount_fen, is_paid)


def _refuse(what: str, reply: _Reply) -> NoReturn:
    """Raises: Unavailable. The fault lies with the merchant's settings or ours: no buyer can
    help it, and what was asked for is still to be done."""
    words = reply.words
    log.error(
        "WeChat Pay refuses", call=what, status=reply.status, code=words.code or words.status,
        message=words.message,
    )  # fmt: skip
    raise ProviderCalls.unavailable()


def _trade_no(payment_id: str) -> str:
    return payment_id.removeprefix(_PREFIX)
