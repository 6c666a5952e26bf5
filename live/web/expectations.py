"""``Expect``: a client that asks before it sends its body."""

from http import HTTPStatus

from aiohttp import HttpVersion11, hdrs, web

from live.web.dispatch import StatusProblem
from live.web.problems import problem_response


async def answer_expectation(request: web.Request) -> web.StreamResponse | None:
    """Ask for the body; refuse any other expectation as a problem, where aiohttp sends a text."""
    if request.version != HttpVersion11:
        return None
    if request.headers[hdrs.EXPECT].lower() != "100-continue":
        return problem_response(StatusProblem(HTTPStatus.EXPECTATION_FAILED, "expectation_failed"))
    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.writer.output_size = 0  # the answer itself has not begun
    return None
