"""The server answers as /openapi.json says, whatever schemathesis can think of asking.

Every call is asked by nobody and by each role, on both databases, of a fair where ids name
something: the cases that the description implies (bounds, what is missing, what is too much, other
methods) and some at random, the same ones in every run.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy

import msgspec
import pytest
import requests
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi.checks import MissingHeaders, UndefinedContentType, UndefinedStatusCode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from live.app import http_description
from live.config import Settings
from live.errors import Conflict, Problem
from live.web.application import build_application
from live.web.routes import Access, Call, Reply, Route
from tests.support.background import Background, in_background
from tests.support.fairground import Fairground, fairground
from tests.support.people import KnownPeople
from tests.support.serving import Caller, serving

EXAMPLES_MAX = 10  # at random, of each call
REFUSED_MAX = 3  # times; whoever may not call at all is not asked again

DESCRIPTION = schemathesis.openapi.from_dict(http_description())

# No deadline, since seconds come and go on a busy machine; and nothing is made smaller, since the
# server has moved on meanwhile.
RANDOM = settings(
    max_examples=EXAMPLES_MAX,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture
def ground(database_url: str, redis_url: str) -> Iterator[Background[Fairground]]:
    with in_background(fairground(database_url, redis_url)) as ground:
        yield ground


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Keeps its connection, and no cookies: each request says itself who asks."""
    with requests.Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


@pytest.fixture
def refused() -> Counter[str | None]:
    """How often people were told that this call is not for them."""
    return Counter()


@DESCRIPTION.parametrize()
@RANDOM
def test_answers_are_as_described(
    case: schemathesis.Case,
    ground: Background[Fairground],
    session: requests.Session,
    refused: Counter[str | None],
) -> None:
    ground.value.ids.put_into(case)
    for role, token in ground.value.tokens.items():
        if refused[role] == REFUSED_MAX:
            continue
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = case.call_and_validate(
            ground.value.origin, session=session, headers=headers, checks=CHECKS
        )
        if answer.status_code in (401, 403) and "security" in case.operation.definition.raw:
            refused[role] += 1
        with open("/tmp/stats.txt", "a") as f:
            f.write(
                f"{case.operation.label} {role} {answer.status_code} {answer.json().get('code') if 'problem' in (answer.headers.get('content-type') or [''])[0] else ''}\n"
            )


def test_the_description_that_is_served_is_the_one_that_was_asked(
    ground: Background[Fairground],
) -> None:
    served = requests.get(f"{ground.value.origin}/openapi.json", timeout=5).json()
    assert served == http_description()


# The controls: a server that says one thing and does another is found out.


class Thing(msgspec.Struct):
    id: str


async def _breaks(_call: Call) -> Reply:
    raise RuntimeError("as a mistake would")


async def _refuses_otherwise(_call: Call) -> Reply:
    raise Conflict("sold_out")


async def _refuses_in_other_words(_call: Call) -> Reply:
    raise Conflict("sold_out")


async def _answers_otherwise(_call: Call) -> Reply:
    return Reply({"name": "no id"})


async def _answers_in_another_form(_call: Call) -> web.Response:
    return web.Response(text="a thing")


async def _forgets_a_header(_call: Call) -> Reply:
    return Reply(Thing("1"))
