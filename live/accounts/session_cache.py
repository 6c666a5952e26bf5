"""Who is signed in, as this process knows it: verified tokens, for a few seconds each.

A token read for the first time, or again after ``session_recheck_seconds``, is looked up in
SQL together with whatever others wait for that; in between, knowing a caller costs one look
into a dict.
"""

from collections.abc import Sequence
from typing import NamedTuple

from live.accounts.session_lookup import OpenSession, SessionLookup
from live.accounts.tokens import Tokens
from live.clock import Clock
from live.errors import Unauthenticated
from live.storage.batcher import Batcher
from live.values import MS_PER_SECOND
from live.web.routes import Identity

SESSIONS_MAX = 100_000  # kept; beyond, those verified longest ago are looked up again
_BATCH_MAX = 500  # sessions looked up at once
_QUEUE_MAX = 20_000  # callers waiting for that; beyond: 503


class _Known(NamedTuple):
    identity: Identity
    fresh_until_ms: int


class SessionCache:
    """See the module.

    Args:
        recheck_seconds: how long a verified token is believed; 0 looks it up every time.
    """

    def __init__(
        self,
        lookup: SessionLookup,
        tokens: Tokens,
        clock: Clock,
        *,
        recheck_seconds: int,
        sessions_max: int = SESSIONS_MAX,
    ) -> None:
        self._lookup = lookup
        self._tokens = tokens
        self._clock = clock
        self._recheck_ms = recheck_seconds * MS_PER_SECOND
        self._sessions_max = sessions_max
        self._known: dict[str, _Known] = {}  # by token, verified longest ago first
        self._token_of: dict[str, str] = {}  # by session: each has one token
        self._forgotten = 0  # times anything was, so that no look-up brings it back
        self._lookups: Batcher[str, OpenSession | None] = Batcher(
            "sessions", self._look_up, batch_max=_BATCH_MAX, queue_max=_QUEUE_MAX
        )

    async def identity_of_token(self, token: str) -> Identity:
        """Whose token this is.

        Raises: Unauthenticated where it is not good (any more), Unavailable or SQL's own
            error where that cannot be told now.
        """
        known = self._known.get(token)
        if known is not None and self._clock.now_ms() < known.fresh_until_ms:
            return known.identity
        return await self._verify(token)

    async def identity_of_session(self, session_id: str) -> Identity | None:
        """Whose session this is; None where it has ended."""
        found = await self._lookups.ask(session_id)
        return None if found is None else found.identity

    def forget(self, session_id: str) -> None:
        """The session has ended or changed: look it up before it is believed again."""
        self._forgotten += 1
        token = self._token_of.pop(session_id, None)
        if token is not None:
            self._known.pop(token, None)

    async def _verify(self, token: str) -> Identity:
        now_ms = self._clock.now_ms()
        claims = self._tokens.read(token, now_ms)
        forgotten = self._forgotten
        found = await self._lookups.ask(claims.sid)
        if found is None:
            self.forget(claims.sid)
            raise Unauthenticated(detail="The sign-in has ended.")
        if forgotten == self._forgotten:
            fresh_until_ms = min(now_ms + self._recheck_ms, found.expires_ms)
            self._remember(token, _Known(found.identity, fresh_until_ms))
        return found.identity

    def _remember(self, token: str, known: _Known) -> None:
        self._known.pop(token, None)  # to the end of the queue
        if len(self._known) >= self._sessions_max:
            oldest = self._known.pop(next(iter(self._known)))
            self._token_of.pop(oldest.identity.session_id, None)
        self._known[token] = known
        self._token_of[known.identity.session_id] = token

    async def _look_up(self, session_ids: Sequence[str]) -> list[OpenSession | None]:
        asked = sorted(set(session_ids))
        found = await self._lookup.find(asked, self._clock.now_ms())
        return [found.get(session_id) for session_id in session_ids]
