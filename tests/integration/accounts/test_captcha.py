"""Who asks for more codes than people do is asked for a captcha; nobody else ever sees one."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from live.config import Settings
from live.errors import StartupError
from live.storage.redis import RedisClient
from live.web.captcha import SERVICES, NoCaptcha, SiteVerify, captcha_verifier
from live.web.static import content_security_policy
from tests.support.serving import Answer, serving
from tests.support.signing_in import Town, town

PHONE = "+8613812341234"
SECRET, SITE_KEY, SOLVED = "the secret", "the site key", "solved"


@dataclass
class Counterpart:
    """A captcha service as they all are: knows which tokens a person earned, each for once."""

    solved: set[str] = field(default_factory=lambda: {SOLVED})
    asked: list[dict[str, str]] = field(default_factory=list)

    async def verify(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if form.get("secret") != SECRET:
            return web.json_response({"success": False, "error-codes": ["invalid-input-secret"]})
        is_solved = form.get("response") in self.solved
        self.solved.discard(form.get("response", ""))
        return web.json_response({"success": is_solved, "hostname": "live.example"})


@asynccontextmanager
async def counterpart() -> AsyncIterator[tuple[Counterpart, str]]:
    service, application = Counterpart(), web.Application()
    application.router.add_post("/siteverify", service.verify)
    async with serving(application) as caller:
        yield service, f"{caller.origin}/siteverify"


def settings(url: str, **more: Any) -> Settings:
    return Settings(
        captcha="turnstile", captcha_site_key=SITE_KEY, captcha_secret=SecretStr(SECRET),
        captcha_verify_url=url, captcha_after_codes=2, trusted_proxies="127.0.0.1", **more,
    )  # fmt: skip


async def ask(
    people: Town, phone: str = PHONE, captcha: str = "", address: str = "203.0.113.7"
) -> Answer:
    body = {"phone": phone} | ({"captcha": captcha} if captcha else {})
    headers = {"X-Forwarded-For": address}
    return await people.caller.post("/api/auth/codes", body, headers=headers)


async def test_after_a_few_codes_of_one_phone(database_url: str, redis: RedisClient) -> None:
    async with (
        counterpart() as (service, url),
        town(database_url, redis, settings(url)) as people,
    ):
        assert [(await ask(people)).status for _ in range(2)] == [202, 202]
        refused = await ask(people)
        assert (refused.status, refused.code) == (428, "captcha_required")
        assert (refused.body["captcha"], refused.body["site_key"]) == ("turnstile", SITE_KEY)
        assert service.asked == []
        assert (await ask(people, captcha="made up")).code == "captcha_required"
        assert (await ask(people, captcha=SOLVED)).status == 202
        assert service.asked[-1] == {"secret": SECRET, "response": SOLVED}
        assert (await ask(people, captcha=SOLVED)).code == "captcha_required"
        # Another phone, from the same place, is asked for none.
        assert (await ask(people, people.new_phone())).status == 202


async def test_after_many_codes_for_one_address(database_url: str, redis: RedisClient) -> None:
    async with (
        counterpart() as (_, url),
        town(database_url, redis, settings(url, captcha_after_codes_address=3)) as people,
    ):
        answers = [await ask(people, people.new_phone()) for _ in range(4)]
        assert [answer.status for answer in answers] == [202, 202, 202, 428]
        assert (await ask(people, people.new_phone(), SOLVED)).status == 202
        assert (await ask(people, people.new_phone(), address="203.0.113.8")).status == 202


async def test_a_captcha_does_not_lift_the_limits(database_url: str, redis: RedisClient) -> None:
    async with (
        counterpart() as (service, url),
        town(database_url, redis, settings(url, codes_per_phone_hour=3)) as people,
    ):
        service.solved = {"a", "b"}
        assert [(await ask(people)).status for _ in range(2)] == [202, 202]
        assert (await ask(people, captcha="a")).status == 202
        refused = await ask(people, captcha="b")
        assert (refused.status, refused.code) == (429, "too_many_codes")
        assert int(refused.headers["Retry-After"]) > 0


async def test_tokens_that_are_made_up_are_tries(database_url: str, redis: RedisClient) -> None:
    few: dict[str, Any] = {"sign_in_tries_per_address_minute": 3}
    async with (
        counterpart() as (service, url),
        town(database_url, redis, settings(url, **few)) as people,
    ):
        for _ in range(2):
            await ask(people)
        codes = [(await ask(people, captcha=f"made up {n}")).code for n in range(4)]
        assert codes == ["captcha_required"] * 3 + ["too_many_tries"]
        assert len(service.asked) == 3


async def test_while_the_service_is_away_people_pass(database_url: str, redis: RedisClient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/siteverify"
        async with town(database_url, redis, settings(url)) as people:
            assert [(await ask(people)).status for _ in range(2)] == [202, 202]
            assert (await ask(people)).code == "captcha_required"
            assert (await ask(people, captcha="whatever")).status == 202


@pytest.mark.parametrize("says", [b"<html>", b"[]", b'{"success": "true"}', b'{"success": false}'])
async def test_only_a_plain_yes_is_one(says: bytes) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=says)

    service = web.Application()
    service.router.add_post("/siteverify", answer)
    async with serving(service) as caller:
        verifier = SiteVerify("hcaptcha", SITE_KEY, SECRET, f"{caller.origin}/siteverify")
        # What is no JSON is no answer: the service is not there.
        assert await verifier.accepts(SOLVED) is (says == b"<html>")


async def test_by_default_there_is_none(database_url: str, redis: RedisClient) -> None:
    assert isinstance(captcha_verifier(Settings()), NoCaptcha)
    async with town(database_url, redis) as people:
        for _ in range(5):
            await people.ask_for_code(PHONE)


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_asked_at_its_own_address(service: Any) -> None:
    chosen = Settings(
        captcha=service, captcha_site_key=SITE_KEY, captcha_secret=SecretStr(SECRET)
    )  # fmt: skip
    assert captcha_verifier(chosen).widget["captcha"] == service
    assert SERVICES[service].verify_url.startswith("https://")
    with pytest.raises(StartupError, match="LIVE_CAPTCHA_SECRET"):
        captcha_verifier(Settings(captcha=service, captcha_site_key=SITE_KEY))


def test_pages_let_in_the_widget_s_scripts_and_no_others() -> None:
    own = content_security_policy()
    assert "script-src 'self';" in own
    assert "https:" not in own
    widened = content_security_policy(SERVICES["turnstile"].origins)
    origin = "https://challenges.cloudflare.com"
    assert f"script-src 'self' {origin};" in widened
    assert f"frame-src 'self' {origin};" in widened
    assert "default-src 'self';" in widened
