"""Alipay's page for phones (``alipay.trade.wap.pay``), through ``python-alipay-sdk``.

A payment starts with an address that we sign ourselves: Alipay hears of it when the buyer opens
it. Amounts are yuan as text there, fen here.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import structlog
from alipay import AliPay

from live.clock import Clock
from live.errors import BadRequest, Forbidden
from live.sales.payments.beijing import beijing_time, collect_until
from live.sales.payments.calls import ProviderCalls
from live.sales.payments.provider import (
    Acknowledgement,
    Notification,
    PaymentRequest,
    PaymentStart,
    RefundRequest,
)
from live.sales.payments.yuan import fen_of, yuan_of
from live.sales.schemas import Redirect

log = structlog.get_logger(__name__)

FIELDS_MAX = 100  # of a notification; Alipay's have about thirty
_TIME = "%Y-%m-%d %H:%M:%S"
_DONE = "10000"
_NO_SUCH_TRADE = "ACQ.TRADE_NOT_EXIST"
_PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})


@dataclass(frozen=True, slots=True)
class AlipayMerchant:
    """Who we are to Alipay, and how it proves to be Alipay. Keys are PEM."""

    app_id: str
    seller_id: str
    private_key: str = field(repr=False)
    platform_key: str
    url: str


class _Client(AliPay):  # type: ignore[misc]  # it has no types
    """The SDK's signatures over connections that are kept, and closed where a call fails."""

    def __init__(self, merchant: AlipayMerchant, read_seconds: float) -> None:
        super().__init__(
            appid=merchant.app_id,
            app_private_key_string=merchant.private_key,
            alipay_public_key_string=merchant.platform_key,
            sign_type="RSA2",
        )
        self._gateway = merchant.url  # there is no parameter for it
        self._http = httpx.Client(timeout=read_seconds)

    def close(self) -> None:
        self._http.close()

    def verified_sync_response(self, data: dict[str, Any], response_type: str) -> dict[str, Any]:
        reply = self._http.get(f"{self._gateway}?{self.sign_data(data)}")
        found: dict[str, Any] = self._verify_and_return_sync_response(
            reply.raise_for_status().text, response_type
        )
        return found


class AlipayWap:
    """See ``PaymentProvider``.

    Args:
        public_url: where Alipay and the buyer's browser find this server.
    """

    name = "alipay_wap"
    acknowledgement = Acknowledgement("text/plain", b"success")

    def __init__(
        self,
        merchant: AlipayMerchant,
        calls: ProviderCalls,
        clock: Clock,
        *,
        public_url: str,
        read_seconds: float,
    ) -> None:
        self._merchant = merchant
        self._client = _Client(merchant, read_seconds)
        self._calls = calls
        self._clock = clock
        self._notify_url = f"{public_url}/api/payments/{self.name}/notify"
        self._return_url = f"{public_url}/orders"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Calls are possible while this is open."""
        try:
            async with self._calls.open():
                yield
        finally:
            self._client.close()

    async def start(self, request: PaymentRequest) -> PaymentStart:
        # On a thread: no network, but a signature takes milliseconds.
        query = await self._calls.run_blocking(
            self._client.client_api,
            "alipay.trade.wap.pay",
            {
                "out_trade_no": request.payment_id,
                "total_amount": yuan_of(request.amount_fen),
                "subject": request.description,
                "product_code": "QUICK_WAP_WAY",
                "time_expire": collect_until(request.pay_by_ms).strftime(_TIME),
            },
            notify_url=self._notify_url,
            return_url=self._return_url,
            timestamp=self._now(),
        )
        return PaymentStart(Redirect(f"{self._merchant.url}?{query}"))

    def verify(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notification]:
        told = _fields(body)
        signature = told.pop("sign", "")
        try:
            is_genuine = self._client.verify(dict(told), signature)
        except Exception as error:  # another kind of signature, or no base64
            raise Forbidden("bad_signature") from error
        if not is_genuine:
            raise Forbidden("bad_signature")
        ours = (self._merchant.app_id, self._merchant.seller_id)
        if (told.get("app_id"), told.get("seller_id")) != ours:
            raise Forbidden("wrong_merchant")
        found = _notification(told)
        return [] if found is None else [found]

    async def query(self, payment_id: str, amount_fen: int) -> Notification | None:
        answer = await self._ask("alipay.trade.query", {"out_trade_no": payment_id})
        return None if answer is None else _notification(answer)

    async def close(self, payment_id: str) -> None:
        await self._ask("alipay.trade.close", {"out_trade_no": payment_id})

    async def refund(self, request: RefundRequest) -> None:
        which = {"out_trade_no": request.payment_id, "out_request_no": request.refund_id}
        amount = {
            "refund_amount": yuan_of(request.amount_fen),
            "refund_reason": request.reason,
        }
        answer = await self._ask("alipay.trade.refund", which | amount)
        if answer is not None and answer.get("fund_change") == "Y":
            return
        # No money moved now: this refund was done before, or was not done at all.
        known = await self._ask("alipay.trade.fastpay.refund.query", which)
        if known is None or known.get("refund_status") != "REFUND_SUCCESS":
            log.error("Alipay has not refunded", refund_id=request.refund_id)
            raise ProviderCalls.unavailable()

    async def _ask(self, method: str, question: dict[str, str]) -> dict[str, str] | None:
        """The answer; None where Alipay knows no such trade. Raises: Unavailable."""
        answer: dict[str, Any] = await self._calls.run_blocking(
            self._client.server_api, method, question, timestamp=self._now()
        )
        if answer.get("code") == _DONE:
            return answer
        if answer.get("sub_code") == _NO_SUCH_TRADE:
            return None
        log.error(
            "Alipay refuses", call=method, code=answer.get("code"), sub_code=answer.get("sub_code"),
            message=answer.get("sub_msg"),
        )  # fmt: skip
        raise ProviderCalls.unavailable()

    def _now(self) -> str:
        # Not the SDK's, which is the machine's local time: Alipay reads it as Beijing's.
        return beijing_time(self._clock.now_ms()).strftime(_TIME)


def _fields(body: bytes) -> dict[str, str]:
    """A form, each name once. Raises: BadRequest."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=FIELDS_MAX,
        )  # fmt: skip
    except ValueError as error:
        raise BadRequest(detail=str(error)) from error
    if len(told := dict(pairs)) != len(pairs):
        raise BadRequest(detail="a name comes twice")
    return told


def _notification(told: Mapping[str, str]) -> Notification | None:
    """Of a message or an answer, which use the same words. Raises: BadRequest."""
    status = told.get("trade_status", "")
    if status not in _PAID and status != "TRADE_CLOSED":
        return None
    try:
        amount_fen = fen_of(told["total_amount"])
        payment_id = told["out_trade_no"]
    except (KeyError, ValueError) as error:
        raise BadRequest(detail=repr(error)) from error
    return Notification(payment_id, told.get("trade_no", ""), amount_fen, is_paid=status in _PAID)
