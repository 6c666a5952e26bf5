"""A route: path, who may call it, what it takes and what it answers, in one declaration.

From these declarations come the dispatcher, the OpenAPI description and the test that walks
all routes × roles.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web

from live.errors import Refusal
from live.values import AccountId, Role


class Access(Enum):
    """Who may call a route. Ownership of the thing named is checked by the use case."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    HOST = "host"  # hosts and operators
    OPERATOR = "operator"
    SIGNED_MESSAGE = "signed_message"  # a provider that proves itself by signature
    LOOPBACK = "loopback"

    def admits(self, role: Role | None) -> bool:
        """Whether a caller of this role (None: not signed in) gets as far as the use case."""
        match self:
            case Access.SIGNED_IN:
                return role is not None
            case Access.HOST:
                return role in (Role.HOST, Role.OPERATOR)
            case Access.OPERATOR:
                return role is Role.OPERATOR
            case Access.ANYONE | Access.SIGNED_MESSAGE | Access.LOOPBACK:
                return True


READS = frozenset({"GET", "HEAD"})
# A payment provider or Prometheus may send an Authorization header of its own kind.
UNASKED = (Access.SIGNED_MESSAGE, Access.LOOPBACK)


class Identity(msgspec.Struct, frozen=True):
    """The signed-in caller, as every handler sees it."""

    id: AccountId
    role: Role
    name: str
    session_id: str

    @property
    def is_operator(self) -> bool:
        return self.role is Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Call:
    """One request, authenticated, its body decoded and valid."""

    http: web.Request
    identity: Identity | None
    body: Any  # an instance of Route.body, or None

    @property
    def path(self) -> Mapping[str, str]:
        return self.http.match_info

    @property
    def caller(self) -> Identity:
        """The caller of a route that requires one."""
        assert self.identity is not None, "only on routes whose access requires a sign-in"
        return self.identity


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer: ``payload`` is anything msgspec encodes, None for an empty body."""

    payload: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


T = TypeVar("T")

Handler = Callable[[Call], Awaitable[Reply | web.StreamResponse]]


class Raw:
    """A body that is not one of our structs: in one of these media types, of any content."""

    def __init__(self, *media_types: str) -> None:
        self.media_types = media_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP call.

    Args:
        body: the msgspec struct the JSON body must be, or None for a call without one.
        raw_body: what is said of a body that the handler reads itself.
        answers: status → struct of the answer, ``Raw``, or None for one without a body.
        problems: how this call may refuse beyond what ``live.web.refusals`` knows of every call.
        query: parameter → type; each may be left out.
        headers: header → type; each is needed.
        reply_headers: that come with every answer of ``answers``.
        streams: whether its answer goes on for as long as it takes; all others have a deadline.
    """

    method: str
    path: str
    access: Access
    handler: Handler
    summary: str
    body: Any = None
    raw_body: Raw | None = None
    answers: Mapping[int, Any] = field(default_factory=lambda: {200: None})
    problems: tuple[Refusal, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    reply_headers: tuple[str, ...] = ()
    streams: bool = False


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; ``next`` is the cursor of the following one, None at the end."""

    items: list[T]
    next: str | None = None
