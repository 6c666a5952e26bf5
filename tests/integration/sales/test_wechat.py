"""The WeChat Pay adapter by itself: what it believes, and what it asks for."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from live.clock import ManualClock
from live.config import Settings
from live.errors import Forbidden, Unavailable
from live.sales.payments.configured import configured_providers
from live.sales.payments.provider import PaymentProvider, PaymentRequest, RefundRequest
from live.sales.schemas import NoAction, ShowQr
from live.values import new_id
from tests.support.wechat_counterpart import API_V3_KEY, WechatCounterpart

NOTIFY = "/api/payments/wechat_native/notify"
PAY_BY_MS = 1_771_466_400_000  # 2026-02-19 10:00:00 in Beijing


@pytest_asyncio.fixture
async def bank() -> AsyncIterator[WechatCounterpart]:
    counterpart = WechatCounterpart("native")
    async with counterpart.open():
        yield counterpart


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time_ns() // 1_000_000)  # as the counterpart's


@pytest_asyncio.fixture
async def wechat(
    bank: WechatCounterpart, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[PaymentProvider]:
    settings = Settings(**bank.settings(tmp_path), payment_timeout_ms=1_000)
    found = configured_providers(settings, clock, sandbox_key=b"", own_url="")
    (open_all,) = found.feature.lifespans
    async with open_all():
        yield found.providers["wechat_native"]


def request(**changes: object) -> PaymentRequest:
    asked = {
        "payment_id": new_id("pay"), "order_id": "ord_1", "amount_fen": 1990,
        "description": "田头直播", "pay_by_ms": PAY_BY_MS, "payer_address": "203.0.113.7",
    }  # fmt: skip
    return PaymentRequest(**{**asked, **changes})  # type: ignore[arg-type]


async def paid(wechat: PaymentProvider, bank: WechatCounterpart) -> str:
    asked = request()
    await wechat.start(asked)
    bank.pay(asked.payment_id)
    return asked.payment_id


async def test_it_asks_for_fen_and_for_as_long_as_the_order_waits(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    asked = request()
    started = await wechat.start(asked)
    assert isinstance(started.action, ShowQr)
    assert started == await wechat.start(asked)
    trade = bank.trades[asked.payment_id]
    assert trade.amount == {"total": 1990, "currency": "CNY"}
    assert trade.asked["time_expire"] == "2026-02-19T10:02:00+08:00"
    assert trade.notify_url == f"https://shop.test{NOTIFY}"


async def test_starting_what_has_just_been_paid_waits_for_the_notification(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    asked = request()
    await wechat.start(asked)
    bank.pay(asked.payment_id)
    assert (await wechat.start(asked)).action == NoAction()


async def test_a_start_that_wechat_refuses_is_for_the_operator_to_mend(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    asked = request()
    await wechat.start(asked)
    with pytest.raises(Unavailable) as refused:
        await wechat.start(request(payment_id=asked.payment_id, amount_fen=1))
    assert refused.value.code == "provider_unavailable"


@pytest.mark.parametrize("off_seconds", [-3_000, -301, 302])
async def test_a_message_of_another_time_is_not_believed(
    wechat: PaymentProvider, bank: WechatCounterpart, clock: ManualClock, off_seconds: int
) -> None:
    told = bank.told(await paid(wechat, bank))
    assert len(wechat.verify(told.headers, told.body)) == 1, "the control: it is genuine"
    clock.advance(seconds=off_seconds)
    with pytest.raises(Forbidden) as refused:
        wechat.verify(told.headers, told.body)
    assert refused.value.code == "stale_message"


async def test_an_old_message_in_the_spelling_of_another_framework_is_not_believed(
    wechat: PaymentProvider, bank: WechatCounterpart, clock: ManualClock
) -> None:
    told = bank.told(await paid(wechat, bank))
    other = {f"HTTP_{name.upper().replace('-', '_')}": v for name, v in told.headers.items()}
    clock.advance(seconds=3_000)
    fresh = {**other, "Wechatpay-Timestamp": str(clock.now_ms() // 1_000)}
    with pytest.raises(Forbidden) as refused:
        wechat.verify(fresh, told.body)
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/AAAA"),  # WeChat tries whether we look
        ("Wechatpay-Signature", ""),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"),
        ("Wechatpay-Serial", "PUB_KEY_ID_OF_SOMEBODY"),
        ("Wechatpay-Serial", "5157F09EFDC096DE15EBE81A47057A72"),
        ("Wechatpay-Nonce", "another"),
        ("Wechatpay-Timestamp", "soon"),
        ("Wechatpay-Timestamp", ""),
    ],
)
async def test_every_part_of_a_signature_counts(
    wechat: PaymentProvider, bank: WechatCounterpart, header: str, value: str
) -> None:
    told = bank.told(await paid(wechat, bank))
    with pytest.raises(Forbidden) as refused:
        wechat.verify({**told.headers, header: value}, told.body)
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"[" * 50_000])
async def test_another_body_is_not_what_was_signed(
    wechat: PaymentProvider, bank: WechatCounterpart, body: bytes
) -> None:
    told = bank.told(await paid(wechat, bank))
    with pytest.raises(Forbidden):
        wechat.verify(told.headers, body)


async def test_what_another_api_v3_key_sealed_is_not_believed(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    told = bank.message(NOTIFY, "TRANSACTION.SUCCESS", "{}", key=API_V3_KEY[::-1])
    with pytest.raises(Forbidden):
        wechat.verify(told.headers, told.body)


async def test_news_of_refunds_are_heard_and_change_nothing(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    resource = json.dumps({"out_refund_no": "ref_1", "refund_status": "ABNORMAL"})
    for kind in ("REFUND.SUCCESS", "REFUND.ABNORMAL"):
        told = bank.message(NOTIFY, kind, resource)
        assert wechat.verify(told.headers, told.body) == []


async def test_what_it_says_when_asked(wechat: PaymentProvider, bank: WechatCounterpart) -> None:
    asked = request()
    pay_id = asked.payment_id
    assert await wechat.query(pay_id, 1990) is None, "it has never heard of it"
    await wechat.start(asked)
    assert await wechat.query(pay_id, 1990) is None
    bank.pay(pay_id)
    known = await wechat.query(pay_id, 1990)
    assert known is not None
    assert (known.payment_id, known.amount_fen, known.is_paid) == (pay_id, 1990, True)
    bank.trades[pay_id].state = "closed"
    closed = await wechat.query(pay_id, 1990)
    assert closed is not None
    assert not closed.is_paid


async def test_closing_is_harmless_unless_it_is_paid(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    asked = request()
    await wechat.close(asked.payment_id)
    await wechat.start(asked)
    for _ in range(2):
        await wechat.close(asked.payment_id)
    assert bank.trades[asked.payment_id].state == "closed"
    with pytest.raises(Unavailable):
        await wechat.close(await paid(wechat, bank))


async def test_parts_are_refunded_each_once_and_never_more_than_was_paid(
    wechat: PaymentProvider, bank: WechatCounterpart
) -> None:
    pay_id = await paid(wechat, bank)

    def part(refund_id: str, fen: int) -> RefundRequest:
        return RefundRequest(refund_id, pay_id, "", fen, 1990, "坏果理赔" * 20)

    for _ in range(2):
        await wechat.refund(part("ref_1", 990))
    await wechat.refund(part("ref_2", 1000))
    assert bank.trades[pay_id].refunds == {"ref_1": 990, "ref_2": 1000}
    with pytest.raises(Unavailable):
        await wechat.refund(part("ref_3", 1))


@pytest.mark.parametrize("status", ["ABNORMAL", "CLOSED"])
async def test_a_refund_that_failed_is_still_owed(
    wechat: PaymentProvider, bank: WechatCounterpart, status: str
) -> None:
    bank.refund_status = status
    pay_id = await paid(wechat, bank)
    with pytest.raises(Unavailable):
        await wechat.refund(RefundRequest("ref_1", pay_id, "", 1990, 1990, "订单退款"))
