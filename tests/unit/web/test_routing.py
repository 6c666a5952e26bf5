"""The table finds the route of a path, and nothing else."""

from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from live.web.routing import RouteTable

pytestmark = pytest.mark.asyncio


async def _elsewhere(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="elsewhere")


def _handler(name: str) -> Any:
    async def handle(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=name)

    return handle


def _table(*routes: str) -> RouteTable:
    table = RouteTable(_elsewhere)
    for route in routes:
        method, path = route.split(" ")
        table.add(method, path, _handler(route))
    return table


async def _found(table: RouteTable, method: str, path: str) -> tuple[str, dict[str, str]]:
    match, _ = await table.resolve(make_mocked_request(method, path))
    assert match is not None
    response = await match.handler(make_mocked_request(method, path))
    assert isinstance(response, web.Response)
    assert response.text is not None
    return response.text, dict(match)


async def test_a_parameter_is_one_segment() -> None:
    table = _table("POST /api/offers/{offer_id}/orders", "GET /api/orders/{order_id}")
    assert await _found(table, "POST", "/api/offers/off_1/orders") == (
        "POST /api/offers/{offer_id}/orders",
        {"offer_id": "off_1"},
    )
    assert await _found(table, "GET", "/api/orders/a/b") == ("elsewhere", {})
    assert await _found(table, "GET", "/api/orders/") == ("elsewhere", {})
    assert await _found(table, "GET", "/api/orders") == ("elsewhere", {})


async def test_a_word_comes_before_a_parameter_and_gives_way_where_it_leads_nowhere() -> None:
    table = _table("GET /a/{id}/role", "GET /a/me", "GET /a/{id}")
    assert await _found(table, "GET", "/a/me") == ("GET /a/me", {})
    assert await _found(table, "GET", "/a/me/role") == ("GET /a/{id}/role", {"id": "me"})
    assert await _found(table, "GET", "/a/you") == ("GET /a/{id}", {"id": "you"})


async def test_another_method_is_elsewhere_and_the_right_ones_are_known() -> None:
    table = _table("GET /a/{id}", "PUT /a/{id}")
    assert await _found(table, "POST", "/a/1") == ("elsewhere", {})
    assert table.methods("/a/1") == ["GET", "PUT"]
    assert table.methods("/b") == []


async def test_the_root_is_a_path() -> None:
    assert await _found(_table("GET /"), "GET", "/") == ("GET /", {})


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1))
async def test_a_value_arrives_as_it_was_sent(value: str) -> None:
    if value in (".", ".."):  # clients resolve these
        return
    table = _table("GET /a/{id}/b")
    path = f"/a/{quote(value, safe='')}/b"
    assert await _found(table, "GET", path) == ("GET /a/{id}/b", {"id": value})


async def test_mistakes_are_found_when_routes_are_added() -> None:
    table = _table("GET /a/{id}")
    for path in ("/b/x{id}", "/b/{id:.*}", "/b/{}"):
        with pytest.raises(ValueError, match="one whole segment"):
            table.add("GET", path, _elsewhere)
    with pytest.raises(ValueError, match="two routes"):
        table.add("GET", "/a/{id}", _elsewhere)
    with pytest.raises(ValueError, match="differently"):
        table.add("PUT", "/a/{other}", _elsewhere)
