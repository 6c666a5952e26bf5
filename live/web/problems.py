"""Refusals as ``application/problem+json`` (RFC 9457), and what msgspec refuses as a Problem.

``type`` stays ``about:blank``: programs match on ``code``, which rooms and HTTP share.
"""

import re
from http import HTTPStatus
from typing import NoReturn

import msgspec
from aiohttp import hdrs, web

from live.errors import BadRequest, Invalid, Problem, Unauthenticated

PROBLEM_TYPE = "application/problem+json"

_HEADERS = {hdrs.CONTENT_TYPE: PROBLEM_TYPE}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}  # an Enum looks up slowly
_AT_FIELD = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED = (
    (re.compile(r"^Object contains unknown field `(?P<name>[^`]*)`"), "unknown field"),
    (re.compile(r"^Object missing required field `(?P<name>[^`]*)`"), "required"),
)
_WHOLE_BODY = "body"  # the field named where the body as a whole is wrong


class ProblemBody(msgspec.Struct, frozen=True, rename={"kind": "type"}):
    """The body of every answer of 400 and above."""

    status: int
    title: str
    code: str
    kind: str = "about:blank"
    detail: str | msgspec.UnsetType = msgspec.UNSET
    fields: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    reference: str | msgspec.UnsetType = msgspec.UNSET  # finds a 500 or 503 in the log


# What a decoder may raise: RecursionError for thousands of brackets.
UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

_encode = msgspec.json.Encoder().encode


def problem_response(problem: Problem, reference: str | None = None) -> web.Response:
    """The answer for a refusal.

    Args:
        reference: what the log calls this occurrence, where somebody must look it up.
    """
    body = ProblemBody(
        status=problem.status,
        title=_PHRASES[problem.status],
        code=problem.code,
        detail=problem.detail or msgspec.UNSET,
        fields=problem.fields or msgspec.UNSET,
        reference=reference or msgspec.UNSET,
    )
    text = _encode(body)
    if problem.more:
        text = text[:-1] + b"," + _encode(problem.more)[1:]
    response = web.Response(body=text, status=problem.status, headers=_HEADERS)
    if problem.is_retryable:
        response.headers[hdrs.RETRY_AFTER] = str(problem.retry_after_seconds or 1)
    if isinstance(problem, Unauthenticated):
        response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return response


def raise_undecodable(error: Exception, raw: bytes) -> NoReturn:
    """Turn a decoder's error into a refusal.

    Args:
        error: any of UNDECODABLE.

    Raises: Invalid (422, with ``fields``) for JSON of the wrong shape, BadRequest (400) for
        what is no JSON.
    """
    if isinstance(error, msgspec.ValidationError):
        try:
            # The first wrong field ends the reading: whether the rest is JSON at all is open.
            msgspec.json.decode(raw)
        except UNDECODABLE as worse:
            error = worse
        else:
            raise Invalid(detail="The body is not acceptable.", fields=fields_of(error)) from error
    raise BadRequest(detail=f"The body is not JSON: {error}") from error


def fields_of(error: msgspec.ValidationError) -> dict[str, str]:
    """msgspec's one sentence as dotted path of the field → what is wrong with it."""
    text = str(error)
    at = _AT_FIELD.search(text)
    path = at["path"] if at else ""
    what = text[: at.start()] if at else text
    for pattern, wrong in _NAMED:
        if (match := pattern.match(what)) is not None:
            return {".".join(part for part in (path, match["name"]) if part): wrong}
    return {path or _WHOLE_BODY: what}
