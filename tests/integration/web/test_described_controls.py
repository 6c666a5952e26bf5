"""The control of test_described.py: a server that does not do as it says is found out."""

import msgspec
import pytest
import schemathesis
from aiohttp import web
from schemathesis.core.failures import Failure, FailureGroup, ServerError
from schemathesis.openapi.checks import (
    JsonSchemaError,
    MissingHeaders,
    UndefinedContentType,
    UndefinedStatusCode,
)

from live.config import Settings
from live.errors import Conflict
from live.web.application import build_application
from live.web.openapi import describe
from live.web.routes import Access, Call, Handler, Reply, Route
from tests.support.background import in_background
from tests.support.described import CHECKS
from tests.support.people import KnownPeople
from tests.support.serving import serving


class Thing(msgspec.Struct):
    id: str


def thing(handler: Handler) -> Route:
    """A call that gives a thing and a cookie, or says that it is sold out."""
    return Route(
        method="GET", path="/api/thing", access=Access.ANYONE, handler=handler, summary="It",
        answers={200: Thing}, problems=Conflict.coded("sold_out"), reply_headers=("Set-Cookie",),
    )  # fmt: skip


def ask(handler: Handler) -> None:
    """Raises: FailureGroup with what is not as described."""
    route = thing(handler)
    operation = schemathesis.openapi.from_dict(describe([route]))["/api/thing"]["GET"]
    app = build_application((), authenticator=KnownPeople(), settings=Settings(), routes=[route])
    with in_background(serving(app)) as server:
        operation.Case().call_and_validate(server.value.origin, checks=CHECKS)


COOKIE = {"Set-Cookie": "a=b"}


async def _as_described(_call: Call) -> Reply:
    return Reply(Thing("1"), headers=COOKIE)


async def _refuses_as_described(_call: Call) -> Reply:
    raise Conflict("sold_out")


async def _breaks(_call: Call) -> Reply:
    raise RuntimeError("as a mistake would")


async def _answers_with_another_status(_call: Call) -> Reply:
    return Reply(Thing("1"), 201, COOKIE)


async def _refuses_in_other_words(_call: Call) -> Reply:
    raise Conflict("out_of_stock")


async def _answers_another_thing(_call: Call) -> Reply:
    return Reply({"name": "no id"}, headers=COOKIE)


async def _answers_in_another_form(_call: Call) -> web.Response:
    return web.Response(text="a thing", headers=COOKIE)


async def _forgets_the_cookie(_call: Call) -> Reply:
    return Reply(Thing("1"))


@pytest.mark.parametrize("handler", [_as_described, _refuses_as_described])
def test_what_is_as_described_passes(handler: Handler) -> None:
    ask(handler)


@pytest.mark.parametrize(
    ("handler", "found"),
    [
        (_breaks, ServerError),
        (_answers_with_another_status, UndefinedStatusCode),
        (_refuses_in_other_words, JsonSchemaError),
        (_answers_another_thing, JsonSchemaError),
        (_answers_in_another_form, UndefinedContentType),
        (_forgets_the_cookie, MissingHeaders),
    ],
)
def test_what_is_not_is_found(handler: Handler, found: type[Failure]) -> None:
    with pytest.raises(FailureGroup) as failed:
        ask(handler)
    assert any(isinstance(failure, found) for failure in failed.value.exceptions)
