"""People for tests of what is not about people: a token is its owner's role and name."""

from collections.abc import Callable

from aiohttp import web

from live.errors import Unauthenticated
from live.values import AccountId, Role
from live.web.authentication import SESSION_COOKIE
from live.web.routes import Identity


class KnownPeople:
    """An ``Authenticator`` without storage: ``host-anna`` is the token of Anna, a host."""

    def __init__(self) -> None:
        self.tickets: dict[str, Identity] = {}
        self.callbacks: list[Callable[[str], None]] = []

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        header = request.headers.get("Authorization")
        if header is not None:
            return person(header.removeprefix("Bearer "))
        cookie = request.cookies.get(SESSION_COOKIE)
        return person(cookie) if cookie else None

    async def redeem_ticket(self, ticket: str) -> Identity | None:
        return self.tickets.pop(ticket, None)

    def on_ended(self, callback: Callable[[str], None]) -> None:
        self.callbacks.append(callback)

    def end(self, session_id: str) -> None:
        for callback in self.callbacks:
            callback(session_id)


def person(token: str) -> Identity:
    """Raises: Unauthenticated for a token that names no role."""
    role, _, name = token.partition("-")
    if role not in tuple(Role):
        raise Unauthenticated(detail="Nobody's token.")
    return Identity(AccountId(f"acc_{name}"), Role(role), name, f"ses_{name}")
