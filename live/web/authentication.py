"""What the web layer and the rooms' gateway need to know of sign-in.

``live.accounts`` provides it.
"""

from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from live.web.routes import Identity

SESSION_COOKIE = "live_session"


class Authenticator(Protocol):
    """Tells who sent a request."""

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        """The caller by the ``Authorization`` header, else by the session cookie.

        Returns: None where the request carries neither.
        Raises: Unauthenticated for a token that is malformed, forged, expired or ended;
            Unavailable where it cannot be looked up now.
        """
        ...

    async def redeem_ticket(self, ticket: str) -> Identity | None:
        """Whose single-use ticket this is; None where it is spent, expired or unknown.

        Raises: Unavailable where Redis or SQL is away.
        """
        ...

    def on_ended(self, callback: Callable[[str], None]) -> None:
        """Have ``callback`` called with the id of each session that ends, however it ends.

        At once for what ends in this process, within ``session_recheck_seconds`` for the rest;
        possibly more than once.
        """
        ...
