"""Whatever happens to a room, in whatever order, every viewer's screen is right."""

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from live.realtime.position import NO_EPOCH, FeedPosition
from live.realtime.room import Room, Sample
from tests.support.room_frames import message
from tests.support.room_pieces import (
    OFFER,
    SETTINGS,
    START_MS,
    Screen,
    definition,
    entry,
    numbers,
    retraction,
)

counts = st.integers(0, 3)
some_numbers = st.builds(numbers, counts, counts, counts, st.sampled_from(["open", "sold_out"]))
offer_ids = st.sampled_from(["off_1", "off_2", "off_3"])


class AnyHistory(RuleBasedStateMachine):
    """Whatever happens, in whatever order, every viewer's screen is right."""

    @initialize(views=st.integers(0, 5))
    def open_room(self, views: int) -> None:
        self.now_ms = START_MS
        self.entries_ms = 0
        self.epoch = 0
        self.told_ids: list[str] = []
        self.retracted: set[str] = set()
        self.beat: dict[str, Any] = {}
        self.position = FeedPosition(NO_EPOCH, 0, 0)
        self.definition = definition(views_total=views)
        self.room = Room(self.definition, ["offers"], SETTINGS, self.now_ms)
        self.screens = [Screen(message(self.room.snapshot(self.now_ms)))]

    @rule(
        viewers=counts,
        views=st.integers(0, 9),
        offers=st.none() | st.dictionaries(offer_ids, some_numbers),
        new_entries=st.integers(0, 8),
        is_new_epoch=st.booleans(),
        is_renewed=st.booleans(),
        has_gap=st.booleans(),
        is_partial=st.booleans(),
        taken_back=st.lists(st.integers(0, 12), max_size=3),
        chat_max=st.none() | st.integers(0, 5),
        tick_hz=st.sampled_from([5.0, 2.5]),
    )
    def sample(
        self,
        viewers: int,
        views: int,
        offers: dict[str, dict[str, Any]] | None,
        new_entries: int,
        is_new_epoch: bool,
        is_renewed: bool,
        has_gap: bool,
        is_partial: bool,
        taken_back: list[int],
        chat_max: int | None,
        tick_hz: float,
    ) -> None:
        self.epoch += is_new_epoch or self.epoch == 0
        epoch = f"e{self.epoch}"
        found = []
        for _ in range(new_entries):
            self.entries_ms += 1
            found.append(entry(epoch, self.entries_ms))
            self.told_ids.append(found[-1].id)
        # Of those told last, be they of this look or of an earlier life of the stream.
        ids = {self.told_ids[-1 - back] for back in taken_back if back < len(self.told_ids)}
        if ids:
            self.entries_ms += 1
            found.append(retraction(epoch, self.entries_ms, *ids))
            self.retracted |= ids
        self.beat = {"chat_max": chat_max, "tick_hz": tick_hz}
        self.take(
            Sample(
                viewers=viewers,
                views=views,
                likes=views,
                revision=1,
                is_renewed=is_renewed,
                position=FeedPosition(epoch, self.entries_ms, 0),
                entries=found,
                is_whole=True,
                has_gap=has_gap and new_entries > 0,
                sections={"offers": offers},
                is_partial=is_partial,
            )
        )

    @rule()
    def redis_is_away(self) -> None:
        self.take(None)

    @rule(ids=st.lists(offer_ids, unique=True), title=st.sampled_from("ab"), first=some_numbers)
    def redefine(self, ids: list[str], title: str, first: dict[str, Any]) -> None:
        items = {offer_id: {**OFFER, **first, "title": title} for offer_id in ids}
        event = {"id": "evt_1", "title": title}
        self.definition = replace(self.definition, event=event, items={"offers": items})
        self.room.define(self.definition)

    @rule(seconds=st.integers(0, 20))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    @rule()
    def join(self) -> None:
        self.screens.append(Screen(message(self.room.snapshot(self.now_ms))))

    def take(self, taken: Sample | None) -> None:
        before = self.room.n
        update = self.room.apply(taken, self.now_ms, **self.beat)
        if update is None:
            assert self.room.n == before
            return
        frame = update.frame()
        for screen in self.screens:
            if frame is None:
                screen.show(message(self.room.snapshot(self.now_ms)))
            else:
                screen.apply(message(frame))

    @invariant()
    def every_screen_is_a_fresh_snapshot(self) -> None:
        fresh = Screen(message(self.room.snapshot(self.now_ms))).state
        feed = fresh.pop("feed")
        for screen in self.screens:
            shown = dict(screen.state)
            # A screen may remember more of the feed than a snapshot carries.
            kept = shown.pop("feed")
            assert kept[len(kept) - len(feed) :] == feed
            assert not self.retracted & {entry["id"] for entry in kept}
            assert shown == fresh


AnyHistory.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestAnyHistory = AnyHistory.TestCase
