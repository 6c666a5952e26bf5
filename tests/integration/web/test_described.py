"""The server answers as /openapi.json says, whatever schemathesis can think of asking.

Every call is asked by nobody and by each role, on both databases, of a fair where ids name
something: the cases that the description implies (bounds, what is missing, what is too much, other
methods) and some at random, the same ones in every run.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from live.app import http_description
from live.values import Role
from live.web.routes import READS
from tests.support.background import Background, in_background
from tests.support.described import CHECKS
from tests.support.fairground import Fairground, fairground
from tests.support.known_ids import KnownIds

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
# A message of a provider's needs its signature, and a room a WebSocket.
OUT_OF_REACH = ("POST /api/payments/{provider}/notify", "GET /api/events/{event_id}/room")


@pytest.fixture(scope="module")
def standing(module_database_url: str, single_redis: str) -> Iterator[Background[Fairground]]:
    with in_background(fairground(module_database_url, single_redis)) as ground:
        yield ground


@pytest.fixture
def ground(standing: Background[Fairground]) -> Fairground:
    """Set up again where a test before has changed something."""
    if not standing.value.is_as_set_up:
        standing.run(standing.value.set_up())
    return standing.value


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Keeps its connection, and no cookies: each request says itself who asks."""
    with requests.Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


@dataclass
class Heard:
    """What one call has answered so far."""

    call: str = ""
    refused: Counter[Role | None] = field(default_factory=Counter)
    has_succeeded: bool = False


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    yield heard
    assert heard.has_succeeded or heard.call in OUT_OF_REACH, "refused, whoever asked for whatever"


@pytest.fixture
def ids(ground: Fairground) -> KnownIds:
    return KnownIds(ground.known)


@DESCRIPTION.parametrize()
@RANDOM
def test_answers_are_as_described(
    case: schemathesis.Case[Any],
    ground: Fairground,
    session: requests.Session,
    heard: Heard,
    ids: KnownIds,
) -> None:
    heard.call = case.operation.label
    ids.put_into(case)
    for role, token in ground.tokens.items():
        if heard.refused[role] == REFUSED_MAX:
            continue
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = case.call_and_validate(
            ground.origin, session=session, headers=headers, checks=CHECKS
        )
        if answer.status_code < 300:
            heard.has_succeeded = True
            ground.is_as_set_up &= case.method in READS
        elif answer.status_code in (401, 403) and "security" in case.operation.definition.raw:
            heard.refused[role] += 1


def test_the_description_that_is_served_is_the_one_that_was_asked(
    ground: Fairground,
) -> None:
    served = requests.get(f"{ground.origin}/openapi.json", timeout=5).json()
    assert served == http_description()
