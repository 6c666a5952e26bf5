"""One route's way from request to answer: who, whether, from where, what; then the handler.

Orders come through here at tens of thousands a second, so everything that can be decided when
the application is built is; see ``python -m benchmarks.dispatch``.
"""

import secrets
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NoReturn

import msgspec
import structlog
from aiohttp import hdrs, web

from live.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from live.storage.database import SQL_AWAY
from live.storage.redis import REDIS_AWAY
from live.web.addresses import ClientAddresses
from live.web.authentication import Authenticator
from live.web.deadline import AnswerDeadline
from live.web.draining import Draining
from live.web.origins import Origins
from live.web.problems import UNDECODABLE, problem_response, raise_undecodable
from live.web.routes import READS, UNASKED, Access, Call, Identity, Reply, Route
from live.web.traffic import RouteTraffic

_JSON_HEADERS = {hdrs.CONTENT_TYPE: "application/json", "X-Content-Type-Options": "nosniff"}

_NUL = b"\\u0000"

_encode = msgspec.json.Encoder().encode
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gate:
    """What every route asks before its handler runs.

    Args:
        is_metrics_public: whether a LOOPBACK route answers everybody.
        body_bytes_max: of a JSON body; beyond, 413.
        deadline: by which an answer must be there; beyond, 503.
    """

    authenticator: Authenticator
    addresses: ClientAddresses
    origins: Origins
    is_metrics_public: bool
    body_bytes_max: int
    draining: Draining
    deadline: AnswerDeadline


class Dispatcher:
    """Serves one Route. Stateless but for its counts."""

    __slots__ = (
        "_access",
        "_asks_who",
        "_body_bytes_max",
        "_checks_origin",
        "_decode",
        "_gate",
        "_handler",
        "_identify",
        "_in_time",
        "_traffic",
    )

    def __init__(self, route: Route, gate: Gate, traffic: RouteTraffic) -> None:
        self._gate = gate
        self._traffic = traffic
        self._handler = route.handler
        self._access = route.access
        self._identify = gate.authenticator.identify
        self._body_bytes_max = gate.body_bytes_max
        self._decode = None if route.body is None else msgspec.json.Decoder(route.body).decode
        self._asks_who = route.access not in UNASKED
        self._checks_origin = (
            route.method not in READS and route.access is not Access.SIGNED_MESSAGE
        )
        self._in_time = self._answer if route.streams else self._answer_by_deadline

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; a refusal is an answer too."""
        started = perf_counter()
        try:
            response = await self._in_time(request)
        except Exception as error:
            response = refusal_of(error, request)
        if self._gate.draining.is_on:
            response.force_close()
        self._traffic.count(response.status, perf_counter() - started)
        return response

    async def _answer_by_deadline(self, request: web.Request) -> web.StreamResponse:
        return await self._gate.deadline.keep(self._answer(request))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        # What is asked of a request and in which order: who → may they → from our own page →
        # is the body readable. So nobody learns about bodies that they may not send.
        query = request.rel_url.raw_query_string
        if query and "%00" in query:
            raise BadRequest(detail="NUL has no place in a query.")
        access = self._access
        identity = await self._identity(request) if self._asks_who else None
        role = None if identity is None else identity.role
        if access is not Access.ANYONE and not access.admits(role):
            refuse(identity)
        if access is Access.LOOPBACK:
            self._require_loopback(request)
        if self._checks_origin and hdrs.AUTHORIZATION not in request.headers:
            self._require_own_page(request)
        body = None if self._decode is None else await self._body(request, self._decode)
        reply = await self._handler(Call(request, identity, body))
        if not isinstance(reply, Reply):
            return reply
        if reply.payload is None:
            return web.Response(status=reply.status, headers=reply.headers)
        response = web.Response(
            body=_encode(reply.payload), status=reply.status, headers=_JSON_HEADERS
        )
        if reply.headers:
            response.headers.extend(reply.headers)
        return response

    async def _identity(self, request: web.Request) -> Identity | None:
        try:
            return await self._identify(request)
        except Unauthenticated:
            # A browser cannot help sending a cookie that has expired; it may still watch, and
            # sign in again. Whoever names a token, though, is told that it is no good.
            if self._access is Access.ANYONE and hdrs.AUTHORIZATION not in request.headers:
                return None
            raise

    async def _body(self, request: web.Request, decode: Any) -> Any:
        if (request.content_length or 0) > self._body_bytes_max:
            raise TooLarge(detail=f"At most {self._body_bytes_max} bytes.")
        content = request.content
        # Nearly always the body came with the head, and read() would only copy it twice.
        try:
            raw = content.read_nowait() if content.is_eof() else await request.read()
        except (web.RequestPayloadError, ConnectionError) as error:
            raise BadRequest(detail="The body is not as its headers say.") from error
        if len(raw) > self._body_bytes_max:  # chunked, or compressed
            raise TooLarge(detail=f"At most {self._body_bytes_max} bytes.")
        if _NUL in raw:  # PostgreSQL stores no such text, and nobody means it
            raise Invalid(detail="NUL has no place in a text.", fields={"body": "contains NUL"})
        try:
            return decode(raw)
        except UNDECODABLE as error:
            raise_undecodable(error, raw)

    def _require_loopback(self, request: web.Request) -> None:
        if not self._gate.is_metrics_public and not self._gate.addresses.is_loopback(request):
            raise Forbidden(detail="Only from this machine; see LIVE_METRICS_PUBLIC.")

    def _require_own_page(self, request: web.Request) -> None:
        if not self._gate.origins.admits(request):
            raise Forbidden("foreign_origin", "This page may not act in your name.")


def refuse(identity: Identity | None) -> NoReturn:
    """Raises Unauthenticated for a stranger, Forbidden for one whose role does not do."""
    if identity is None:
        raise Unauthenticated(detail="Sign in first.")
    raise Forbidden(detail="Your role does not allow this.")


def refusal_of(error: Exception, request: web.Request) -> web.StreamResponse:
    """The answer for whatever a handler raised.

    Raises: ConnectionAbortedError where an answer has begun already: a second one in the midst
        of it, or in an open WebSocket, would pass for part of it; so the connection ends.
    """
    has_begun = request.writer.output_size > 0
    response: web.StreamResponse
    match error:
        case Problem():
            response = problem_response(error)
        case web.HTTPException():
            response = http_exception_response(error)
        case ConnectionError() if has_begun:  # the client has gone
            raise error
        case _ if isinstance(error, (*SQL_AWAY, *REDIS_AWAY)):
            response = failure_response(error, request, Unavailable(retry_after_seconds=1))
        case _:
            response = failure_response(error, request, Problem())
    if has_begun:
        raise ConnectionAbortedError("refused after the answer had begun") from error
    return response


def http_exception_response(exception: web.HTTPException) -> web.StreamResponse:
    """aiohttp's own refusals in our words; redirects stay as they are."""
    if exception.status < 400:
        return exception
    if exception.status == TooLarge.status:
        return problem_response(TooLarge(detail="The body is too large."))
    code = exception.reason.lower().replace(" ", "_")
    return problem_response(StatusProblem(exception.status, code))


def failure_response(error: Exception, request: web.Request, answer: Problem) -> web.Response:
    """Log what nobody foresaw, and answer without a word about it but where to find it."""
    reference = secrets.token_hex(6)
    log.error(
        "request failed", reference=reference, method=request.method, path=request.path,
        exc_info=error,
    )  # fmt: skip
    return problem_response(answer, reference)


class StatusProblem(Problem):
    """A refusal of aiohttp itself, with the status it chose."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        # Otherwise a fact of the class, but this one speaks for a library.
        self.status = status  # type: ignore[misc]
