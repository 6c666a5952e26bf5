"""The room's promise: a snapshot and every tick after it show what a fresh snapshot shows."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from live.config import Settings
from live.realtime.definition import RoomDefinition
from live.realtime.position import NO_EPOCH, FeedPosition
from live.realtime.ring import RETRACTION, FeedEntry, feed_entry
from live.realtime.room import Room, Sample, Update

SETTINGS = Settings(snapshot_feed_max=5, feed_entries_max=12, quiet_tick_seconds=15, lease_ms=3000)
START_MS = 1_582_077_600_000

OFFER = {
    "title": "菠萝 5 kg",
    "allotment": 10,
    "available": 10,
    "reserved": 0,
    "sold": 0,
    "status": "open",
}


def definition(**changes: Any) -> RoomDefinition:
    base = RoomDefinition(
        revision=1,
        event={"id": "evt_1", "status": "live", "title": "徐闻菠萝"},
        staff=frozenset(),
        items={"offers": {"off_1": OFFER}},
        views_total=70_000_000,
        likes_total=5,
    )
    return replace(base, **changes)


def sample(**changes: Any) -> Sample:
    base = Sample(
        viewers=1,
        views=70_000_001,
        likes=5,
        revision=1,
        is_renewed=True,
        position=FeedPosition("a1", 0, 0),
        is_whole=True,
        sections={"offers": {"off_1": numbers(10, 0, 0)}},
    )
    return replace(base, **changes)


def numbers(available: int, reserved: int, sold: int, status: str = "open") -> dict[str, Any]:
    return {"available": available, "reserved": reserved, "sold": sold, "status": status}


def entry(epoch: str, ms: int) -> FeedEntry:
    return feed_entry(FeedPosition(epoch, ms, 0), "chat", b'{"name":"a","text":"b"}')


def retraction(epoch: str, ms: int, *ids: str) -> FeedEntry:
    return feed_entry(FeedPosition(epoch, ms, 0), RETRACTION, json.dumps({"ids": ids}).encode())


def message(frame: bytes) -> dict[str, Any]:
    """The JSON within one unfragmented text frame of a server."""
    assert frame[0] == 0x81
    start = {126: 4, 127: 10}.get(frame[1], 2)
    decoded: dict[str, Any] = json.loads(frame[start:])
    return decoded


def told(update: Update | None) -> dict[str, Any]:
    assert update is not None
    frame = update.frame()
    assert frame is not None
    return message(frame)


def room_at_rest() -> Room:
    room = Room(definition(), ["offers"], SETTINGS, START_MS)
    room.apply(sample(), START_MS)
    return room


class Screen:
    """A viewer as the contract describes one."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self.show(snapshot)

    def show(self, snapshot: Mapping[str, Any]) -> None:
        unkept = ("type", "at", "gap", "retracted")
        self.state = {k: v for k, v in snapshot.items() if k not in unkept}
        self.state["offers"] = [dict(offer) for offer in snapshot["offers"]]
        self.state["feed"] = list(snapshot["feed"])

    def apply(self, tick: Mapping[str, Any]) -> None:
        assert tick["prev"] == self.state["n"], "a hole"
        for name, value in tick.items():
            match name:
                case "type" | "prev" | "gap":
                    pass
                case "retracted":
                    self._drop(value)
                case "offers":
                    self._lay_over(value)
                case "feed":
                    self.state["feed"] += value
                case _:
                    self.state[name] = value

    def _drop(self, ids: list[str]) -> None:
        self.state["feed"] = [entry for entry in self.state["feed"] if entry["id"] not in ids]

    def _lay_over(self, changes: list[dict[str, Any]]) -> None:
        by_id = {offer["id"]: offer for offer in self.state["offers"]}
        for change in changes:
            if change["id"] in by_id:
                by_id[change["id"]].update(change)
            else:
                self.state["offers"].append(dict(change))


def test_tick_carries_what_changed_and_nothing_else() -> None:
    room = room_at_rest()
    n = room.n
    tick = told(room.apply(sample(sections={"offers": {"off_1": numbers(9, 1, 0)}}), START_MS))
    assert tick == {
        "type": "tick",
        "n": n + 1,
        "prev": n,
        "offers": [{"id": "off_1", "available": 9, "reserved": 1, "sold": 0, "status": "open"}],
    }


def test_changed_definition_sends_the_whole_item_and_the_event() -> None:
    room = room_at_rest()
    renamed = {**OFFER, "title": "菠萝 10 kg"}
    event = {"id": "evt_1", "status": "ended", "title": "徐闻菠萝"}
    room.define(definition(revision=2, event=event, items={"offers": {"off_1": renamed}}))
    tick = told(room.apply(sample(), START_MS))
    assert tick["offers"] == [{"id": "off_1", **renamed}]
    assert tick["event"] == event


def test_reloaded_definition_with_older_numbers_of_sql_changes_nothing() -> None:
    room = room_at_rest()
    room.apply(sample(sections={"offers": {"off_1": numbers(3, 3, 4)}}), START_MS)
    room.define(definition())
    assert room.apply(sample(sections={"offers": {"off_1": numbers(3, 3, 4)}}), START_MS) is None


def test_section_without_trustworthy_numbers_keeps_the_last() -> None:
    room = room_at_rest()
    room.apply(sample(sections={"offers": {"off_1": numbers(3, 3, 4)}}), START_MS)
    assert room.apply(sample(sections={"offers": None}), START_MS) is None
    assert message(room.snapshot(START_MS))["offers"][0]["available"] == 3


def test_removed_item_is_told_by_a_snapshot() -> None:
    room = room_at_rest()
    n = room.n
    room.define(definition(items={"offers": {"off_2": OFFER}}))
    update = room.apply(sample(), START_MS)
    assert update is not None
    assert update.frame() is None
    shown = message(room.snapshot(START_MS))
    assert [offer["id"] for offer in shown["offers"]] == ["off_2"]
    assert shown["n"] == n + 1


def test_quiet_room_ticks_all_the_same() -> None:
    room = room_at_rest()
    assert room.apply(sample(), START_MS + 14_999) is None
    n = room.n
    tick = told(room.apply(sample(), START_MS + 15_000))
    assert tick == {"type": "tick", "n": n + 1, "prev": n}


def test_redis_away_is_told_once_and_healed_by_the_next_sample() -> None:
    room = room_at_rest()
    assert told(room.apply(None, START_MS))["degraded"] is True
    assert room.apply(None, START_MS + 200) is None
    shown = message(room.snapshot(START_MS))
    assert (shown["degraded"], shown["viewers"]) == (True, 1)
    assert told(room.apply(sample(viewers=2), START_MS))["degraded"] is False


def test_totals_never_fall() -> None:
    room = room_at_rest()
    assert room.apply(sample(views=3, likes=0), START_MS) is None
    assert message(room.snapshot(START_MS))["views"] == 70_000_001


def test_process_whose_lease_lapsed_keeps_the_total_for_one_lease() -> None:
    room = room_at_rest()
    room.apply(sample(viewers=900), START_MS)
    assert room.apply(sample(viewers=10, is_renewed=False), START_MS + 5_000) is None
    assert room.apply(sample(viewers=20), START_MS + 7_999) is None
    assert told(room.apply(sample(viewers=20), START_MS + 8_000))["viewers"] == 20


def test_another_epoch_is_a_gap_for_everybody() -> None:
    room = room_at_rest()
    room.apply(sample(position=FeedPosition("a1", 7, 0), entries=[entry("a1", 7)]), START_MS)
    tick = told(
        room.apply(sample(position=FeedPosition("b2", 9, 0), entries=[entry("b2", 9)]), START_MS)
    )
    assert tick["gap"] is True
    assert tick["feed_id"] == "b2.9-0"
    resumed = message(room.snapshot(START_MS, since=FeedPosition("a1", 7, 0)))
    assert resumed["gap"] is True


def test_resume_gets_what_followed_and_nothing_twice() -> None:
    room = room_at_rest()
    entries = [entry("a1", ms) for ms in range(1, 10)]
    room.apply(sample(position=entries[-1].position, entries=entries), START_MS)
    resumed = message(room.snapshot(START_MS, since=FeedPosition("a1", 2, 0)))
    assert [e["id"] for e in resumed["feed"]] == [f"a1.{ms}-0" for ms in range(3, 10)]
    assert resumed["gap"] is False


def test_resume_from_what_was_forgotten_has_a_gap() -> None:
    room = room_at_rest()
    entries = [entry("a1", ms) for ms in range(1, 20)]
    room.apply(sample(position=entries[-1].position, entries=entries), START_MS)
    resumed = message(room.snapshot(START_MS, since=FeedPosition("a1", 2, 0)))
    assert resumed["gap"] is True
    assert len(resumed["feed"]) == SETTINGS.snapshot_feed_max


def room_with_chat() -> tuple[Room, list[FeedEntry]]:
    room = room_at_rest()
    entries = [entry("a1", ms) for ms in range(1, 8)]
    room.apply(sample(position=entries[-1].position, entries=entries), START_MS)
    return room, entries


def test_retraction_is_told_by_id_and_shown_to_nobody() -> None:
    room, _ = room_with_chat()
    taken_back = retraction("a1", 8, "a1.6-0")
    tick = told(room.apply(sample(position=taken_back.position, entries=[taken_back]), START_MS))
    assert (tick["retracted"], tick["feed_id"]) == (["a1.6-0"], "a1.8-0")
    assert "feed" not in tick
    shown = message(room.snapshot(START_MS))
    assert [e["id"] for e in shown["feed"]] == [f"a1.{ms}-0" for ms in (3, 4, 5, 7)]
    assert shown["retracted"] == ["a1.6-0"]


def test_whoever_resumes_is_told_what_to_drop_and_has_no_gap() -> None:
    room, entries = room_with_chat()
    taken_back = retraction("a1", 8, "a1.2-0", "a1.5-0")
    room.apply(sample(position=taken_back.position, entries=[taken_back]), START_MS)
    # From the very entry that was taken back: its place still tells what followed.
    for since in (entries[1].position, entries[3].position):
        resumed = message(room.snapshot(START_MS, since=since))
        followed = [ms for ms in (1, 3, 4, 6, 7) if ms > since.ms]
        assert [e["id"] for e in resumed["feed"]] == [f"a1.{ms}-0" for ms in followed]
        assert resumed["gap"] is False
        assert resumed["retracted"] == ["a1.2-0", "a1.5-0"]


def test_entry_taken_back_before_anybody_saw_it_is_never_shown() -> None:
    room, _ = room_with_chat()
    found = [entry("a1", 8), retraction("a1", 9, "a1.8-0", "a1.10-0"), entry("a1", 10)]
    tick = told(room.apply(sample(position=found[-1].position, entries=found), START_MS))
    assert "feed" not in tick
    assert "a1.8-0" not in [e["id"] for e in message(room.snapshot(START_MS))["feed"]]


def test_entries_of_a_lost_stream_can_be_taken_back_too() -> None:
    room, _ = room_with_chat()
    found = [entry("b2", 9), retraction("b2", 10, "a1.7-0")]
    room.apply(sample(position=found[-1].position, entries=found), START_MS)
    shown = [e["id"] for e in message(room.snapshot(START_MS))["feed"]]
    assert shown == [*(f"a1.{ms}-0" for ms in (4, 5, 6)), "b2.9-0"]


def test_retraction_does_not_wait_for_a_slowed_tick() -> None:
    room, _ = room_with_chat()
    assert room.is_urgent(sample(entries=[retraction("a1", 8, "a1.6-0")]))
    assert not room.is_urgent(sample(entries=[entry("a1", 8)]))


def test_snapshot_is_encoded_once_for_each_n_and_stamped_anew() -> None:
    room = room_at_rest()
    first, second = room.snapshot(START_MS), room.snapshot(START_MS + 1500)
    assert message(first)["at"] == "2020-02-19T02:00:00.000Z"
    assert message(second)["at"] == "2020-02-19T02:00:01.500Z"
    assert len(room._snapshots) == 1


def test_new_status_is_urgent_and_a_count_is_not() -> None:
    room = room_at_rest()
    assert not room.is_urgent(sample(sections={"offers": {"off_1": numbers(1, 0, 9)}}))
    assert room.is_urgent(sample(sections={"offers": {"off_1": numbers(0, 0, 10, "sold_out")}}))


def test_opening_that_only_sql_knows_of_is_urgent_and_a_title_is_not() -> None:
    room = room_at_rest()
    room.define(definition(items={"offers": {"off_1": {**OFFER, "title": "new"}}}))
    assert not room.is_urgent(sample())
    room.define(definition(items={"offers": {"off_1": OFFER, "off_2": OFFER}}))
    assert room.is_urgent(sample())
    room.apply(sample(), START_MS)
    assert not room.is_urgent(sample())
    room.define(definition(event={"id": "evt_1", "status": "ended"}))
    assert room.is_urgent(sample())


def test_slowed_rate_goes_along_once_and_is_told_to_whoever_comes() -> None:
    room = room_at_rest()
    # A tick for its sake would cost, and so change the rate again: a quiet room never rested.
    assert room.apply(sample(), START_MS, tick_hz=2.5) is None
    assert message(room.snapshot(START_MS))["tick_hz"] == 5.0
    assert told(room.apply(sample(viewers=2), START_MS, tick_hz=2.5))["tick_hz"] == 2.5
    assert "tick_hz" not in told(room.apply(sample(viewers=3), START_MS, tick_hz=2.5))
    assert message(room.snapshot(START_MS))["tick_hz"] == 2.5


def test_too_much_chat_is_spared_and_orders_pins_and_stock_are_not() -> None:
    room = room_at_rest()
    chats = [entry("a1", ms) for ms in (1, 2, 4)]
    others = [
        feed_entry(FeedPosition("a1", ms, 0), kind, b"{}")
        for ms, kind in ((3, "orders"), (5, "pin"))
    ]
    news = sorted([*chats, *others], key=lambda e: e.position)
    stock = {"offers": {"off_1": numbers(9, 1, 0)}}
    told_ = told(
        room.apply(
            sample(position=news[-1].position, entries=news, sections=stock), START_MS, chat_max=1
        )
    )
    assert [e["id"] for e in told_["feed"]] == ["a1.3-0", "a1.4-0", "a1.5-0"]
    assert told_["feed_id"] == "a1.5-0"
    assert told_["offers"][0]["available"] == 9
    assert room.chat_spared == 2
    resumed = message(room.snapshot(START_MS, since=FeedPosition("a1", 0, 0)))
    assert (resumed["feed"], resumed["gap"]) == (told_["feed"], False)


def test_item_that_sql_has_not_told_yet_asks_for_the_definition() -> None:
    room = room_at_rest()
    both = {"offers": {"off_1": numbers(1, 0, 9), "off_2": numbers(1, 0, 0)}}
    assert room.has_unknown_items(sample(sections=both))
    assert not room.has_unknown_items(sample())


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


@given(st.text(max_size=30))
def test_any_text_is_a_position_or_none(text: str) -> None:
    position = FeedPosition.parse(text)
    assert position is None or str(FeedPosition.parse(str(position))) == str(position)
