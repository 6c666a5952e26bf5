"""Counties are there from the start; hosts add producers, products and lots."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from live.catalog.counties import bundled_counties, seed_counties
from live.values import Role
from tests.support.signing_in import Town, town

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def people(database_url: str, redis: Redis) -> AsyncIterator[Town]:
    async with town(database_url, redis) as running:
        yield running


async def test_seeding_again_changes_nothing(people: Town) -> None:
    async with people.database.transaction() as session:
        await seed_counties(session)
    answer = await people.caller.get("/api/counties")
    assert len(answer.body["items"]) == len(bundled_counties())
    assert answer.body["next"] is None


async def test_counties_and_provinces(people: Town) -> None:
    answer = await people.caller.get("/api/counties?province_code=440000")
    assert {
        "code": "440825", "name": "徐闻县", "name_en": "Xuwen",
        "province_code": "440000", "province_name": "广东省",
    } in answer.body["items"]  # fmt: skip
    assert {county["province_code"] for county in answer.body["items"]} == {"440000"}
    provinces = (await people.caller.get("/api/provinces")).body["items"]
    assert {"code": "440000", "name": "广东省"} in provinces


async def test_from_a_producer_to_a_lot(people: Town) -> None:
    host = await people.sign_in(Role.HOST)

    async def add(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await people.caller.post(path, body, token=host)
        assert answer.status == 201, answer.raw
        assert answer.body in (await people.caller.get(path)).body["items"]
        added: dict[str, Any] = answer.body
        return added

    county = {"county_code": "440825"}
    producer = await add("/api/producers", county | {"name": "曲界镇合作社", "kind": "cooperative"})
    product = await add("/api/products", county | {"name": "徐闻菠萝", "name_en": "Pineapple"})
    lot = await add("/api/lots", {
        "producer_id": producer["id"], "product_id": product["id"],
        "harvested_on": "2020-02-18", "grams": 150_000_000,
    })  # fmt: skip
    assert lot["harvested_on"] == "2020-02-18"
    found = await people.caller.get(f"/api/lots?product_id={product['id']}")
    assert found.body["items"] == [lot]
    assert (await people.caller.get("/api/lots?product_id=prd_none")).body["items"] == []
    assert (await people.caller.get("/api/products?county_code=110000")).body["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("producers", {"county_code": "999999", "name": "x"}, ["county_code"]),
        ("producers", {"county_code": "440825", "name": "x", "kind": "king"}, ["kind"]),
        ("products", {"county_code": "440825"}, ["name"]),
        ("lots", {"producer_id": "a", "product_id": "b", "harvested_on": "2020-02-18",
                  "grams": 1}, ["producer_id", "product_id"]),
        ("lots", {"producer_id": "a", "product_id": "b", "harvested_on": "2020-02-30",
                  "grams": 1}, ["harvested_on"]),
        ("lots", {"producer_id": "a", "product_id": "b", "harvested_on": "2020-02-18",
                  "grams": 0}, ["grams"]),
    ],
)  # fmt: skip
async def test_bad_input(people: Town, path: str, body: dict[str, Any], fields: list[str]) -> None:
    host = await people.sign_in(Role.HOST)
    answer = await people.caller.post(f"/api/{path}", body, token=host)
    assert (answer.status, answer.code, list(answer.body["fields"])) == (422, "invalid", fields)
