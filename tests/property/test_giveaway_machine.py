"""Random histories of giveaways on real databases.

Two processes open, let people enter, close, freeze, draw and call off in any order, and at once.
Nobody is in twice; whoever was told that they are in is drawn from; each draw happens once, and
is the one that its published seed and entries make.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from live.clock import ManualClock
from live.draws import commitment_of
from live.errors import Conflict
from live.giveaways.draw import entries_digest, entry_id_for, winning_entries
from live.giveaways.rows import StoredGiveaway
from live.storage.database import Database
from tests.support.booths import BY_HOST, SECONDS, Booth, person

T = TypeVar("T")

PEOPLE = 12
SETTINGS = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
WHICH = st.integers(0, 1)
WHO = st.lists(st.integers(0, PEOPLE - 1), min_size=1, max_size=8)


class GiveawayMachine(RuleBasedStateMachine):
    """``new_database`` makes an empty one for each history."""

    new_database: ClassVar[Callable[[], str]]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        url, self.clock = type(self).new_database(), ManualClock()
        self.booths = [Booth(Database(url), self.clock, draw_ms=1_000) for _ in range(2)]
        self.run(self.booths[0].set_up(PEOPLE))
        self.current: StoredGiveaway | None = None
        self.told: dict[str, set[str]] = {}  # giveaway → who was told that they are in

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        drawn = 0
        for giveaway_id, told in self.told.items():
            drawn += self.run(check(self.booths[1], giveaway_id, told))
        assert self.run(self.booths[0].facts("GiveawayDrawn")) == drawn
        for booth in self.booths:
            self.run(booth.close())
        self.loop.close()

    @rule(which=WHICH, winners=st.integers(1, 4))
    def open(self, which: int, winners: int) -> None:
        try:
            self.current = self.run(self.booths[which].open(winners))
            self.told[self.current.id] = set()
        except Conflict as refusal:
            assert refusal.code == "giveaway_running"  # noqa: PT017 (of either outcome)

    @precondition(lambda self: self.current is not None)
    @rule(who=WHO, is_drawing=st.booleans())
    def enter(self, who: list[int], is_drawing: bool) -> None:
        """On both processes at once, perhaps while they close and draw."""
        assert self.current is not None
        giveaway_id = self.current.id

        async def rush() -> list[Any]:
            asks = [b.enter(giveaway_id, person(n)) for n in who for b in self.booths]
            looks = [b.drawing.run() for b in self.booths] if is_drawing else []
            return await asyncio.gather(*asks, *looks, return_exceptions=True)

        told = self.run(rush())
        heard = told[: 2 * len(who)]
        assert set(told[2 * len(who) :]) <= {None}, "a look has failed"
        for number, one in zip([n for n in who for _ in range(2)], heard, strict=True):
            if isinstance(one, BaseException):
                assert isinstance(one, Conflict), one
            else:
                self.told[giveaway_id].add(person(number))

    @rule(which=WHICH)
    def look(self, which: int) -> None:
        self.run(self.booths[which].drawing.run())

    @rule(seconds=st.sampled_from([1, SECONDS]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @precondition(lambda self: self.current is not None)
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        assert self.current is not None
        try:
            self.run(self.booths[which].hosting.cancel(BY_HOST, self.current.id, "错了"))
        except Conflict as refusal:
            assert refusal.code == "giveaway_closed"  # noqa: PT017 (of either outcome)

    @invariant()
    def the_latest_is_as_it_should_be(self) -> None:
        if self.current is not None:
            self.run(check(self.booths[0], self.current.id, self.told[self.current.id]))


async def check(booth: Booth, giveaway_id: str, told: set[str]) -> bool:
    """Returns whether it is drawn."""
    giveaway = await booth.read(giveaway_id)
    inside = await booth.entries(giveaway_id)
    assert len(set(inside)) == len(inside) == giveaway.entries
    assert told <= set(inside)
    entries = [entry_id_for(giveaway_id, who) for who in inside]
    if giveaway.entries_digest is not None:
        assert giveaway.entries_digest == entries_digest(entries)
    winners = await booth.winners(giveaway_id)
    if giveaway.status != "drawn":
        assert (giveaway.seed, winners) == (None, [])
        return False
    assert giveaway.seed is not None
    assert commitment_of(giveaway.seed) == giveaway.commitment
    assert winners == winning_entries(giveaway.seed, entries, giveaway.winners_count)
    return True


def test_whatever_happens_each_draw_is_one_and_the_right_one(
    new_database: Callable[[], str],
) -> None:
    class OnThisDatabase(GiveawayMachine):
        pass

    OnThisDatabase.new_database = staticmethod(new_database)
    run_state_machine_as_test(OnThisDatabase, settings=SETTINGS)
