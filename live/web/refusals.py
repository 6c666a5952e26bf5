"""How a route may refuse: what it declares itself, and what its declaration brings with it."""

from collections.abc import Iterator, Mapping

from live.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Refusal,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from live.web.routes import READS, UNASKED, Access, Route


def refusals_of(route: Route) -> Mapping[int, tuple[Refusal, ...]]:
    """By status, in order; of one status by code."""
    by_code = {(each.status, each.code): each for each in (*_brought(route), *route.problems)}
    found: dict[int, tuple[Refusal, ...]] = {}
    for (status, _), refusal in sorted(by_code.items(), key=lambda item: item[0]):
        found[status] = (*found.get(status, ()), refusal)
    return found


def _brought(route: Route) -> Iterator[Refusal]:
    """What the dispatcher and the storage behind it answer."""
    yield from BadRequest.coded()  # NUL in the query, or a body that cannot be read
    if route.access not in UNASKED:
        yield from Unauthenticated.coded()  # a bad token is refused even where none is needed
    if route.access in (Access.HOST, Access.OPERATOR, Access.LOOPBACK):
        yield from Forbidden.coded()
    if route.method not in READS and route.access is not Access.SIGNED_MESSAGE:
        yield from Forbidden.coded("foreign_origin")
    if "{" in route.path:
        yield from NotFound.coded()  # a parameter with NUL in it
    if route.body is not None or route.raw_body is not None:
        yield from TooLarge.coded()
    if route.body is not None or any(type_ is not str for type_ in route.query.values()):
        yield from Invalid.coded()
    yield from Problem.coded()
    yield from Unavailable.coded("busy", "unavailable")
