"""What a process believes of who is signed in: for a few seconds, in bounded memory."""

import asyncio
from collections.abc import Sequence

import pytest

from live.accounts.session_cache import SessionCache
from live.accounts.session_lookup import OpenSession
from live.accounts.tokens import Claims, Tokens
from live.clock import ManualClock
from live.errors import Unauthenticated
from live.values import AccountId, Role
from live.web.routes import Identity

pytestmark = pytest.mark.asyncio

FAR_MS = 4_000_000_000_000


class Table:
    """Sessions, and how often they were asked for; a look-up can be held up."""

    def __init__(self) -> None:
        self.sessions: dict[str, OpenSession] = {}
        self.asked: list[list[str]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.was_asked = asyncio.Event()

    def open(self, number: int, *, expires_ms: int = FAR_MS) -> None:
        session_id = f"ses_{number}"
        identity = Identity(AccountId(f"acc_{number}"), Role.VIEWER, f"n{number}", session_id)
        self.sessions[session_id] = OpenSession(identity, expires_ms)

    async def find(self, session_ids: Sequence[str], now_ms: int) -> dict[str, OpenSession]:
        self.asked.append(list(session_ids))
        self.was_asked.set()
        found = {key: self.sessions[key] for key in session_ids if key in self.sessions}
        await self.may_answer.wait()
        return found

    async def close(self) -> None:
        return None


TOKENS = Tokens(b"k" * 32)
CLOCK_SECONDS = 5


def token(number: int) -> str:
    claims = Claims(f"ses_{number}", AccountId(f"acc_{number}"), Role.VIEWER, FAR_MS // 1000)
    return TOKENS.sign(claims)


def cache_of(table: Table, clock: ManualClock, sessions_max: int = 100) -> SessionCache:
    return SessionCache(
        table, TOKENS, clock, recheck_seconds=CLOCK_SECONDS, sessions_max=sessions_max
    )


async def test_a_token_is_looked_up_once_and_again_after_the_recheck_time() -> None:
    table, clock = Table(), ManualClock()
    table.open(1)
    cache = cache_of(table, clock)
    for _ in range(3):
        assert (await cache.identity_of_token(token(1))).id == "acc_1"
    clock.advance(seconds=CLOCK_SECONDS - 0.001)
    await cache.identity_of_token(token(1))
    assert len(table.asked) == 1
    clock.advance(ms=1)
    await cache.identity_of_token(token(1))
    assert len(table.asked) == 2


async def test_many_first_sights_share_a_look_up() -> None:
    table = Table()
    for number in range(200):
        table.open(number)
    cache = cache_of(table, ManualClock(), sessions_max=1_000)
    found = await asyncio.gather(*(cache.identity_of_token(token(n)) for n in range(200)))
    assert [identity.id for identity in found] == [f"acc_{n}" for n in range(200)]
    assert len(table.asked) <= 2


async def test_what_has_ended_elsewhere_is_refused_after_the_recheck_time() -> None:
    table, clock = Table(), ManualClock()
    table.open(1)
    cache = cache_of(table, clock)
    await cache.identity_of_token(token(1))
    table.sessions.clear()
    await cache.identity_of_token(token(1))  # still believed
    clock.advance(seconds=CLOCK_SECONDS)
    with pytest.raises(Unauthenticated):
        await cache.identity_of_token(token(1))


async def test_what_is_forgotten_is_not_believed() -> None:
    table = Table()
    table.open(1)
    cache = cache_of(table, ManualClock())
    await cache.identity_of_token(token(1))
    table.sessions.clear()
    cache.forget("ses_1")
    with pytest.raises(Unauthenticated):
        await cache.identity_of_token(token(1))


async def test_a_look_up_under_way_does_not_bring_back_what_is_forgotten() -> None:
    table = Table()
    table.open(1)
    cache = cache_of(table, ManualClock())
    table.may_answer.clear()
    late = asyncio.create_task(cache.identity_of_token(token(1)))
    await table.was_asked.wait()
    table.sessions.clear()  # signed out, after SQL was read and before it answered
    cache.forget("ses_1")
    table.may_answer.set()
    await late  # that request was first
    with pytest.raises(Unauthenticated):
        await cache.identity_of_token(token(1))


async def test_a_session_is_never_believed_beyond_its_end() -> None:
    table, clock = Table(), ManualClock()
    table.open(1, expires_ms=clock.now_ms() + 1_000)
    cache = cache_of(table, clock)
    await cache.identity_of_token(token(1))
    table.sessions.clear()
    clock.advance(seconds=1)
    with pytest.raises(Unauthenticated):
        await cache.identity_of_token(token(1))


async def test_memory_is_bounded_and_the_latest_stay() -> None:
    table = Table()
    for number in range(30):
        table.open(number)
    cache = cache_of(table, ManualClock(), sessions_max=10)
    for number in range(30):
        await cache.identity_of_token(token(number))
    assert len(table.asked) == 30
    await cache.identity_of_token(token(29))
    assert len(table.asked) == 30
    await cache.identity_of_token(token(0))
    assert len(table.asked) == 31


async def test_without_sql_every_asker_hears_of_it() -> None:
    class Away(Table):
        async def find(self, session_ids: Sequence[str], now_ms: int) -> dict[str, OpenSession]:
            raise ConnectionError("away")

    cache = cache_of(Away(), ManualClock())
    answers = await asyncio.gather(
        *(cache.identity_of_token(token(n)) for n in range(5)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [ConnectionError] * 5
