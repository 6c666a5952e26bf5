"""Random lives of a room and of one viewer, seen by every client that we have.

The room makes the very frames that the server sends. They reach a viewer who misses some, hears
some twice or too late, asks for a snapshot, is brought one, or comes back.
"""

import copy
import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from live.config import Settings
from live.crowd.room_view import FEED_SHOWN_MAX, RoomView, decode_message
from live.realtime.definition import RoomDefinition
from live.realtime.position import FeedPosition
from live.realtime.ring import RETRACTION, FeedEntry, feed_entry
from live.realtime.room import Room, Sample
from tests.support.room_frames import message, text_of
from tests.support.room_histories import (
    ENTRIES,
    counts,
    offer_ids,
    parts,
    queues,
    stocks,
    times,
)
from tests.support.room_player import RoomPlayer
from tests.support.room_screen import PARTS, Screen

SMALL = Settings(snapshot_feed_max=4, feed_entries_max=10, quiet_tick_seconds=15, lease_ms=3000)
START_MS = 1_582_077_600_000
PAGE_FEED_MAX = 200  # what a page keeps (FEED_ENTRIES_MAX)
OFFER_FIELDS = ("available", "reserved", "sold", "status", "allotment", "price_fen", "title")


class RoomReplay(RuleBasedStateMachine):
    """One room, one viewer, and all that may befall them."""

    player: RoomPlayer
    new_view: type[RoomView] = RoomView

    @initialize(ids=offer_ids, first=stocks(), views=counts)
    def open_room(self, ids: list[str], first: dict[str, Any], views: int) -> None:
        self.now_ms = START_MS
        self.epoch = 0
        self.entries = 0
        self.told_ids: list[str] = []
        self.definition = RoomDefinition(
            revision=1, event={}, staff=frozenset(), items={}, views_total=views, likes_total=0
        )
        self._define(ids, first, "春", {"chat": {"interval_seconds": 1}})
        self.room = Room(self.definition, ["offers", "queue"], SMALL, self.now_ms)
        self.frames: list[dict[str, Any]] = []
        self.ticks: list[bytes] = []
        self.screens: list[tuple[bool, Screen]] = []  # after each frame, and whether it is a hole
        self.missed_after: FeedPosition | None = None
        self.screen = Screen()
        self.view = type(self).new_view()
        self._reach(self.room.snapshot(self.now_ms))

    # What befalls the room.

    @rule(
        reach=times,
        viewers=counts,
        totals=st.tuples(st.integers(0, 9), st.integers(0, 9)),
        offers=st.none() | st.dictionaries(st.sampled_from(["off_1", "off_2", "off_3"]), stocks()),
        queue=st.none() | queues(),
        kinds=st.lists(st.sampled_from(list(ENTRIES)), max_size=5),
        taken_back=st.lists(st.integers(0, 9), max_size=2),
        chat_max=st.none() | st.integers(0, 2),
        is_new_epoch=st.sampled_from([False, False, False, True]),
        is_renewed=st.booleans(),
        has_gap=st.booleans(),
        is_partial=st.booleans(),
    )
    def sample(
        self,
        reach: int,
        viewers: int,
        totals: tuple[int, int],
        offers: dict[str, dict[str, Any]] | None,
        queue: dict[str, Any] | None,
        kinds: list[str],
        taken_back: list[int],
        chat_max: int | None,
        is_new_epoch: bool,
        is_renewed: bool,
        has_gap: bool,
        is_partial: bool,
    ) -> None:
        self.epoch += is_new_epoch or self.epoch == 0
        entries = [self._entry(kind) for kind in kinds]
        # Of those told last, be they of this look or of an earlier life of the stream.
        ids = {self.told_ids[-1 - back] for back in taken_back if back < len(self.told_ids)}
        if ids:
            entries.append(self._retraction(sorted(ids)))
        self._take(
            Sample(
                viewers=viewers,
                views=totals[0],
                likes=totals[1],
                revision=self.definition.revision,
                is_renewed=is_renewed,
                position=FeedPosition(f"e{self.epoch}", self.entries, 0),
                entries=entries,
                is_whole=is_new_epoch and not has_gap,
                has_gap=has_gap and bool(entries),
                sections={"offers": offers, "queue": None if queue is None else {"queue": queue}},
                is_partial=is_partial,
            ),
            reach,
            chat_max,
        )

    @rule(reach=times)
    def redis_is_away(self, reach: int) -> None:
        self._take(None, reach)

    @rule(
        ids=offer_ids,
        first=stocks(),
        title=st.sampled_from(["春", "秋"]),
        shown=parts,
    )
    def redefine(
        self,
        ids: list[str],
        first: dict[str, Any],
        title: str,
        shown: dict[str, dict[str, Any] | None],
    ) -> None:
        """Offers come, go, change places and terms; so may all that a room shows beside them."""
        self._define(ids, first, title, shown)
        self.room.define(self.definition)

    @rule(seconds=st.integers(0, 20))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    # What befalls the viewer.

    @rule()
    def come_back(self) -> None:
        """A new connection, or ``resync``, going on from the last position."""
        since = FeedPosition.parse(self.screen.shown["feed_id"])
        self._reach(self.room.snapshot(self.now_ms, since=since), was_resumed=True)

    @rule()
    def begin_anew(self) -> None:
        """``resync`` of one who keeps no feed."""
        self._reach(self.room.snapshot(self.now_ms))

    @precondition(lambda self: self.missed_after is not None)
    @rule()
    def catch_up(self) -> None:
        """The server left the viewer behind, and brings what was missed."""
        self._reach(self.room.snapshot(self.now_ms, missed_after=self.missed_after))

    @precondition(lambda self: self.ticks)
    @rule(place=st.integers(0, 4))
    def hear_an_old_tick(self, place: int) -> None:
        self._reach(self.ticks[-1 - place % len(self.ticks)])

    # What must hold.

    @invariant()
    def who_is_up_to_date_shows_a_fresh_snapshot(self) -> None:
        if self.screen.n != self.room.n:
            return
        fresh = Screen()
        fresh.apply(message(self.room.snapshot(self.now_ms)))
        assert self.screen.shown == fresh.shown
        entries = [entry for entry in self.screen.feed if entry != "gap"]
        assert entries[len(entries) - len(fresh.feed) :] == fresh.feed
        if not self.screen.was_resumed:
            recent = self.screen.recent
            assert recent[len(recent) - len(fresh.feed) :] == fresh.feed

    @invariant()
    def the_crowd_shows_what_the_protocol_says(self) -> None:
        view, screen = self.view, self.screen
        assert view.is_complete == (screen.n is not None)
        assert view.faults.total() == 0
        assert {name: getattr(view, name) for name in ("viewers", "views", "likes")} == {
            name: screen.shown[name] for name in ("viewers", "views", "likes")
        }
        assert {
            offer.id: {name: getattr(offer, name) for name in OFFER_FIELDS}
            for offer in view.offers.values()
        } == {
            offer["id"]: {name: offer[name] for name in OFFER_FIELDS}
            for offer in screen.shown["offers"]
        }
        shown = [entry.id for entry in view.feed]
        assert shown == screen.recent[len(screen.recent) - len(shown) :]
        # What was taken back has made room for nothing older.
        assert len(shown) + screen.taken_back >= min(FEED_SHOWN_MAX, len(screen.recent))

    def teardown(self) -> None:
        """The pages show what the protocol says, after each frame."""
        if not hasattr(self, "frames"):
            return
        played = self.player.replay(self.frames)
        for place, (page, (is_hole, screen)) in enumerate(zip(played, self.screens, strict=True)):
            told = f"after frame {place}: {self.frames[place]}"
            assert page["is_hole"] == is_hole, told
            assert _page(page["state"]) == _expected_page(screen), told

    # Helpers

    def _entry(self, kind: str) -> FeedEntry:
        self.entries += 1
        position = FeedPosition(f"e{self.epoch}", self.entries, 0)
        self.told_ids.append(str(position))
        return feed_entry(position, kind, ENTRIES[kind].encode())

    def _retraction(self, ids: list[str]) -> FeedEntry:
        self.entries += 1
        position = FeedPosition(f"e{self.epoch}", self.entries, 0)
        return feed_entry(position, RETRACTION, json.dumps({"ids": ids}).encode())

    def _define(
        self,
        ids: list[str],
        first: dict[str, Any],
        title: str,
        shown: dict[str, dict[str, Any] | None],
    ) -> None:
        offer = {"title": title, "price_fen": 1990 + len(title) + len(ids), **first}
        self.definition = replace(
            self.definition,
            revision=self.definition.revision + 1,
            event={"id": "evt_1", "title": title, "pinned_offer_id": ids[0] if ids else None},
            items={
                "offers": {offer_id: dict(offer) for offer_id in ids},
                **{
                    name: {} if (item := shown.get(name)) is None else {name: item}
                    for name in PARTS
                },
            },
        )

    def _take(self, sample: Sample | None, reach: int, chat_max: int | None = None) -> None:
        before = self.room.position
        update = self.room.apply(sample, self.now_ms, chat_max=chat_max)
        if update is None:
            return
        frame = update.frame()
        if frame is not None:
            self.ticks.append(frame)
        else:
            frame = self.room.snapshot(self.now_ms, missed_after=self.missed_after or before)
        if reach == 0 and self.missed_after is None:
            self.missed_after = before
        for _ in range(reach):
            self._reach(frame)

    def _reach(self, frame: bytes, *, was_resumed: bool = False) -> None:
        told = message(frame)
        is_hole = self.screen.apply(told)
        if told["type"] == "snapshot":
            self.screen.was_resumed = was_resumed
            self.missed_after = None
        self.view.apply(decode_message(text_of(frame)))
        self.frames.append(told)
        self.screens.append((is_hole, copy.deepcopy(self.screen)))


def _page(state: dict[str, Any]) -> dict[str, Any]:
    """A page's state without its names and the look of its dividers."""
    return {
        **{name: state[name] for name in ("n", "viewers", "views", "likes", "event", "offers")},
        **{name: [] if state[name] is None else [state[name]] for name in PARTS},
        "feed": [_id(entry) for entry in state["feed"]],
        "feed_id": state["feedId"],
        "degraded": state["isDegraded"],
        "reconnect_seconds": state["reconnectSeconds"],
    }


def _id(entry: dict[str, Any]) -> str:
    return "gap" if entry["kind"] == "gap" else str(entry["id"])


def _expected_page(screen: Screen) -> dict[str, Any]:
    return {
        **screen.shown,
        "n": screen.n,
        "feed": screen.feed[-PAGE_FEED_MAX:],
        "reconnect_seconds": SMALL.reconnect_seconds,
    }
