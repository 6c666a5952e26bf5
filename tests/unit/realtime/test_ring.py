"""What a process remembers of a feed, and what it may promise to whoever resumes."""

from collections.abc import Sequence

from live.realtime.position import FeedPosition
from live.realtime.ring import (
    CHAT,
    RETRACTED_MAX,
    RETRACTION,
    FeedEntry,
    FeedRing,
    feed_entry,
    spare_chat,
)


def entries(epoch: str, first: int, last: int) -> list[FeedEntry]:
    return [feed_entry(FeedPosition(epoch, ms, 0), "pin", b"{}") for ms in range(first, last + 1)]


def ring_of(epoch: str, first: int, last: int, *, is_whole: bool = True) -> FeedRing:
    ring = FeedRing(entries_max=10)
    ring.restart(FeedPosition(epoch, last, 0), entries(epoch, first, last), is_whole=is_whole)
    return ring


def ids(found: object) -> list[int]:
    return [entry.position.ms for entry in found]  # type: ignore[attr-defined]


def test_whole_stream_can_be_resumed_from_before_its_first_entry() -> None:
    resumed = ring_of("a", 3, 5).since(FeedPosition("a", 0, 0), 2)
    assert (ids(resumed.entries), resumed.has_gap) == ([3, 4, 5], False)


def test_trimmed_stream_cannot() -> None:
    resumed = ring_of("a", 3, 5, is_whole=False).since(FeedPosition("a", 0, 0), 2)
    assert (ids(resumed.entries), resumed.has_gap) == ([4, 5], True)


def test_ring_that_overflowed_is_no_longer_whole() -> None:
    ring = ring_of("a", 1, 10)
    ring.extend(FeedPosition("a", 11, 0), entries("a", 11, 11))
    assert ring.since(FeedPosition("a", 1, 0), 3).has_gap
    assert ids(ring.since(FeedPosition("a", 2, 0), 3).entries) == list(range(3, 12))


def test_position_ahead_of_this_process_is_not_known() -> None:
    ring = ring_of("a", 1, 3)
    assert not ring.knows(FeedPosition("a", 4, 0))
    assert ring.knows(FeedPosition("a", 3, 0))
    assert not ring.knows(FeedPosition("b", 1, 0))


def test_entries_of_an_earlier_life_are_shown_but_not_resumed_from() -> None:
    ring = ring_of("a", 1, 3)
    ring.restart(FeedPosition("b", 5, 0), entries("b", 5, 5), is_whole=True)
    assert ids(ring.recent(10)) == [1, 2, 3, 5]
    assert ring.since(FeedPosition("a", 2, 0), 10).has_gap
    resumed = ring.since(FeedPosition("b", 0, 0), 10)
    assert (ids(resumed.entries), resumed.has_gap) == ([5], False)


def test_earlier_life_is_forgotten_first() -> None:
    ring = ring_of("a", 1, 8)
    ring.restart(FeedPosition("b", 0, 0), [], is_whole=True)
    ring.extend(FeedPosition("b", 10, 0), entries("b", 1, 10))
    assert not ring.since(FeedPosition("b", 0, 0), 3).has_gap
    ring.extend(FeedPosition("b", 11, 0), entries("b", 11, 11))
    assert ring.since(FeedPosition("b", 0, 0), 3).has_gap


def test_hole_ends_what_can_be_resumed() -> None:
    ring = ring_of("a", 1, 3)
    ring.forget_continuity()
    ring.extend(FeedPosition("a", 9, 0), entries("a", 8, 9))
    assert ring.since(FeedPosition("a", 2, 0), 3).has_gap
    assert ids(ring.since(FeedPosition("a", 8, 0), 3).entries) == [9]


def test_who_was_left_behind_gets_the_newest_or_all_that_was_missed() -> None:
    ring = ring_of("a", 1, 10)
    assert ids(ring.covering(FeedPosition("a", 9, 0), 4).entries) == [7, 8, 9, 10]
    assert ids(ring.covering(FeedPosition("a", 2, 0), 4).entries) == list(range(3, 11))
    assert ring.covering(FeedPosition("z", 2, 0), 4).has_gap


def retraction(ms: int, *ids: str) -> FeedEntry:
    body = '{"ids":[' + ",".join(f'"{id_}"' for id_ in ids) + "]}"
    return feed_entry(FeedPosition("a", ms, 0), RETRACTION, body.encode())


def test_what_was_retracted_is_not_shown_and_brings_nothing_older_back() -> None:
    ring = ring_of("a", 1, 6)
    fresh = ring.extend(FeedPosition("a", 7, 0), [retraction(7, "a.5-0", "a.3-0")])
    assert (fresh.entries, fresh.retracted) == ([], ["a.5-0", "a.3-0"])
    assert ids(ring.recent(3)) == [4, 6]
    assert ids(ring.covering(FeedPosition("a", 5, 0), 2).entries) == [6]
    assert ids(ring.covering(FeedPosition("a", 1, 0), 2).entries) == [2, 4, 6]


def test_ring_names_the_last_ids_that_were_retracted() -> None:
    ring = ring_of("a", 1, 3)
    taken_back = [f"a.{ms}-0" for ms in range(RETRACTED_MAX + 5)]
    ring.extend(FeedPosition("a", 9, 0), [retraction(9, *taken_back, "a.7-0")])
    assert ring.retracted == [*(id_ for id_ in taken_back[5:] if id_ != "a.7-0"), "a.7-0"]


def test_entry_is_composed_without_decoding_its_body() -> None:
    position = FeedPosition("a", 1_582_077_600_000, 1)
    bare = feed_entry(position, "pin", b"{}")
    full = feed_entry(position, "chat", b' {"text":"\xe8\x8f\xa0\xe8\x90\x9d"}')
    head = b'{"id":"a.1582077600000-1","kind":"%b","at":"2020-02-19T02:00:00.000Z"'
    assert bytes(bare.json) == head % b"pin" + b"}"
    assert bytes(full.json) == head % b"chat" + b',"text":"\xe8\x8f\xa0\xe8\x90\x9d"}'


def chat(first: int, last: int) -> list[FeedEntry]:
    return [feed_entry(FeedPosition("a", ms, 0), CHAT, b"{}") for ms in range(first, last + 1)]


def shown(found: Sequence[FeedEntry]) -> list[int]:
    return [entry.position.ms for entry in found if not entry.is_hidden]


def test_too_much_chat_spares_the_oldest_and_nothing_else() -> None:
    news = [*chat(1, 2), *entries("a", 3, 4), *chat(5, 7), *entries("a", 8, 8)]
    spared = spare_chat(news, 2)
    assert ids(spared) == list(range(1, 9)), "all are kept, for the record"
    assert shown(spared) == [3, 4, 6, 7, 8]
    assert shown(spare_chat(news, 0)) == [3, 4, 8]
    assert spare_chat(news, 5) == news


def test_spared_chat_is_no_hole_for_whoever_resumes() -> None:
    ring = ring_of("a", 1, 2)
    ring.extend(FeedPosition("a", 8, 0), spare_chat([*chat(3, 7), *entries("a", 8, 8)], 2))
    for since, missed in ((2, [6, 7, 8]), (4, [6, 7, 8]), (6, [7, 8]), (8, [])):
        resumed = ring.since(FeedPosition("a", since, 0), 10)
        assert (ids(resumed.entries), resumed.has_gap) == (missed, False)
    assert ids(ring.recent(4)) == [2, 6, 7, 8]
    assert ids(ring.covering(FeedPosition("a", 2, 0), 1).entries) == [6, 7, 8]


def test_record_has_the_chat_that_nobody_was_shown() -> None:
    ring = ring_of("a", 1, 2)
    ring.extend(FeedPosition("a", 6, 0), spare_chat(chat(3, 6), 1))
    assert ids(ring.unsaved(FeedPosition("a", 3, 0))) == [4, 5, 6]
    assert ids(ring.unsaved(FeedPosition("b", 3, 0))) == [1, 2, 3, 4, 5, 6]
