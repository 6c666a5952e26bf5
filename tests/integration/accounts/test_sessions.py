"""A sign-in lasts until it is ended, expires, or its owner is banned; then at once or soon."""

import pytest
from redis.asyncio import Redis

from live.accounts.tokens import Claims
from live.values import AccountId, Role
from tests.support.signing_in import Town, town

pytestmark = pytest.mark.asyncio

DAY_SECONDS = 86_400


async def status_of(people: Town, token: str) -> tuple[int, str | None]:
    answer = await people.caller.get("/api/me", token=token)
    return answer.status, answer.code


REFUSED = (401, "unauthenticated")


async def test_signing_out_ends_the_token_at_once(people: Town) -> None:
    phone = people.new_phone()
    token, another = await people.sign_in(phone=phone), await people.sign_in(phone=phone)
    assert (await status_of(people, token))[0] == 200
    answer = await people.caller.call("DELETE", "/api/auth/sessions", token=token)
    assert (answer.status, answer.raw) == (204, b"")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert await status_of(people, token) == REFUSED
    assert (await status_of(people, another))[0] == 200


async def test_signing_out_everywhere_ends_all(people: Town) -> None:
    phone = people.new_phone()
    tokens = [await people.sign_in(phone=phone) for _ in range(3)]
    stranger = await people.sign_in()
    path = "/api/auth/sessions?everywhere=true"
    assert (await people.caller.call("DELETE", path, token=tokens[0])).status == 204
    assert [await status_of(people, token) for token in tokens] == [REFUSED] * 3
    assert (await status_of(people, stranger))[0] == 200


async def test_signing_out_is_not_done_by_halves(people: Town) -> None:
    token = await people.sign_in()
    answer = await people.caller.call("DELETE", "/api/auth/sessions?everywhere=yes", token=token)
    assert (answer.status, list(answer.body["fields"])) == (422, ["everywhere"])
    assert (await status_of(people, token))[0] == 200


async def test_a_token_expires(people: Town) -> None:
    token = await people.sign_in()
    people.clock.advance(seconds=30 * DAY_SECONDS - 1)
    assert (await status_of(people, token))[0] == 200
    people.clock.advance(seconds=1)
    assert await status_of(people, token) == REFUSED


async def test_a_token_that_was_tampered_with_is_refused(people: Town) -> None:
    token = await people.sign_in()
    header, payload, signature = token.split(".")
    forged = people.accounts.tokens.sign(
        Claims("ses_x", AccountId("acc_x"), Role.OPERATOR, 4_000_000_000)
    ).split(".")
    for bad in (
        f"{header}.{forged[1]}.{signature}",
        f"{header}.{payload}.{forged[2]}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        token + "x",
        "x" * 5_000,
        "",
    ):
        assert await status_of(people, bad) == REFUSED, bad
    answer = await people.caller.get("/api/me", headers={"Authorization": "Basic eDp5"})
    assert answer.code == "unauthenticated"
    answer = await people.caller.get("/api/me", headers={"Authorization": f"bearer {token}"})
    assert answer.status == 200


async def test_a_signed_token_of_no_session_is_refused(people: Town) -> None:
    claims = Claims("ses_none", AccountId("acc_none"), Role.OPERATOR, 4_000_000_000)
    assert await status_of(people, people.accounts.tokens.sign(claims)) == REFUSED


async def test_another_process_notices_within_the_recheck_time(
    database_url: str, redis: Redis
) -> None:
    async with town(database_url, redis) as here, town(database_url, redis) as there:
        ended: list[str] = []
        there.accounts.authenticator.on_ended(ended.append)
        token = await here.sign_in()
        assert (await status_of(there, token))[0] == 200
        await here.caller.call("DELETE", "/api/auth/sessions", token=token)
        there.clock.advance(seconds=5)
        assert await status_of(there, token) == REFUSED
        await there.accounts.authenticator.look()
        session_id = there.accounts.tokens.read(token, here.clock.now_ms()).sid
        assert session_id in ended


async def test_whoever_listens_hears_of_sign_out_expiry_and_ban(people: Town) -> None:
    ended: list[str] = []
    authenticator = people.accounts.authenticator
    authenticator.on_ended(_fail)
    authenticator.on_ended(ended.append)
    operator = await people.sign_in(Role.OPERATOR)
    leaver, banned, sleeper = [await people.sign_in() for _ in range(3)]
    sid = {
        token: people.accounts.tokens.read(token, people.clock.now_ms()).sid
        for token in (leaver, banned, sleeper)
    }
    await people.caller.call("DELETE", "/api/auth/sessions", token=leaver)
    assert ended == [sid[leaver]]
    banned_id = (await people.account_of(banned))["id"]
    await people.caller.post(f"/api/accounts/{banned_id}/ban", token=operator)
    assert ended == [sid[leaver], sid[banned]]
    people.clock.advance(seconds=30 * DAY_SECONDS)
    await authenticator.look()
    assert sid[sleeper] in ended


def _fail(_session_id: str) -> None:
    raise RuntimeError("a listener that does not work")


async def test_a_ticket_opens_once_and_names_its_owner(people: Town) -> None:
    token = await people.sign_in(Role.HOST)
    answer = await people.caller.post("/api/auth/tickets", token=token)
    assert answer.status == 201
    assert answer.body["expires_seconds"] == 60
    ticket = answer.body["ticket"]
    identity = await people.accounts.authenticator.redeem_ticket(ticket)
    assert identity is not None
    assert identity.id == (await people.account_of(token))["id"]
    assert identity.role is Role.HOST
    assert await people.accounts.authenticator.redeem_ticket(ticket) is None


async def test_bad_tickets(people: Town, redis: Redis) -> None:
    redeem = people.accounts.authenticator.redeem_ticket
    for ticket in ("", "nonsense", "x" * 10_000, "\x00", "票"):
        assert await redeem(ticket) is None
    token = await people.sign_in()
    ticket = (await people.caller.post("/api/auth/tickets", token=token)).body["ticket"]
    [key] = await redis.keys("live:ticket:*")
    assert ticket.encode() not in key
    assert 0 < await redis.ttl(key) <= 60
    await people.caller.call("DELETE", "/api/auth/sessions", token=token)
    assert await redeem(ticket) is None


async def test_a_name_is_the_owners_to_change(people: Town) -> None:
    token = await people.sign_in()
    answer = await people.caller.call("PATCH", "/api/me", {"name": "  李  晓雨 "}, token=token)
    assert (answer.status, answer.body["name"]) == (200, "李 晓雨")
    assert (await people.account_of(token))["name"] == "李 晓雨"
    for name in ("", "   ", "\u200b", "x" * 41, 7, None):
        answer = await people.caller.call("PATCH", "/api/me", {"name": name}, token=token)
        assert (answer.status, answer.code, list(answer.body["fields"])) == (
            422, "invalid", ["name"],
        )  # fmt: skip
