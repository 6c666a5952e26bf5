"""Refusals: each has a status of its own, a stable code, and says whether a repeat may help."""

import re

import pytest

from live import errors
from live.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionRequired,
    Problem,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)

KINDS: list[tuple[type[Problem], int, str]] = [
    (BadRequest, 400, "malformed"),
    (Unauthenticated, 401, "unauthenticated"),
    (Forbidden, 403, "forbidden"),
    (NotFound, 404, "not_found"),
    (Conflict, 409, "conflict"),
    (TooLarge, 413, "too_large"),
    (Invalid, 422, "invalid"),
    (PreconditionRequired, 428, "precondition_required"),
    (TooMany, 429, "too_many_requests"),
    (Unavailable, 503, "unavailable"),
]


@pytest.mark.parametrize(("kind", "status", "code"), KINDS)
def test_each_kind_has_its_status_and_code(kind: type[Problem], status: int, code: str) -> None:
    assert (kind().status, kind().code) == (status, code)
    assert re.fullmatch(r"[a-z_]+", code)


def test_every_kind_is_listed_here() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    problems = {kind for kind in kinds if issubclass(kind, Problem)} - {Problem}
    assert problems == {kind for kind, _, _ in KINDS}


def test_a_code_of_one_s_own_takes_the_place_of_the_kind_s() -> None:
    problem = Conflict("sold_out", "There are not so many left.")
    assert (problem.code, problem.detail) == ("sold_out", "There are not so many left.")
    assert str(problem) == "sold_out: There are not so many left."
    assert str(NotFound()) == "not_found"


@pytest.mark.parametrize(("kind", "status", "code"), KINDS)
def test_only_too_many_and_unavailable_may_be_repeated(
    kind: type[Problem], status: int, code: str
) -> None:
    assert kind().is_retryable is (status in (429, 503))


def test_fields_are_the_problem_s_own() -> None:
    fields = {"ship_to.phone": "too short"}
    problem = Invalid(fields=fields)
    fields["price_fen"] = "added later"
    assert problem.fields == {"ship_to.phone": "too short"}
    assert Invalid().fields == {}


def test_retry_after_is_kept() -> None:
    assert Unavailable("checkout_full", retry_after_seconds=2).retry_after_seconds == 2
    assert Unavailable().retry_after_seconds is None
