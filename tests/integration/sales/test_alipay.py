"""The Alipay adapter by itself: what it believes, and what it asks for."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest
import pytest_asyncio

from live.clock import ManualClock
from live.config import Settings
from live.errors import BadRequest, Forbidden, Unavailable
from live.sales.payments.configured import configured_providers
from live.sales.payments.provider import PaymentProvider, PaymentRequest, RefundRequest
from live.sales.schemas import Redirect
from live.values import new_id
from tests.support.alipay_counterpart import AlipayCounterpart
from tests.support.counterpart import Told

NOW_MS = 1_771_466_400_000  # 2026-02-19 10:00:00 in Beijing


@pytest_asyncio.fixture
async def bank() -> AsyncIterator[AlipayCounterpart]:
    counterpart = AlipayCounterpart()
    async with counterpart.open():
        yield counterpart


@pytest_asyncio.fixture
async def alipay(bank: AlipayCounterpart, tmp_path: Path) -> AsyncIterator[PaymentProvider]:
    settings = Settings(**bank.settings(tmp_path), payment_timeout_ms=1_000)
    found = configured_providers(settings, ManualClock(NOW_MS), sandbox_key=b"", own_url="")
    (open_all,) = found.feature.lifespans
    async with open_all():
        yield found.providers["alipay_wap"]


async def begun(alipay: PaymentProvider, bank: AlipayCounterpart, amount_fen: int = 1990) -> str:
    asked = PaymentRequest(new_id("pay"), "ord_1", amount_fen, "田头直播 & 徐闻", NOW_MS, "::1")
    started = await alipay.start(asked)
    return await bank.visit(msgspec.to_builtins(started.action))


async def paid(alipay: PaymentProvider, bank: AlipayCounterpart, amount_fen: int = 1990) -> str:
    payment_id = await begun(alipay, bank, amount_fen)
    bank.pay(payment_id)
    return payment_id


@pytest.mark.parametrize(("fen", "yuan"), [(1, "0.01"), (1990, "19.90"), (10**9, "10000000.00")])
async def test_it_asks_for_yuan_and_hears_fen(
    alipay: PaymentProvider, bank: AlipayCounterpart, fen: int, yuan: str
) -> None:
    payment_id = await paid(alipay, bank, fen)
    assert bank.trades[payment_id].amount == yuan
    told = bank.told(payment_id)
    (heard,) = alipay.verify(told.headers, told.body)
    assert (heard.payment_id, heard.amount_fen, heard.is_paid) == (payment_id, fen, True)


async def test_its_times_are_beijings(alipay: PaymentProvider, bank: AlipayCounterpart) -> None:
    asked = PaymentRequest("pay_1", "ord_1", 100, "田头直播", NOW_MS, "::1")
    action = (await alipay.start(asked)).action
    assert isinstance(action, Redirect)
    query = parse_qs(urlsplit(action.url).query)
    assert query["timestamp"] == ["2026-02-19 10:00:00"]
    assert '"time_expire":"2026-02-19 10:02:00"' in query["biz_content"][0]
    assert query["notify_url"] == ["https://shop.test/api/payments/alipay_wap/notify"]


def changed(told: Told, **fields: str | None) -> bytes:
    """The message with fields that its signature does not know."""
    form = {name: values[0] for name, values in parse_qs(told.body.decode(), True).items()} | fields
    return urlencode({name: value for name, value in form.items() if value is not None}).encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"total_amount": "0.01"},
        {"trade_status": "TRADE_FINISHED"},
        {"sign": None},
        {"sign": ""},
        {"sign": "no base64 at all"},
        {"sign_type": "RSA"},
        {"more": "than was signed"},
        {"subject": None},
    ],
)
async def test_every_field_is_signed(
    alipay: PaymentProvider, bank: AlipayCounterpart, fields: dict[str, str | None]
) -> None:
    told = bank.told(await paid(alipay, bank))
    assert alipay.verify(told.headers, changed(told)), "the control: it is genuine"
    with pytest.raises(Forbidden) as refused:
        alipay.verify(told.headers, changed(told, **fields))
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize("other", [{"app_id": "2021"}, {"seller_id": "2088"}])
async def test_a_message_to_another_merchant_is_not_for_us(
    alipay: PaymentProvider, bank: AlipayCounterpart, other: dict[str, str]
) -> None:
    told = bank.told(await paid(alipay, bank), **other)
    with pytest.raises(Forbidden) as refused:
        alipay.verify(told.headers, told.body)
    assert refused.value.code == "wrong_merchant"


@pytest.mark.parametrize("body", [b"\xff", b"a=1&a=2", b"nonsense", b"&".join([b"a=1"] * 200)])
async def test_what_is_no_form_is_refused(alipay: PaymentProvider, body: bytes) -> None:
    with pytest.raises(BadRequest):
        alipay.verify({}, body)


@pytest.mark.parametrize("amount", ["-1.00", "1e3", "19.900", "19,90", ""])
async def test_an_amount_that_is_none_is_refused(
    alipay: PaymentProvider, bank: AlipayCounterpart, amount: str
) -> None:
    told = bank.told(await paid(alipay, bank), total_amount=amount)
    with pytest.raises(BadRequest):
        alipay.verify(told.headers, told.body)


async def test_what_it_says_when_asked(alipay: PaymentProvider, bank: AlipayCounterpart) -> None:
    assert await alipay.query("pay_nobody_opened", 1990) is None
    payment_id = await begun(alipay, bank)
    assert await alipay.query(payment_id, 1990) is None
    bank.pay(payment_id)
    known = await alipay.query(payment_id, 1990)
    assert known is not None
    assert (known.payment_id, known.amount_fen, known.is_paid) == (payment_id, 1990, True)
    bank.trades[payment_id].state = "closed"
    closed = await alipay.query(payment_id, 1990)
    assert closed is not None
    assert not closed.is_paid


async def test_closing_is_harmless_unless_it_is_paid(
    alipay: PaymentProvider, bank: AlipayCounterpart
) -> None:
    await alipay.close("pay_nobody_opened")
    payment_id = await begun(alipay, bank)
    await alipay.close(payment_id)
    assert bank.trades[payment_id].state == "closed"
    with pytest.raises(Unavailable):
        await alipay.close(await paid(alipay, bank))


async def test_parts_are_refunded_each_once_and_never_more_than_was_paid(
    alipay: PaymentProvider, bank: AlipayCounterpart
) -> None:
    payment_id = await paid(alipay, bank)

    def part(refund_id: str, fen: int) -> RefundRequest:
        return RefundRequest(refund_id, payment_id, "", fen, 1990, "坏果理赔")

    for _ in range(2):
        await alipay.refund(part("ref_1", 990))
    await alipay.refund(part("ref_2", 1000))
    assert {k: str(v) for k, v in bank.trades[payment_id].refunds.items()} == {
        "ref_1": "9.90",
        "ref_2": "10.00",
    }
    with pytest.raises(Unavailable):
        await alipay.refund(part("ref_3", 1))


@pytest.mark.parametrize("mood", ["down", "slow", "wild"])
async def test_in_a_bad_mood_it_is_unavailable(
    alipay: PaymentProvider, bank: AlipayCounterpart, mood: str
) -> None:
    payment_id = await begun(alipay, bank)
    bank.mood = mood
    with pytest.raises(Unavailable) as refused:
        await alipay.query(payment_id, 1990)
    assert (refused.value.code, refused.value.retry_after_seconds) == ("provider_unavailable", 3)
