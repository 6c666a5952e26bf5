"""Random lives of a room: all clients show what a fresh snapshot shows.

The pages' TypeScript and the crowd's Python must agree with the protocol after each frame; and
whenever the viewer is up to date, the protocol must agree with a fresh snapshot.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from live.crowd.room_view import RoomMessage, RoomView
from tests.support.room_player import RoomPlayer, mutated
from tests.support.room_replay import RoomReplay

STEPS = 30
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
    "keeps parts as they were": ("return { ...item, ...change }", "return item"),
    "never learns of a queue": ("whole: 'epoch'", "whole: 'nothing'"),
    "never learns of a giveaway": ("whole: 'giveaway_id'", "whole: 'nothing'"),
    "never learns of coupons": ("whole: 'drop_id'", "whole: 'nothing'"),
    "keeps what was taken back": (
        "...without(state.retractions, feed, tick.retracted ?? [])",
        "feed, retractions: state.retractions",
    ),
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
