"""Made-up people, as many as a rush needs, in seconds."""

import time

import pytest

from live.accounts.simulated import sign_in_simulated
from live.clock import ManualClock
from live.values import Role
from tests.support.signing_in import Town

pytestmark = pytest.mark.asyncio


async def test_tokens_are_distinct_people_and_come_again(people: Town) -> None:
    async def sign_in(role: Role, count: int) -> list[str]:
        return await sign_in_simulated(
            people.database, people.accounts.tokens, people.clock, role, count, days=1
        )

    async def ids(tokens: list[str]) -> list[str]:
        return [(await people.account_of(token))["id"] for token in tokens]

    first = await ids(await sign_in(Role.VIEWER, 3))
    assert len(set(first)) == 3
    hosts = await sign_in(Role.HOST, 2)
    assert [(await people.account_of(token))["role"] for token in hosts] == ["host"] * 2
    again = await ids(await sign_in(Role.VIEWER, 5))
    assert again[:3] == first
    assert len({*again, *await ids(hosts)}) == 7


async def test_real_people_are_never_lent(people: Town) -> None:
    host = (await people.account_of(await people.sign_in(Role.HOST)))["id"]
    tokens = await sign_in_simulated(
        people.database, people.accounts.tokens, people.clock, Role.HOST, 2, days=1
    )
    assert host not in [(await people.account_of(token))["id"] for token in tokens]


async def test_twenty_thousand_take_seconds(people: Town) -> None:
    started = time.monotonic()
    tokens = await sign_in_simulated(
        people.database, people.accounts.tokens, ManualClock(), Role.VIEWER, 20_000, days=1
    )
    assert len(set(tokens)) == 20_000
    assert time.monotonic() - started < 15  # 0.5 s here; the margin is for a busy machine
