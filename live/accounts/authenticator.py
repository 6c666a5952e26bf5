"""Tells who sent a request, and tells everybody who must know when a sign-in has ended."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import hdrs, web
from sqlalchemy.exc import SQLAlchemyError

from live.accounts.session_cache import SessionCache
from live.accounts.sessions import sessions_ended_between
from live.accounts.tickets import Tickets
from live.clock import Clock
from live.errors import Unauthenticated
from live.storage.database import Database
from live.web.cookies import session_of
from live.web.routes import Identity

_BEARER = "Bearer "
_LOOK_SECONDS_MIN = 1.0
# How far two machines' clocks, or a slow commit, may put an end into the past.
_OVERLAP_MS = 10_000

log = structlog.get_logger(__name__)


class SessionAuthenticator:
    """The ``Authenticator`` of the platform; run ``watching`` as long as it is used.

    Args:
        recheck_seconds: after so long at most this process notices what ended elsewhere.
    """

    def __init__(
        self,
        cache: SessionCache,
        tickets: Tickets,
        database: Database,
        clock: Clock,
        *,
        recheck_seconds: int,
    ) -> None:
        self._cache = cache
        self._tickets = tickets
        self._database = database
        self._clock = clock
        self._look_seconds = max(_LOOK_SECONDS_MIN, float(recheck_seconds))
        self._callbacks: list[Callable[[str], None]] = []
        self._looked_ms = clock.now_ms()

    async def identify(self, request: web.BaseRequest) -> Identity | None:
        """See ``Authenticator``."""
        header = request.headers.get(hdrs.AUTHORIZATION)
        if header is not None:
            if header[: len(_BEARER)].title() != _BEARER:
                raise Unauthenticated(detail="The Authorization header is not a bearer token.")
            return await self._cache.identity_of_token(header[len(_BEARER) :])
        token = session_of(request)
        return await self._cache.identity_of_token(token) if token else None

    async def redeem_ticket(self, ticket: str) -> Identity | None:
        """See ``Authenticator``."""
        session_id = await self._tickets.redeem(ticket)
        return None if session_id is None else await self._cache.identity_of_session(session_id)

    def on_ended(self, callback: Callable[[str], None]) -> None:
        """See ``Authenticator``."""
        self._callbacks.append(callback)

    def sessions_ended(self, session_ids: Iterable[str]) -> None:
        """These have ended, and SQL says so."""
        for session_id in session_ids:
            self._cache.forget(session_id)
            for callback in self._callbacks:
                try:
                    callback(session_id)
                except Exception:  # one listener's mistake must not keep a session alive
                    log.exception("a listener failed to end a session")

    def sessions_changed(self, session_ids: Iterable[str]) -> None:
        """What is known of these people's name or role is out of date."""
        for session_id in session_ids:
            self._cache.forget(session_id)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Learn what ends in other processes, and by expiry, until left."""
        watch = asyncio.create_task(self._watch(), name="ended sessions")
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def look(self) -> None:
        """Look once for what has ended since the last time."""
        now_ms = self._clock.now_ms()
        from_ms = self._looked_ms - _OVERLAP_MS
        async with self._database.reading() as session:
            ended = await sessions_ended_between(session, from_ms, now_ms)
        self._looked_ms = now_ms
        self.sessions_ended(ended)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                await self.look()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("ended sessions wait for SQL", error=repr(error))
            except Exception:
                log.exception("looking for ended sessions failed")
