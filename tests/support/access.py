"""Walks all routes × roles: does each let in exactly those that it says?"""

import re
from collections.abc import Awaitable, Callable, Iterable

from live.values import Role
from live.web.routes import Access, Route
from tests.support.serving import Answer, Caller

EVERYBODY: tuple[Role | None, ...] = (None, *Role)

# A fresh token for each call: some calls end the session that makes them.
TokenOf = Callable[[Role], Awaitable[str]]

_PARAMETER = re.compile(r"\{\w+\}")


async def walk(routes: Iterable[Route], caller: Caller, token_of: TokenOf) -> list[str]:
    """Call every route as everybody, with an empty body and ids that name nothing.

    Returns: a sentence for each route that let in a wrong one, kept out a right one, or broke.
    """
    complaints: list[str] = []
    for route in routes:
        for role in EVERYBODY:
            token = None if role is None else await token_of(role)
            path = _PARAMETER.sub("nothing", route.path)
            body: dict[str, object] | None = None if route.body is None else {}
            answer = await caller.call(route.method, path, body, token=token)
            if (complaint := _complaint(route, role, answer)) is not None:
                complaints.append(f"{route.method} {route.path} as {role or 'nobody'}: {complaint}")
    return complaints


def _complaint(route: Route, role: Role | None, answer: Answer) -> str | None:
    if answer.status >= 500:
        return f"broke with {answer.status} {answer.raw[:200]!r}"
    if route.access is Access.SIGNED_MESSAGE:
        # Nobody here can sign one; who is signed in makes no difference.
        return None if answer.status >= 400 else f"took an unsigned message: {answer.status}"
    if not route.access.admits(role):
        expected = 401 if role is None else 403
        return None if answer.status == expected else f"{answer.status}, not {expected}"
    if answer.code in ("unauthenticated", "forbidden"):
        return f"refused with {answer.code}"
    return None
