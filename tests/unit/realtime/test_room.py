"""The room's promise: a snapshot and every tick after it show what a fresh snapshot shows."""

from hypothesis import given
from hypothesis import strategies as st

from live.realtime.position import FeedPosition
from live.realtime.ring import FeedEntry, feed_entry
from live.realtime.room import Room
from tests.support.room_frames import message
from tests.support.room_pieces import (
    OFFER,
    SETTINGS,
    START_MS,
    definition,
    entry,
    numbers,
    retraction,
    room_at_rest,
    sample,
    told,
)


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


@given(st.text(max_size=30))
def test_any_text_is_a_position_or_none(text: str) -> None:
    position = FeedPosition.parse(text)
    assert position is None or str(FeedPosition.parse(str(position))) == str(position)
