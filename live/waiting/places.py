"""Places in a queue and what they are worth, as pure functions: what the Lua scripts mirror.

Numbers begin with 1 and never change. Everybody up to ``admitted`` has had their turn or has it
now: it lasts from the second in which the pointer passed them, for as long as a pass is good.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from hashlib import sha1

from live.draws import commitment_of, in_drawn_order
from live.values import MS_PER_SECOND

_SCORE_HEX_DIGITS = 13  # 52 bits: every one is exact as Redis's score, a double


class Standing(StrEnum):
    """Where an account stands."""

    NONE = "none"  # without a place
    GATHERING = "gathering"  # in the draw that the opening brings
    WAITING = "waiting"
    ADMITTED = "admitted"
    OVER = "over"  # the pass has ended; ordering needs a new place
    FULL = "full"  # the queue takes nobody any more


@dataclass(frozen=True, slots=True)
class Step:
    """The pointer came as far as ``admitted`` in this second since the epoch, by Redis's clock."""

    admitted: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """A queue as Redis has it.

    Args:
        epoch: of this incarnation; numbers of another mean nothing.
        is_open: the draw was made; before, nobody has a number.
        issued: the last number given.
        admitted: the pointer.
        ended: passes up to this number are over.
        steps: how the pointer moved, ascending, as far back as a pass is good.
        per_second: the pace.
        gathered: people in the draw.
        seed: of the draw.
        now_ms: Redis's clock.
    """

    epoch: str
    is_open: bool = False
    issued: int = 0
    admitted: int = 0
    ended: int = 0
    steps: Sequence[Step] = ()
    per_second: float = 0.0
    gathered: int = 0
    seed: str = ""
    now_ms: int = 0

    @property
    def waiting(self) -> int:
        """People who wait for their turn."""
        return self.issued - self.admitted if self.is_open else self.gathered

    @property
    def draw(self) -> str:
        """What everybody is shown of the draw: the seed once it is used, its SHA-256 before."""
        return self.seed if self.is_open else commitment_of(self.seed)


@dataclass(frozen=True, slots=True)
class Place:
    """One account's place.

    Args:
        number: None before the draw, and without a place.
        position: how many are let in until it is this one's turn, itself included; None unless
            waiting.
        until_ms: the end of the pass, by Redis's clock; None unless admitted.
    """

    standing: Standing
    number: int | None = None
    position: int | None = None
    until_ms: int | None = None


def place_of(number: int, state: QueueState, pass_ms: int, now_ms: int) -> Place:
    """What a number is worth.

    Args:
        number: from 1; 0 for who is in the draw.
        now_ms: by Redis's clock.
    """
    if number == 0:
        return Place(Standing.GATHERING)
    if number > state.admitted:
        return Place(Standing.WAITING, number, number - state.admitted)
    until_ms = pass_ends_ms(number, state, pass_ms)
    if until_ms is None or now_ms >= until_ms:
        return Place(Standing.OVER, number)
    return Place(Standing.ADMITTED, number, until_ms=until_ms)


def pass_ends_ms(number: int, state: QueueState, pass_ms: int) -> int | None:
    """The end of an admitted number's pass; None where it is long over."""
    if number <= state.ended:
        return None
    at = bisect_left(state.steps, number, key=lambda step: step.admitted)
    if at == len(state.steps):
        return None
    # From the end of that second: nobody has less than they were promised.
    return (state.steps[at].second + 1) * MS_PER_SECOND + pass_ms


def draw_score(seed: str, account_id: str) -> int:
    """What decides an account's place in the draw: 52 bits that nobody knows without the seed."""
    digest = sha1(f"{seed} {account_id}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:_SCORE_HEX_DIGITS], 16)


def drawn(seed: str, account_ids: Iterable[str]) -> list[str]:
    """All who came before the opening, in the order of their numbers. The draw, to be repeated."""
    return in_drawn_order(account_ids, partial(draw_score, seed))
