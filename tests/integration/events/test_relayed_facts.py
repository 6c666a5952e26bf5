"""Whoever reacts to events hears of each step through the relay, the shell's steps included."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from live.clock import ManualClock
from live.events.facts import EventCancelled, EventEnded, EventStarted
from live.storage.facts import Fact, Reaction
from live.storage.relay import Relay
from live.values import Role
from tests.integration.events.studio import Studio

pytestmark = pytest.mark.asyncio


async def test_each_step_is_relayed_once_with_its_event_and_time(studio: Studio) -> None:
    heard: list[Fact] = []

    async def hear(facts: Sequence[Fact]) -> None:
        heard.extend(facts)

    handle: Callable[[Sequence[Fact]], Awaitable[None]] = hear
    reactions = [Reaction(fact, handle) for fact in (EventStarted, EventEnded, EventCancelled)]
    relay = Relay(studio.town.database, reactions, ManualClock(), batch_max=10)

    host = await studio.sign_in(Role.HOST)
    held, called_off = (await studio.create(host))["id"], (await studio.create(host))["id"]
    first_ms = studio.town.clock.now_ms()
    await studio.step(held, "start", host)
    studio.town.clock.advance(ms=5)
    await studio.step(held, "end", host)
    await studio.step(called_off, "cancel", host)

    while await relay.relay_waiting():
        pass
    assert heard == [
        EventStarted(event_id=held, at_ms=first_ms),
        EventEnded(event_id=held, at_ms=first_ms + 5),
        EventCancelled(event_id=called_off, at_ms=first_ms + 5),
    ]
