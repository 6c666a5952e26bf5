"""How fast an offer sells, and when it will be gone: an interval, not a promise. Pure.

The rate is a weighted mean of the last minutes, each minute counting half as much as the one
``HALF_LIFE_MINUTES`` after it, so that it follows a rush without jumping.

The stock-out interval is a prediction interval. If units sold one by one at a steady rate,
the time in which the next A go and the time in which the last N went would be two independent
gamma variables of one scale, so ``(T / A) / (E / N)`` follows Fisher's F with 2A and 2N degrees
of freedom (Nelson, Applied Life Data Analysis, 1982, section 6.5). But buyers take several
units at once and come in waves: the minutes scatter more than Poisson's. So A and N are divided
by the dispersion, Pearson's chi-squared of the minutes over its degrees of freedom (a
quasi-Poisson, McCullagh & Nelder, Generalized Linear Models, 1989, section 6.2.3), never below
one. Both ends assume that demand goes on as in the last minutes, and that no unit comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import NormalDist

WINDOW_MINUTES = 15  # further back tells nothing about now
HALF_LIFE_MINUTES = 3.0
CONFIDENCE = 0.9  # nominal coverage of the interval
DISPERSION_UNKNOWN = 4.0  # assumed while there are fewer than this many full minutes:
MINUTES_FOR_DISPERSION = 4
UNITS_MIN = 1.5  # effective units; Paulson's approximation is no good below 3 degrees of freedom

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Pace:
    """How an offer sells.

    Args:
        units_per_minute: the weighted rate.
        minutes: for how many equal minutes the weighted ones count (Kish's effective size).
        dispersion: variance of a minute's units over their mean, at least 1.
    """

    units_per_minute: float
    minutes: float
    dispersion: float


@dataclass(frozen=True, slots=True)
class StockOut:
    """Minutes from now until the last unit goes; ``latest`` is None where it may never."""

    earliest_minutes: float
    latest_minutes: float | None


def pace(units: Sequence[int], running_share: float) -> Pace | None:
    """The pace of the last minutes, or None where nothing was sold in them.

    Args:
        units: sold in each minute, oldest first; the last is the one that is still running.
            Begin with the offer's first sale: minutes before it was open tell nothing.
        running_share: how much of the running minute is over, 0..1.
    """
    recent = units[-WINDOW_MINUTES:]
    if sum(recent) <= 0:
        return None
    # A running minute that has hardly begun would be a division by nearly nothing.
    last = max(running_share, 1 / 60)
    exposures = [1.0] * (len(recent) - 1) + [last]
    weights = [0.5 ** (age / HALF_LIFE_MINUTES) for age in range(len(recent) - 1, -1, -1)]
    weighted = sum(w * e for w, e in zip(weights, exposures, strict=True))
    squared = sum(w * w * e for w, e in zip(weights, exposures, strict=True))
    rate = sum(w * u for w, u in zip(weights, recent, strict=True)) / weighted
    return Pace(rate, weighted * weighted / squared, _dispersion(recent[:-1]))


def stock_out(at: Pace | None, units_available: int) -> StockOut | None:
    """When the units will be gone at this pace; None where none are left or none are selling."""
    if at is None or units_available <= 0:
        return None
    sold = at.units_per_minute * at.minutes / at.dispersion
    if sold <= 0:
        return None
    left = max(units_available / at.dispersion, UNITS_MIN)
    mean = units_available / at.units_per_minute
    # One sale more in the same time is as likely as not, hence the + 1 on the fast side.
    fast = _f_quantile(2 * left, 2 * (sold + 1), -_Z) or 0.0
    slow = _f_quantile(2 * left, 2 * sold, _Z) if sold >= UNITS_MIN else None
    latest = None if slow is None else mean * max(slow, 1.0)
    if latest is not None and not isfinite(latest):
        latest = None
    return StockOut(mean * min(fast, 1.0) * sold / (sold + 1), latest)


def _dispersion(full_minutes: Sequence[int]) -> float:
    """Pearson's chi-squared over its degrees of freedom; at least 1."""
    if len(full_minutes) < MINUTES_FOR_DISPERSION or sum(full_minutes) == 0:
        return DISPERSION_UNKNOWN
    mean = sum(full_minutes) / len(full_minutes)
    chi_squared = sum((units - mean) ** 2 for units in full_minutes) / mean
    return max(1.0, chi_squared / (len(full_minutes) - 1))


def _f_quantile(df1: float, df2: float, z: float) -> float | None:
    """The quantile of F(df1, df2) at the standard normal deviate ``z``; None where unbounded.

    Paulson's approximation (Annals of Mathematical Statistics 13, 1942): the cube root of a
    chi-squared variable is nearly normal (Wilson & Hilferty), so that of F is nearly the ratio
    of two normals.
    """
    a, b = 2 / (9 * df1), 2 / (9 * df2)
    spread = (1 - b) ** 2 * a + (1 - a) ** 2 * b - z * z * a * b
    below = (1 - b) ** 2 - z * z * b
    if below <= 0:  # so few were seen that no upper end can be told
        return None if z > 0 else 0.0
    root = (1 - a) * (1 - b) + z * sqrt(max(spread, 0.0))
    return max(root / below, 0.0) ** 3
