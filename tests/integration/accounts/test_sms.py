"""Codes reach a gateway over HTTP; where they do not, whoever waits is told."""

import socket
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from live.accounts.sms import HttpSms, LogSms, sms_provider
from live.config import Settings
from live.errors import StartupError, Unavailable
from tests.support.serving import serving

pytestmark = pytest.mark.asyncio

PHONE = "+8613812341234"


async def test_a_gateway_gets_phone_and_code() -> None:
    received: list[tuple[str | None, Any]] = []

    async def take(request: web.Request) -> web.Response:
        received.append((request.headers.get("Authorization"), await request.json()))
        return web.Response(status=202)

    gateway = web.Application()
    gateway.router.add_post("/sms", take)
    async with serving(gateway) as caller:
        await HttpSms(caller.origin + "/sms", "t0ken").send_code(PHONE, "482913", 300)
    message = {"phone": PHONE, "code": "482913", "good_seconds": 300}
    assert received == [("Bearer t0ken", message)]


async def test_a_gateway_that_refuses_or_is_away() -> None:
    async with serving(web.Application()) as caller:  # 404 for everything
        refusing = caller.origin + "/sms"
        with capture_logs() as logs, pytest.raises(Unavailable) as refused:
            await HttpSms(refusing).send_code(PHONE, "482913", 300)
    assert (refused.value.code, refused.value.retry_after_seconds) == ("sms_unavailable", 30)
    assert "482913" not in str(logs)
    assert PHONE not in str(logs)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/sms"
        with pytest.raises(Unavailable):
            await HttpSms(url).send_code(PHONE, "482913", 300)


async def test_the_log_stands_in_for_the_phone() -> None:
    with capture_logs() as logs:
        await LogSms().send_code(PHONE, "482913", 300)
    assert (logs[0]["sms_to"], logs[0]["sms_code"]) == (PHONE, "482913")


async def test_codes_that_would_reach_nobody_stop_the_start() -> None:
    with pytest.raises(StartupError, match="LIVE_SMS_URL"):
        sms_provider(Settings())
    assert isinstance(sms_provider(Settings(allow_sandbox=True)), LogSms)
    assert isinstance(sms_provider(Settings(sms_url="http://sms.example")), HttpSms)
