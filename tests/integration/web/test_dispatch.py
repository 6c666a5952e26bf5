"""Requests good and bad against a real server: every refusal is a problem with a stable code."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from live.config import Settings
from live.errors import Conflict, NotFound
from live.feature import Feature
from live.values import Role
from live.web.application import build_application
from live.web.routes import Access, Call, Reply, Route
from tests.support.access import walk
from tests.support.people import KnownPeople
from tests.support.serving import Caller, serving

pytestmark = pytest.mark.asyncio

BODY_BYTES_MAX = 2_048


class ShipTo(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class OrderCreate(msgspec.Struct, forbid_unknown_fields=True):
    units: int
    ship_to: ShipTo


async def echo(call: Call) -> Reply:
    return Reply({"units": call.body.units, "offer": call.path["offer_id"]}, 201, {"X-Extra": "1"})


async def who(call: Call) -> Reply:
    return Reply({"name": call.identity.name if call.identity else None})


async def sold_out(_call: Call) -> Reply:
    raise Conflict("sold_out", "Nothing is left.")


async def missing(_call: Call) -> Reply:
    raise NotFound


async def broken(_call: Call) -> Reply:
    raise RuntimeError("secret detail 4711")


async def without_sql(_call: Call) -> Reply:
    raise OperationalError("SELECT 1", {}, Exception("secret detail 4711"))


async def empty(_call: Call) -> Reply:
    return Reply(status=204)


async def streamed(call: Call) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/csv"})
    await response.prepare(call.http)
    await response.write(b"a,b\n")
    return response


async def broken_midway(call: Call) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/csv"})
    await response.prepare(call.http)
    await response.write(b"a,b\n" * 1_000)
    raise Conflict("too_late", "secret detail 4711")


async def talk_and_break(call: Call) -> web.StreamResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(call.http)
    await socket.send_str("hello")
    raise RuntimeError("secret detail 4711")


def route(
    method: str, path: str, handler: object, access: Access = Access.ANYONE, body: object = None
) -> Route:
    return Route(
        method=method, path=path, access=access, handler=handler, summary="…", body=body  # type: ignore[arg-type]
    )  # fmt: skip


ROUTES = [
    route("POST", "/api/offers/{offer_id}/orders", echo, Access.SIGNED_IN, OrderCreate),
    route("POST", "/api/open", who),
    route("GET", "/api/who", who),
    route("GET", "/api/sold_out", sold_out),
    route("GET", "/api/missing", missing),
    route("GET", "/api/broken", broken),
    route("GET", "/api/without_sql", without_sql),
    route("DELETE", "/api/things/{thing_id}", empty, Access.HOST),
    route("PATCH", "/api/roles", who, Access.OPERATOR),
    route("POST", "/api/notify", who, Access.SIGNED_MESSAGE),
    route("GET", "/api/orders.csv", streamed),
    route("GET", "/api/midway.csv", broken_midway),
    route("GET", "/api/talk", talk_and_break),
]
UNFIT_FOR_A_WALK = (broken, without_sql, broken_midway, talk_and_break)
GOOD = {"units": 1, "ship_to": {"name": "李"}}
ORDERS = "/api/offers/off_1/orders"
VIEWER = "viewer-bo"


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Caller]:
    application = build_application(
        [Feature(name="test", routes=ROUTES)],
        authenticator=KnownPeople(),
        settings=Settings(body_bytes_max=BODY_BYTES_MAX),
        static=tmp_path,
        noop=True,
    )
    async with serving(application) as caller:
        yield caller


async def test_a_good_call_is_answered(server: Caller) -> None:
    answer = await server.post(ORDERS, GOOD, token=VIEWER)
    assert (answer.status, answer.body) == (201, {"units": 1, "offer": "off_1"})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Extra"] == "1"


@pytest.mark.parametrize(
    ("raw", "status", "code", "field"),
    [
        (b"", 400, "malformed", None),
        (b"{", 400, "malformed", None),
        (b"units=1", 400, "malformed", None),
        (b'{"units": 1} {}', 400, "malformed", None),
        (b'{"units": NaN}', 400, "malformed", None),
        (b"\xff\xfe\x00", 400, "malformed", None),
        (b'{"units": 1, "ship_to": {"name": "\xff"}}', 400, "malformed", None),
        (b"[" * 2_000, 400, "malformed", None),
        (b"[]", 422, "invalid", "body"),
        (b"null", 422, "invalid", "body"),
        (b'{"ship_to": {"name": "a"}}', 422, "invalid", "units"),
        (b'{"units": "1", "ship_to": {"name": "a"}}', 422, "invalid", "units"),
        (b'{"units": 1.5, "ship_to": {"name": "a"}}', 422, "invalid", "units"),
        (b'{"units": true, "ship_to": {"name": "a"}}', 422, "invalid", "units"),
        (b'{"units": 1, "ship_to": {"name": null}}', 422, "invalid", "ship_to.name"),
        (b'{"units": 1, "ship_to": {"name": "a", "x": 1}}', 422, "invalid", "ship_to.x"),
        (b'{"units": 1, "ship_to": {"name": "a"}, "price": 0}', 422, "invalid", "price"),
        (b" " * (BODY_BYTES_MAX + 1), 413, "too_large", None),
    ],
)
async def test_bad_bodies(
    server: Caller, raw: bytes, status: int, code: str, field: str | None
) -> None:
    answer = await server.post(ORDERS, raw=raw, token=VIEWER)
    assert (answer.status, answer.code) == (status, code), answer.raw
    assert list(answer.body.get("fields", {})) == ([field] if field else [])


async def test_a_body_that_hides_its_size_is_refused_too(server: Caller) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1_000

    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {VIEWER}"}
        async with session.post(server.origin + ORDERS, data=chunks(), headers=headers) as reply:
            assert reply.status == 413
            assert (await reply.json(content_type=None))["code"] == "too_large"


async def test_nobody_learns_of_bodies_they_may_not_send(server: Caller) -> None:
    answer = await server.post(ORDERS, raw=b"{")
    assert (answer.status, answer.code) == (401, "unauthenticated")


async def test_paths_and_methods_that_are_not_there(server: Caller) -> None:
    answer = await server.get("/api/nothing")
    assert (answer.status, answer.code) == (404, "not_found")
    answer = await server.get(ORDERS)
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
    answer = await server.post("/elsewhere")
    assert (answer.status, answer.code) == (404, "not_found")
    assert (await server.call("HEAD", "/api/who")).status == 200


async def test_refusals_of_use_cases(server: Caller) -> None:
    answer = await server.get("/api/sold_out")
    assert (answer.status, answer.code) == (409, "sold_out")
    assert answer.body["detail"] == "Nothing is left."
    assert (await server.get("/api/missing")).code == "not_found"


async def test_the_unforeseen_is_logged_and_not_told(server: Caller) -> None:
    with capture_logs() as logs:
        answer = await server.get("/api/broken")
    assert (answer.status, answer.code) == (500, "internal")
    assert b"4711" not in answer.raw
    [entry] = [entry for entry in logs if entry["log_level"] == "error"]
    assert entry["reference"] == answer.body["reference"]
    assert "4711" in str(entry["exc_info"])
    assert (await server.get("/api/who")).status == 200


async def test_without_sql_it_is_a_matter_of_time(server: Caller) -> None:
    answer = await server.get("/api/without_sql")
    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert b"4711" not in answer.raw


async def test_bad_tokens(server: Caller) -> None:
    for path in (ORDERS, "/api/open"):
        answer = await server.post(path, GOOD, token="nonsense")
        assert (answer.status, answer.code) == (401, "unauthenticated")
    # A browser cannot help its cookie: it may look on as nobody, and do nothing as somebody.
    answer = await server.get("/api/who", cookie="nonsense")
    assert (answer.status, answer.body) == (200, {"name": None})
    assert (await server.post(ORDERS, GOOD, cookie="nonsense")).status == 401


async def test_other_sites_cannot_write_with_a_visitors_cookie(server: Caller) -> None:
    evil = {"Origin": "https://evil.example"}
    answer = await server.post(ORDERS, GOOD, cookie=VIEWER, headers=evil)
    assert (answer.status, answer.code) == (403, "foreign_origin")
    answer = await server.post("/api/open", headers=evil)
    assert (answer.status, answer.code) == (403, "foreign_origin")
    own = {"Origin": server.origin}
    assert (await server.post(ORDERS, GOOD, cookie=VIEWER, headers=own)).status == 201
    # What carries its own token, or a signature, came from no page's ambient authority.
    assert (await server.post(ORDERS, GOOD, token=VIEWER, headers=evil)).status == 201
    assert (await server.post("/api/notify", headers=evil)).status == 200
    assert (await server.get("/api/who", cookie=VIEWER, headers=evil)).status == 200


async def test_a_signed_message_may_bring_its_own_authorization(server: Caller) -> None:
    answer = await server.post("/api/notify", headers={"Authorization": "WECHATPAY2 sig"})
    assert (answer.status, answer.body) == (200, {"name": None})


async def test_answers_without_a_body_and_answers_in_pieces(server: Caller) -> None:
    answer = await server.call("DELETE", "/api/things/1", token="host-anna")
    assert (answer.status, answer.raw) == (204, b"")
    answer = await server.get("/api/orders.csv")
    assert (answer.status, answer.raw) == (200, b"a,b\n")


async def test_no_second_answer_follows_one_that_has_begun(server: Caller) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await server.get("/api/midway.csv")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(server.origin + "/api/talk") as socket,
    ):
        assert (await socket.receive()).data == "hello"
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE)


async def test_compressed_bodies_are_measured_unpacked(server: Caller) -> None:
    packed = {"Content-Encoding": "gzip"}
    good = gzip.compress(msgspec.json.encode(GOOD))
    assert (await server.post(ORDERS, raw=good, token=VIEWER, headers=packed)).status == 201
    bomb = gzip.compress(b" " * 10_000_000)[: BODY_BYTES_MAX - 1]
    answer = await server.post(ORDERS, raw=bomb, token=VIEWER, headers=packed)
    assert answer.code in ("too_large", "malformed")
    small_bomb = gzip.compress(b" " * 100_000)
    assert len(small_bomb) < BODY_BYTES_MAX
    answer = await server.post(ORDERS, raw=small_bomb, token=VIEWER, headers=packed)
    assert (answer.status, answer.code) == (413, "too_large")
    answer = await server.post(ORDERS, raw=b"not gzip", token=VIEWER, headers=packed)
    assert (answer.status, answer.code) == (400, "malformed")


async def test_a_client_may_ask_before_it_sends_and_expect_nothing_else(server: Caller) -> None:
    asked = {"Expect": "100-continue"}
    assert (await server.post(ORDERS, GOOD, token=VIEWER, headers=asked)).status == 201
    refused = await server.post(ORDERS, GOOD, token=VIEWER, headers={"Expect": "more"})
    assert (refused.status, refused.code) == (417, "expectation_failed")


async def test_noop_is_there_only_when_asked_for(server: Caller) -> None:
    assert (await server.post("/api/noop")).status == 401
    assert (await server.post("/api/noop", GOOD, token=VIEWER)).body == {}
    application = build_application([], authenticator=KnownPeople(), settings=Settings())
    async with serving(application) as other:
        assert (await other.post("/api/noop", token=VIEWER)).status == 404


async def test_every_route_lets_in_whom_it_says(server: Caller) -> None:
    async def token_of(role: Role) -> str:
        return f"{role}-somebody"

    routes = [route for route in ROUTES if route.handler not in UNFIT_FOR_A_WALK]
    routes = [route for route in routes if route.access is not Access.SIGNED_MESSAGE]
    assert await walk(routes, server, token_of) == []


async def test_the_walk_notices_a_wrong_access(server: Caller) -> None:
    async def token_of(role: Role) -> str:
        return f"{role}-somebody"

    wrong = [
        route("DELETE", "/api/things/{thing_id}", empty, Access.OPERATOR),
        route("GET", "/api/broken", broken),
        route("POST", "/api/notify", who, Access.SIGNED_MESSAGE),
    ]
    complaints = await walk(wrong, server, token_of)
    assert len(complaints) == 1 + 4 + 4  # the host gets in; broken for all; unsigned for all


async def test_two_routes_for_one_call_are_a_mistake() -> None:
    twice = Feature(name="test", routes=[ROUTES[1], ROUTES[1]])
    with pytest.raises(ValueError, match="two routes"):
        build_application([twice], authenticator=KnownPeople(), settings=Settings())


async def test_metrics_are_for_this_machine(server: Caller) -> None:
    await server.get("/api/sold_out")
    answer = await server.get("/metrics")
    assert answer.status == 200
    counted = 'live_http_requests_total{method="GET",route="/api/sold_out",status="409"} 1.0'
    assert counted in answer.raw.decode()
    answer = await server.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert (answer.status, answer.code) == (403, "forbidden")
    public = Settings(metrics_public=True)
    application = build_application([], authenticator=KnownPeople(), settings=public)
    async with serving(application) as open_to_all:
        forwarded = {"X-Forwarded-For": "203.0.113.7"}
        assert (await open_to_all.get("/metrics", headers=forwarded)).status == 200


async def test_the_description_is_served(server: Caller) -> None:
    answer = await server.get("/openapi.json")
    assert answer.status == 200
    assert "/api/offers/{offer_id}/orders" in answer.body["paths"]


async def test_many_at_once_do_not_mix(server: Caller) -> None:
    answers = await asyncio.gather(
        *(server.post(f"/api/offers/{n}/orders", GOOD | {"units": n}, token=VIEWER)
          for n in range(1, 201))
    )  # fmt: skip
    assert [(a.body["units"], a.body["offer"]) for a in answers] == [
        (n, str(n)) for n in range(1, 201)
    ]
