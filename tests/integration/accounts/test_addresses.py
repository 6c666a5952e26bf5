"""An address book is its owner's, with exactly one default."""

import asyncio
from typing import Any

import pytest

from live.accounts.addresses import ADDRESSES_MAX
from live.errors import NotFound
from live.values import Role
from tests.support.signing_in import Town

pytestmark = pytest.mark.asyncio

HOME = {
    "name": "李晓雨",
    "phone": "138 1234 1234",
    "province_code": "420000",
    "address": "武汉市洪山区某路1号",
}


async def add(people: Town, token: str, **more: Any) -> dict[str, Any]:
    people.clock.advance(seconds=1)
    answer = await people.caller.post("/api/addresses", HOME | more, token=token)
    assert answer.status == 201, answer.raw
    added: dict[str, Any] = answer.body
    return added


async def kept(people: Town, token: str) -> list[tuple[str, bool]]:
    answer = await people.caller.get("/api/addresses", token=token)
    return [(address["name"], address["is_default"]) for address in answer.body["items"]]


async def test_the_first_is_the_default_and_there_is_always_one(people: Town) -> None:
    token = await people.sign_in()
    first = await add(people, token, name="一")
    assert first["phone"] == "+8613812341234"
    await add(people, token, name="二")
    assert await kept(people, token) == [("一", True), ("二", False)]
    third = await add(people, token, name="三", is_default=True)
    assert await kept(people, token) == [("三", True), ("二", False), ("一", False)]
    path = f"/api/addresses/{third['id']}"
    assert (await people.caller.call("DELETE", path, token=token)).status == 204
    assert await kept(people, token) == [("二", True), ("一", False)]
    path = f"/api/addresses/{first['id']}"
    changed = await people.caller.call(
        "PUT", path, HOME | {"name": "新", "is_default": True}, token=token
    )
    assert changed.status == 200
    assert await kept(people, token) == [("新", True), ("二", False)]


async def test_somebody_elses_is_not_there(people: Town) -> None:
    owner, stranger = await people.sign_in(), await people.sign_in()
    address = await add(people, owner)
    path = f"/api/addresses/{address['id']}"
    for method, body in (("PUT", HOME), ("DELETE", None)):
        answer = await people.caller.call(method, path, body, token=stranger)
        assert (answer.status, answer.code) == (404, "not_found")
    assert await kept(people, stranger) == []
    stranger_id = (await people.account_of(stranger))["id"]
    owner_id = (await people.account_of(owner))["id"]
    with pytest.raises(NotFound):
        await people.accounts.addresses.find(stranger_id, address["id"])
    ship_to = await people.accounts.addresses.find(owner_id, address["id"])
    assert ship_to.address == HOME["address"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"province_code": "999999"}, "province_code"),
        ({"province_code": "440825"}, "province_code"),  # a county
        ({"province_code": "42"}, "province_code"),
        ({"phone": "12345"}, "phone"),
        ({"name": ""}, "name"),
        ({"address": "短"}, "address"),
        ({"address": "长" * 201}, "address"),
        ({"is_default": "yes"}, "is_default"),
        ({"note": "hello"}, "note"),
        ({"name": "a\0b"}, "body"),
    ],
)
async def test_bad_addresses(people: Town, wrong: dict[str, Any], field: str) -> None:
    token = await people.sign_in()
    answer = await people.caller.post("/api/addresses", HOME | wrong, token=token)
    assert (answer.status, answer.code, list(answer.body["fields"])) == (422, "invalid", [field])


async def test_the_book_is_bounded_and_has_one_default_however_fast_it_is_filled(
    people: Town,
) -> None:
    token = await people.sign_in()
    answers = await asyncio.gather(
        *(people.caller.post("/api/addresses", HOME, token=token) for _ in range(25))
    )
    assert [answer.status for answer in answers].count(201) == ADDRESSES_MAX
    assert {answer.code for answer in answers} == {None, "too_many_addresses"}
    assert [is_default for _, is_default in await kept(people, token)].count(True) == 1


async def test_nul_is_nowhere_let_in(people: Town) -> None:
    token = await people.sign_in(Role.OPERATOR)
    answer = await people.caller.call("DELETE", "/api/addresses/a%00b", token=token)
    assert (answer.status, answer.code) == (404, "not_found")
    answer = await people.caller.get("/api/accounts?search=%00", token=token)
    assert (answer.status, answer.code) == (400, "malformed")
