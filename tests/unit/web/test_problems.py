"""Refusals as RFC 9457 problems; what msgspec refuses, by field."""

import json
from typing import Any

import msgspec
import pytest

from live.errors import Conflict, Invalid, Problem, TooMany, Unauthenticated, Unavailable
from live.web.problems import fields_of, problem_response


def body_of(problem: Problem) -> dict[str, Any]:
    response = problem_response(problem)
    assert response.content_type == "application/problem+json"
    assert isinstance(response.body, bytes)
    decoded: dict[str, Any] = json.loads(response.body)
    assert decoded["status"] == response.status
    return decoded


def test_a_problem_has_what_the_rfc_asks_and_a_stable_code() -> None:
    body = body_of(Conflict("sold_out", "Nothing is left."))
    assert body == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "sold_out",
        "detail": "Nothing is left.",
    }


def test_bad_input_names_its_fields() -> None:
    assert body_of(Invalid(fields={"units": "too many"}))["fields"] == {"units": "too many"}


@pytest.mark.parametrize(
    ("problem", "seconds"),
    [(TooMany(), "1"), (TooMany(retry_after_seconds=30), "30"), (Unavailable(), "1")],
)
def test_who_may_come_again_is_told_when(problem: Problem, seconds: str) -> None:
    assert problem_response(problem).headers["Retry-After"] == seconds


def test_who_is_not_signed_in_is_told_how() -> None:
    assert problem_response(Unauthenticated()).headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in problem_response(Unauthenticated()).headers


class _ShipTo(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    units: int
    ship_to: _ShipTo | None = None
    tags: list[int] = []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"units": "1"}', "units"),
        ('{"units": 1.5}', "units"),
        ("{}", "units"),
        ('{"units": 1, "colour": 2}', "colour"),
        ('{"units": 1, "ship_to": {"name": 1}}', "ship_to.name"),
        ('{"units": 1, "ship_to": {"name": "a", "age": 1}}', "ship_to.age"),
        ('{"units": 1, "ship_to": {}}', "ship_to.name"),
        ('{"units": 1, "tags": [1, "a"]}', "tags[1]"),
        ("[]", "body"),
        ("null", "body"),
    ],
)
def test_the_field_is_found(text: str, field: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(text, type=_Order)
    assert list(fields_of(refused.value)) == [field]
