"""What operators do with people takes effect at once, and never locks everybody out."""

import pytest

from live.values import Role
from tests.support.signing_in import Town

pytestmark = pytest.mark.asyncio


async def change_role(people: Town, operator: str, account_id: str, role: str) -> tuple[int, str]:
    path = f"/api/accounts/{account_id}/role"
    answer = await people.caller.call("PATCH", path, {"role": role}, token=operator)
    return answer.status, answer.code or answer.body["role"]


async def test_who_rises_may_do_more_at_once(people: Town) -> None:
    operator, token = await people.sign_in(Role.OPERATOR), await people.sign_in()
    account_id = (await people.account_of(token))["id"]
    assert await change_role(people, operator, account_id, "host") == (200, "host")
    assert (await people.account_of(token))["role"] == "host"


async def test_who_falls_is_signed_out(people: Town) -> None:
    operator, token = await people.sign_in(Role.OPERATOR), await people.sign_in(Role.HOST)
    account_id = (await people.account_of(token))["id"]
    assert await change_role(people, operator, account_id, "viewer") == (200, "viewer")
    assert (await people.caller.get("/api/me", token=token)).code == "unauthenticated"


async def test_a_banned_person_is_out_until_unbanned(people: Town) -> None:
    operator, phone = await people.sign_in(Role.OPERATOR), people.new_phone()
    token = await people.sign_in(phone=phone)
    account_id = (await people.account_of(token))["id"]
    for _ in range(2):
        answer = await people.caller.post(f"/api/accounts/{account_id}/ban", token=operator)
        assert (answer.status, answer.body["is_banned"]) == (200, True)
    assert (await people.caller.get("/api/me", token=token)).status == 401
    answer = await people.try_code(phone, await people.ask_for_code(phone))
    assert (answer.status, answer.code) == (403, "banned")
    answer = await people.caller.post(f"/api/accounts/{account_id}/unban", token=operator)
    assert (answer.status, answer.body["is_banned"]) == (200, False)
    await people.sign_in(phone=phone)


async def test_an_operator_always_remains(people: Town) -> None:
    operator = await people.sign_in(Role.OPERATOR)
    own_id = (await people.account_of(operator))["id"]
    assert await change_role(people, operator, own_id, "viewer") == (409, "own_account")
    answer = await people.caller.post(f"/api/accounts/{own_id}/ban", token=operator)
    assert (answer.status, answer.code) == (409, "own_account")


async def test_unknown_people_and_roles(people: Town) -> None:
    operator = await people.sign_in(Role.OPERATOR)
    assert await change_role(people, operator, "acc_none", "host") == (404, "not_found")
    assert await change_role(people, operator, "acc_none", "king") == (422, "invalid")
    for verb in ("ban", "unban"):
        answer = await people.caller.post(f"/api/accounts/acc_none/{verb}", token=operator)
        assert (answer.status, answer.code) == (404, "not_found")


async def test_people_are_found_by_phone_and_name(people: Town) -> None:
    operator = await people.sign_in(Role.OPERATOR)
    host = await people.sign_in(Role.HOST, phone="+8613877776666")
    await people.caller.call("PATCH", "/api/me", {"name": "王_县长"}, token=host)
    for _ in range(4):
        people.clock.advance(seconds=1)
        await people.sign_in()

    async def found(query: str) -> list[str]:
        answer = await people.caller.get(f"/api/accounts?{query}", token=operator)
        assert answer.status == 200, answer.raw
        return [account["name"] for account in answer.body["items"]]

    assert await found("search=7777 6666") == ["王_县长"]
    assert await found("search=县长") == ["王_县长"]
    assert await found("search=_") == ["王_县长"]  # a letter, not a wildcard
    assert await found("role=host") == ["王_县长"]
    assert len(await found("")) == 6
    assert await found("search=nobody") == []
    for query in ("role=king", "limit=0", "cursor=x"):
        answer = await people.caller.get(f"/api/accounts?{query}", token=operator)
        assert (answer.status, answer.code) == (422, "invalid")


async def test_pages_show_everybody_once(people: Town) -> None:
    operator = await people.sign_in(Role.OPERATOR)
    for _ in range(6):
        await people.sign_in()
    seen: list[str] = []
    cursor = ""
    while True:
        answer = await people.caller.get(f"/api/accounts?limit=3{cursor}", token=operator)
        seen += [account["id"] for account in answer.body["items"]]
        if answer.body["next"] is None:
            break
        cursor = f"&cursor={answer.body['next']}"
    assert len(seen) == len(set(seen)) == 7
