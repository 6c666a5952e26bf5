"""The server answers as /openapi.json says, whatever schemathesis can think of asking.

Every call is asked by nobody and by each role, on both databases, of a fair where ids name
something: the cases that the description implies (bounds, what is missing, what is too much) and
some at random, the same ones in every run.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from live.app import http_description
from tests.support.background import Background, in_background
from tests.support.fairground import Fairground, fairground

EXAMPLES_MAX = 10  # at random, of each call

DESCRIPTION = schemathesis.openapi.from_dict(http_description())

# Seconds come and go on a busy machine, and the server's state moves on from case to case.
RANDOM = settings(
    max_examples=EXAMPLES_MAX,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]


@pytest.fixture
def ground(database_url: str, redis_url: str) -> Iterator[Background[Fairground]]:
    with in_background(fairground(database_url, redis_url)) as ground:
        yield ground


@DESCRIPTION.parametrize()
@RANDOM
def test_answers_are_as_described(case: schemathesis.Case, ground: Background[Fairground]) -> None:
    ground.value.ids.put_into(case)
    for role, token in ground.value.tokens.items():
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        r = case.call_and_validate(ground.value.origin, headers=headers, checks=CHECKED)
        import os

        with open("/tmp/stats.txt", "a") as f:
            f.write(
                f"{case.operation.label} {role} {r.status_code} {r.json().get('code') if 'problem' in (r.headers.get('content-type') or [''])[0] else ''}\n"
            )
