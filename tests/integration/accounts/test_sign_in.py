"""Signing in by phone and code: who knows the code gets in, once, in time, and nobody else."""

import asyncio
from http.cookies import SimpleCookie

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from live.config import Settings
from live.storage.redis import connect_redis
from live.values import Role
from tests.support.signing_in import Town, town

pytestmark = pytest.mark.asyncio

PHONE = "+8613812341234"


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_first_sign_in_makes_a_viewer_with_a_friendly_name(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    answer = await people.try_code("138 1234 1234", code)
    assert answer.status == 201
    account = answer.body["account"]
    assert account["role"] == "viewer"
    assert account["name"].startswith("果友")
    assert await people.account_of(answer.body["token"]) == account


async def test_the_next_sign_in_finds_the_same_account(people: Town) -> None:
    first = await people.account_of(await people.sign_in(phone=PHONE))
    assert await people.account_of(await people.sign_in(phone=PHONE)) == first


async def test_the_same_call_sets_a_cookie_that_scripts_cannot_read(people: Town) -> None:
    answer = await people.try_code(PHONE, await people.ask_for_code(PHONE))
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["live_session"]
    assert cookie.value == answer.body["token"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]  # plain http here
    me = await people.caller.get("/api/me", cookie=cookie.value)
    assert me.body == answer.body["account"]


async def test_over_https_the_cookie_is_secure(database_url: str, redis: Redis) -> None:
    settings = Settings(trusted_proxies="127.0.0.1")
    async with town(database_url, redis, settings) as people:
        code = await people.ask_for_code(PHONE)
        answer = await people.caller.post(
            "/api/auth/sessions", {"phone": PHONE, "code": code},
            headers={"X-Forwarded-Proto": "https"},
        )  # fmt: skip
        assert SimpleCookie(answer.headers["Set-Cookie"])["live_session"]["secure"]


async def test_a_code_is_good_once(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    assert (await people.try_code(PHONE, code)).status == 201
    again = await people.try_code(PHONE, code)
    assert (again.status, again.code) == (422, "code_void")


async def test_of_many_tries_of_one_code_at_once_one_succeeds(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    answers = await asyncio.gather(*(people.try_code(PHONE, code) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 422, 422, 422, 422]


async def test_five_wrong_tries_void_a_code(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    for _ in range(5):
        answer = await people.try_code(PHONE, other(code))
        assert (answer.status, answer.code) == (422, "wrong_code")
    answer = await people.try_code(PHONE, code)
    assert (answer.status, answer.code) == (422, "code_void")


async def test_wrong_tries_at_once_all_count(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    answers = await asyncio.gather(*(people.try_code(PHONE, other(code)) for _ in range(12)))
    assert [answer.code for answer in answers].count("wrong_code") == 5
    assert (await people.try_code(PHONE, code)).code == "code_void"


async def test_a_code_expires(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    people.clock.advance(seconds=300)
    assert (await people.try_code(PHONE, code)).code == "code_void"


async def test_a_new_code_voids_the_one_before(people: Town) -> None:
    first = await people.ask_for_code(PHONE)
    second = await people.ask_for_code(PHONE)
    if first != second:
        assert (await people.try_code(PHONE, first)).code == "wrong_code"
    assert (await people.try_code(PHONE, second)).status == 201


async def test_a_code_is_good_for_its_own_phone_only(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    assert (await people.try_code("+8613900000000", code)).code == "code_void"


async def test_the_table_does_not_tell_the_code(people: Town) -> None:
    code = await people.ask_for_code(PHONE)
    async with people.database.reading() as session:
        row = (await session.execute(text("SELECT * FROM sign_in_codes"))).one()
    assert code not in str(row.digest)
    assert len(row.digest) == 64


async def test_codes_for_one_phone_are_limited(people: Town) -> None:
    for _ in range(5):
        await people.ask_for_code(PHONE)
    answer = await people.caller.post("/api/auth/codes", {"phone": PHONE})
    assert (answer.status, answer.code) == (429, "too_many_codes")
    assert 0 < int(answer.headers["Retry-After"]) <= 720
    await people.ask_for_code("+8613900000000")


async def test_codes_for_one_address_are_limited(database_url: str, redis: Redis) -> None:
    settings = Settings(codes_per_address_hour=3, trusted_proxies="127.0.0.1")
    async with town(database_url, redis, settings) as people:

        async def ask(address: str) -> int:
            answer = await people.caller.post(
                "/api/auth/codes", {"phone": people.new_phone()},
                headers={"X-Forwarded-For": address},
            )  # fmt: skip
            return answer.status

        assert [await ask("203.0.113.7") for _ in range(4)] == [202, 202, 202, 429]
        assert await ask("203.0.113.8") == 202
        # Whoever has IPv6 has a whole /64 to ask from.
        assert [await ask(f"2001:db8::{n}") for n in range(4)] == [202, 202, 202, 429]
        assert await ask("2001:db8:0:1::1") == 202


async def test_tries_from_one_address_are_limited(database_url: str, redis: Redis) -> None:
    settings = Settings(sign_in_tries_per_address_minute=3)
    async with town(database_url, redis, settings) as people:
        codes = [(await people.try_code(PHONE, "000000")).code for _ in range(4)]
        assert codes == ["code_void"] * 3 + ["too_many_tries"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "phone"),
        ({"phone": 13812341234}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"phone": "not a phone"}, "phone"),
        ({"phone": PHONE, "region": "CN"}, "region"),
    ],
)
async def test_bad_requests_for_a_code(people: Town, body: dict[str, object], field: str) -> None:
    answer = await people.caller.post("/api/auth/codes", body)
    assert (answer.status, answer.code, list(answer.body["fields"])) == (422, "invalid", [field])
    assert people.sms.codes == {}


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n"])
async def test_what_cannot_be_a_code_costs_no_try(people: Town, code: str) -> None:
    right = await people.ask_for_code(PHONE)
    for _ in range(6):
        answer = await people.try_code(PHONE, code)
        assert (answer.status, answer.code) == (422, "invalid")
    assert (await people.try_code(PHONE, right)).status == 201


async def test_without_redis_people_still_sign_in(database_url: str, tmp_path: object) -> None:
    away = connect_redis(f"unix://{tmp_path}/none", timeout_ms=100, connections_max=1)
    async with town(database_url, away) as people:
        token = await people.sign_in(Role.HOST)
        assert (await people.account_of(token))["role"] == "host"
        ticket = await people.caller.post("/api/auth/tickets", token=token)
        assert (ticket.status, ticket.code) == (503, "unavailable")
    await away.aclose()
