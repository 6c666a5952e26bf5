"""Random lives of a room, seen by every client that we have: all show what a fresh snapshot shows.

The room makes the very frames that the server sends. They reach a viewer who misses some, hears
some twice or too late, asks for a snapshot, is brought one, or comes back. The pages' TypeScript
and the crowd's Python must agree with the protocol after each frame; and whenever the viewer is
up to date, the protocol must agree with a fresh snapshot.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from live.config import Settings
from live.crowd.room_view import FEED_SHOWN_MAX, RoomMessage, RoomView, decode_message
from live.realtime.definition import RoomDefinition
from live.realtime.position import FeedPosition
from live.realtime.ring import RETRACTION, FeedEntry, feed_entry
from live.realtime.room import Room, Sample
from tests.support.room_histories import (
    ENTRIES,
    chats,
    counts,
    giveaways,
    offer_ids,
    queues,
    stocks,
    times,
)
from tests.support.room_player import RoomPlayer, mutated
from tests.support.room_screen import Screen

SMALL = Settings(snapshot_feed_max=4, feed_entries_max=10, quiet_tick_seconds=15, lease_ms=3000)
START_MS = 1_582_077_600_000
STEPS = 30
PAGE_FEED_MAX = 200  # what a page keeps (FEED_ENTRIES_MAX)
SETTINGS = settings(
    max_examples=150,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# A control is to fail, and need not fail beautifully.
CONTROL = settings(
    SETTINGS, max_examples=400, derandomize=True, phases=[Phase.generate], print_blob=False
)

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
        self._define(ids, first, "春", None, {"interval_seconds": 1}, None)
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
        queue=st.none() | queues(),
        chat=chats,
        giveaway=st.none() | giveaways(),
    )
    def redefine(
        self,
        ids: list[str],
        first: dict[str, Any],
        title: str,
        queue: dict[str, Any] | None,
        chat: dict[str, Any],
        giveaway: dict[str, Any] | None,
    ) -> None:
        """Offers come, go, change places and terms; so may all that a room shows beside them."""
        self._define(ids, first, title, queue, chat, giveaway)
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
        fresh.apply(_message(self.room.snapshot(self.now_ms)))
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
        queue: dict[str, Any] | None,
        chat: dict[str, Any],
        giveaway: dict[str, Any] | None,
    ) -> None:
        offer = {"title": title, "price_fen": 1990 + len(title) + len(ids), **first}
        self.definition = replace(
            self.definition,
            revision=self.definition.revision + 1,
            event={"id": "evt_1", "title": title, "pinned_offer_id": ids[0] if ids else None},
            items={
                "offers": {offer_id: dict(offer) for offer_id in ids},
                "queue": {} if queue is None else {"queue": queue},
                "chat": {"chat": chat},
                "giveaway": {} if giveaway is None else {"giveaway": giveaway},
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
        message = _message(frame)
        is_hole = self.screen.apply(message)
        if message["type"] == "snapshot":
            self.screen.was_resumed = was_resumed
            self.missed_after = None
        self.view.apply(decode_message(_text(frame)))
        self.frames.append(message)
        self.screens.append((is_hole, copy.deepcopy(self.screen)))


def _text(frame: bytes) -> bytes:
    """Of one unfragmented text frame of a server."""
    assert frame[0] == 0x81
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def _message(frame: bytes) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(_text(frame))
    return message


def _page(state: dict[str, Any]) -> dict[str, Any]:
    """A page's state without its names and the look of its dividers."""
    return {
        **{name: state[name] for name in ("n", "viewers", "views", "likes", "event", "offers")},
        **{
            name: [] if state[name] is None else [state[name]]
            for name in ("queue", "chat", "giveaway")
        },
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


@pytest.fixture(scope="module")
def player() -> Iterator[RoomPlayer]:
    with RoomPlayer() as running:
        yield running


def test_every_client_shows_what_a_fresh_snapshot_shows(player: RoomPlayer) -> None:
    run_state_machine_as_test(_replay(player), settings=SETTINGS)


MUTATIONS = {
    "ignores prev": ("frame.prev !== state.n", "false"),
    "keeps the old numbers": ("{ ...offer, ...change }", "{ ...change, ...offer }"),
    "takes numbers for an offer": ("return { ...offer, ...change }", "return change"),
    "never learns of a new offer": (
        "[...known, ...[...byId.values()].filter(isWhole)]",
        "known",
    ),
    "puts new offers first": (
        "[...known, ...[...byId.values()].filter(isWhole)]",
        "[...byId.values(), ...known]",
    ),
    "keeps the giveaway as it was": (
        "withGiveaway(state.giveaway, tick.giveaway[0])",
        "state.giveaway",
    ),
    "keeps the chat's pace": ("{ ...state.chat, ...tick.chat[0] }", "state.chat"),
    "keeps what was taken back": (
        "...without(state.retractions, feed, tick.retracted ?? [])",
        "feed, retractions: state.retractions",
    ),
    "keeps the queue as it was": ("withChange(state.queue, tick.queue[0])", "state.queue"),
    "tells entries twice": ("entries.filter((entry) => !known.has(entry.id))", "[...entries]"),
    "shows no gap": ("hasGap && before.length > 0", "false"),
    "overlooks that numbers are old": ("tick.degraded ?? state.isDegraded", "false"),
    "resumes from the wrong place": ("tick.feed_id ?? state.feedId", "state.feedId"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_page_that_errs_is_found_out(tmp_path: Path, name: str) -> None:
    with RoomPlayer(mutated(tmp_path, *MUTATIONS[name])) as erring, pytest.raises(AssertionError):
        run_state_machine_as_test(_replay(erring), settings=CONTROL)


class HeedlessView(RoomView):
    """Applies whatever tick comes."""

    def apply(self, message: RoomMessage) -> bool:
        message.prev = self.n
        self.is_complete = self.n > 0
        return super().apply(message)


class UnforgettingView(RoomView):
    """Shows what was taken back."""

    def apply(self, message: RoomMessage) -> bool:
        message.retracted = []
        return super().apply(message)


class ForgetfulView(RoomView):
    """Takes what changed of an offer for all of it."""

    def apply(self, message: RoomMessage) -> bool:
        for offer in message.offers:
            self.offers.pop(offer.id, None)
        return super().apply(message)


@pytest.mark.parametrize("view", [HeedlessView, ForgetfulView, UnforgettingView])
def test_a_crowd_that_errs_is_found_out(player: RoomPlayer, view: type[RoomView]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(_replay(player, view), settings=CONTROL)


def _replay(with_player: RoomPlayer, view: type[RoomView] = RoomView) -> type[RoomReplay]:
    class Replay(RoomReplay):
        player = with_player
        new_view = view

    return Replay
