"""One HTTP connection: aiohttp's, which is told how long to wait and how to refuse."""

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from live.errors import BadRequest
from live.web.problems import problem_response

_BAD_REQUEST = 400  # with which aiohttp answers what it cannot parse

log = structlog.get_logger(__name__)


class HttpConnection(web.RequestHandler):
    """Refuses what is no HTTP in our words, before there is a request that a route could refuse."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status != _BAD_REQUEST:
            return super().handle_error(request, status, exc, message)
        # Not an error of ours: whoever sends rubbish shall not fill the log.
        log.debug("not HTTP", error=message)
        response = problem_response(BadRequest(detail="This is not a request of HTTP/1.1."))
        response.force_close()
        return response


def http_connections(
    server: web.Server, *, keepalive_seconds: float
) -> Callable[[], HttpConnection]:
    """What makes the protocol of each connection.

    Args:
        server: of the application's runner.
        keepalive_seconds: for which a connection waits until a (further) request's head is whole.
    """
    loop = asyncio.get_running_loop()

    def connection() -> HttpConnection:
        return HttpConnection(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # as aiohttp's own runner has it
            keepalive_timeout=keepalive_seconds,
        )

    return connection
