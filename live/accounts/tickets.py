"""Single-use tickets that open a WebSocket.

Addresses end up in logs, so a token must never be in one; a ticket in a log is worth nothing:
it is good for one minute and once. Redis keeps only its keyed digest.
"""

import hmac
import secrets

from live.errors import Unavailable
from live.storage.redis import REDIS_AWAY, RedisClient

TICKET_BYTES = 24
TICKET_CHARS_MAX = 64


class Tickets:
    """Issues and redeems tickets.

    Args:
        key: of the digests.
        good_seconds: from issue to expiry.
    """

    def __init__(self, redis: RedisClient, key: bytes, good_seconds: int) -> None:
        self._redis = redis
        self._key = key
        self._good_seconds = good_seconds

    async def issue(self, session_id: str) -> str:
        """A ticket for this sign-in. Raises: Unavailable."""
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        try:
            await self._redis.set(self._name(ticket), session_id, ex=self._good_seconds)
        except REDIS_AWAY as error:
            raise _away() from error
        return ticket

    async def redeem(self, ticket: str) -> str | None:
        """The sign-in of a ticket that nobody has used yet. Raises: Unavailable."""
        if not ticket or len(ticket) > TICKET_CHARS_MAX:
            return None
        try:
            session_id = await self._redis.getdel(self._name(ticket))
        except REDIS_AWAY as error:
            raise _away() from error
        return session_id.decode() if isinstance(session_id, bytes) else None

    def _name(self, ticket: str) -> str:
        return "live:ticket:" + hmac.digest(self._key, ticket.encode(), "sha256").hex()


def _away() -> Unavailable:
    return Unavailable(detail="Tickets cannot be had just now.", retry_after_seconds=1)
