"""When people come: arrival curves of a real rush, as pure functions.

A flash sale is not a stream. Most of those who waited press Buy in the first seconds; interest
decays; then the host holds the box up once more and a second wave comes. ``Curve`` is that
shape over a span of 0..1; ``arrival_seconds`` lays a number of people along it.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

MAX_SPEED = math.inf  # everybody at once, nobody hesitates
_STEPS = 512  # resolution of the inverted curve


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares of a crowd by how they come; all in parts of the span, shares sum to 1.

    Args:
        burst_share: come at the opening and thin out exponentially, by 1/e every ``burst_decay``.
        wave_share: come around ``wave_at``, most of them within ``wave_width`` of it.
        The rest comes evenly.
    """

    burst_share: float
    burst_decay: float
    wave_share: float
    wave_at: float
    wave_width: float

    def __post_init__(self) -> None:
        if not 0 <= self.burst_share + self.wave_share <= 1:
            raise ValueError("shares must lie between 0 and 1 together")

    def share_before(self, part: float) -> float:
        """The share of the crowd that has come once ``part`` (0..1) of the span is over."""
        part = min(max(part, 0.0), 1.0)
        burst = _exponential(part, self.burst_decay)
        wave = _logistic(part, self.wave_at, self.wave_width)
        even_share = 1 - self.burst_share - self.wave_share
        return self.burst_share * burst + self.wave_share * wave + even_share * part

    def part_when(self, share: float) -> float:
        """The inverse of ``share_before``: the part of the span by which that share has come."""
        table = _table(self)
        high = min(max(bisect_left(table, share), 1), _STEPS)
        below, above = table[high - 1], table[high]
        within = (share - below) / (above - below) if above > below else 0.0
        return (high - 1 + min(max(within, 0.0), 1.0)) / _STEPS


# Half of a flash sale's buyers wait with a thumb on the button.
OFFER_RUSH = Curve(burst_share=0.5, burst_decay=0.12, wave_share=0.3, wave_at=0.62, wave_width=0.05)
# A room fills before the opening, and fills again as people share the link.
ROOM_JOIN = Curve(burst_share=0.35, burst_decay=0.25, wave_share=0.35, wave_at=0.5, wave_width=0.1)


def arrival_seconds(count: int, curve: Curve, span_seconds: float, speed: float) -> list[float]:
    """Arrival times of ``count`` people, ascending, in seconds after the opening.

    Args:
        span_seconds: how long the rush lasts at speed 1.
        speed: hours pass this many times faster; ``MAX_SPEED``: everybody comes at 0.
    """
    if speed <= 0:
        raise ValueError("speed must be above 0")
    scale = span_seconds / speed
    return [scale * curve.part_when((i + 0.5) / count) for i in range(count)]


def hesitation_seconds(median_seconds: float, speed: float, uniform: float) -> float:
    """How long one person thinks: log-normal around the median, from a uniform number in (0, 1)."""
    if speed == MAX_SPEED:
        return 0.0
    # Logistic in place of normal under the exponential: the same shape, with a closed inverse.
    clipped = min(max(uniform, 0.01), 0.99)
    spread: float = (clipped / (1 - clipped)) ** 0.3
    return median_seconds * spread / speed


def _exponential(part: float, decay: float) -> float:
    return -math.expm1(-part / decay) / -math.expm1(-1 / decay)


def _logistic(part: float, at: float, width: float) -> float:
    def raw(x: float) -> float:
        return 1 / (1 + math.exp((at - x) / width))

    return (raw(part) - raw(0)) / (raw(1) - raw(0))


@cache
def _table(curve: Curve) -> tuple[float, ...]:
    return tuple(curve.share_before(step / _STEPS) for step in range(_STEPS + 1))
