"""Sign-in codes: six digits, good for minutes, once, and for a few tries.

Only a keyed digest is kept: who reads the table learns no code, and cannot try all million of
them either.
"""

import hmac
import secrets
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.tables import SignInCodeRow
from live.values import MS_PER_SECOND

_CODES: Any = SignInCodeRow.__table__  # type: ignore[attr-defined]
_DIGITS = 6


class CodeVerdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"  # another try is left, or was
    VOID = "void"  # never sent, expired, used, or tried too often


class SignInCodes:
    """Issues and redeems codes, within the caller's transaction.

    Args:
        key: of the digests.
        good_seconds: from issue to expiry.
        attempts_max: wrong tries before a code is void.
    """

    def __init__(self, key: bytes, *, good_seconds: int, attempts_max: int) -> None:
        self._key = key
        self._good_ms = good_seconds * MS_PER_SECOND
        self._attempts_max = attempts_max

    async def issue(self, session: AsyncSession, phone: str, now_ms: int) -> str:
        """A new code for this phone; the one before is void."""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        row = {
            "digest": self._digest(phone, code),
            "expires_ms": now_ms + self._good_ms,
            "attempts": 0,
        }
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        insert = sqlite_insert if is_sqlite else postgres_insert
        await session.execute(
            insert(_CODES)
            .values(phone=phone, **row)
            .on_conflict_do_update(index_elements=["phone"], set_=row)
        )
        return code

    async def redeem(
        self, session: AsyncSession, phone: str, code: str, now_ms: int
    ) -> CodeVerdict:
        """Try a code. The caller must commit whatever the verdict: a wrong try counts."""
        # Counted before it is compared: of tries that arrive together none is free, since the
        # row's lock takes them one by one.
        counted: Any = await session.execute(
            update(_CODES)
            .where(
                _CODES.c.phone == phone,
                _CODES.c.expires_ms > now_ms,
                _CODES.c.attempts < self._attempts_max,
            )
            .values(attempts=_CODES.c.attempts + 1)
        )
        if not counted.rowcount:
            return CodeVerdict.VOID
        digest = await session.scalar(select(_CODES.c.digest).where(_CODES.c.phone == phone))
        if not hmac.compare_digest(str(digest), self._digest(phone, code)):
            return CodeVerdict.WRONG
        await session.execute(delete(_CODES).where(_CODES.c.phone == phone))
        return CodeVerdict.RIGHT

    def _digest(self, phone: str, code: str) -> str:
        return hmac.digest(self._key, f"{phone}\n{code}".encode(), "sha256").hex()
