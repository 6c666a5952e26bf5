"""Our two cookies: one keeps a browser signed in, one has it counted as one viewer for a day."""

import re
import secrets
from http.cookies import SimpleCookie

from aiohttp import hdrs, web

from live.web.authentication import SESSION_COOKIE

VIEWER_COOKIE = "live_viewer"
VIEWER_SECONDS = 24 * 3600  # longer than an event; nobody is known again the day after
_VIEWER_BYTES = 16


def _value_of(name: str, value: str) -> re.Pattern[str]:
    """Finds one of our cookies in a ``Cookie`` header: the first of its name."""
    return re.compile(rf"(?:^|;)[ \t]*{name}=\"?({value})\"?[ \t]*(?:;|$)", re.ASCII)


# aiohttp's ``request.cookies`` makes an object of every cookie that a browser sends, ours or not:
# a tenth of what a join costs.
_SESSION = _value_of(SESSION_COOKIE, r"[^\s;\"]+")
_VIEWER = _value_of(VIEWER_COOKIE, r"[\w-]{22}")


def session_cookie(token: str, *, max_age_seconds: int, is_https: bool) -> str:
    """The ``Set-Cookie`` value that keeps this token: out of reach of scripts, and not sent
    along by other sites' forms."""
    return _cookie(SESSION_COOKIE, token, max_age_seconds, is_https)


def no_session_cookie(*, is_https: bool) -> str:
    """The ``Set-Cookie`` value that takes it away."""
    return _cookie(SESSION_COOKIE, "", 0, is_https)


def session_of(request: web.BaseRequest) -> str | None:
    """The token of the session that this browser is in; None where it is in none."""
    return _found(_SESSION, request)


def viewer_of(request: web.BaseRequest) -> str | None:
    """The random word by which this browser is one viewer; None where it has none of ours."""
    return _found(_VIEWER, request)


def new_viewer_cookie(*, is_https: bool) -> str:
    """The ``Set-Cookie`` value that gives a browser such a word. It says nothing about anybody,
    and is kept nowhere but in that browser."""
    word = secrets.token_urlsafe(_VIEWER_BYTES)
    return _cookie(VIEWER_COOKIE, word, VIEWER_SECONDS, is_https)


def _found(pattern: re.Pattern[str], request: web.BaseRequest) -> str | None:
    for header in request.headers.getall(hdrs.COOKIE, ()):
        if (found := pattern.search(header)) is not None:
            return found[1]
    return None


def _cookie(name: str, value: str, max_age_seconds: int, is_https: bool) -> str:
    cookies = SimpleCookie()
    cookies[name] = value
    morsel = cookies[name]
    morsel["path"] = "/"
    morsel["max-age"] = str(max_age_seconds)
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    if is_https:
        morsel["secure"] = True
    return morsel.OutputString()
