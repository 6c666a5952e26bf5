"""The cookie that keeps a browser signed in."""

from http.cookies import SimpleCookie

from live.web.authentication import SESSION_COOKIE


def session_cookie(token: str, *, max_age_seconds: int, is_https: bool) -> str:
    """The ``Set-Cookie`` value that keeps this token: out of reach of scripts, and not sent
    along by other sites' forms."""
    return _cookie(token, max_age_seconds, is_https)


def no_session_cookie(*, is_https: bool) -> str:
    """The ``Set-Cookie`` value that takes it away."""
    return _cookie("", 0, is_https)


def _cookie(value: str, max_age_seconds: int, is_https: bool) -> str:
    cookies = SimpleCookie()
    cookies[SESSION_COOKIE] = value
    morsel = cookies[SESSION_COOKIE]
    morsel["path"] = "/"
    morsel["max-age"] = str(max_age_seconds)
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    if is_https:
        morsel["secure"] = True
    return morsel.OutputString()
