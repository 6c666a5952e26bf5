"""Our two cookies: one keeps a browser signed in, one has it counted as one viewer for a day."""

import re
import secrets
from http.cookies import SimpleCookie

from aiohttp import web

from live.web.authentication import SESSION_COOKIE

VIEWER_COOKIE = "live_viewer"
VIEWER_SECONDS = 24 * 3600  # longer than an event; nobody is known again the day after
_VIEWER_BYTES = 16
_VIEWER = re.compile(r"[\w-]{22}", re.ASCII)


def session_cookie(token: str, *, max_age_seconds: int, is_https: bool) -> str:
    """The ``Set-Cookie`` value that keeps this token: out of reach of scripts, and not sent
    along by other sites' forms."""
    return _cookie(SESSION_COOKIE, token, max_age_seconds, is_https)


def no_session_cookie(*, is_https: bool) -> str:
    """The ``Set-Cookie`` value that takes it away."""
    return _cookie(SESSION_COOKIE, "", 0, is_https)


def viewer_of(request: web.BaseRequest) -> str | None:
    """The random word by which this browser is one viewer; None where it has none of ours."""
    word = request.cookies.get(VIEWER_COOKIE, "")
    return word if _VIEWER.fullmatch(word) else None


def new_viewer_cookie(*, is_https: bool) -> str:
    """The ``Set-Cookie`` value that gives a browser such a word. It says nothing about anybody,
    and is kept nowhere but in that browser."""
    word = secrets.token_urlsafe(_VIEWER_BYTES)
    return _cookie(VIEWER_COOKIE, word, VIEWER_SECONDS, is_https)


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
