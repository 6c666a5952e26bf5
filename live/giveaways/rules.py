"""What a giveaway may become, and who may enter it. Pure.

open ──► closed ──► frozen ──► drawn
  │
  ▼
cancelled
"""

from enum import StrEnum
from typing import NamedTuple

from live.errors import Conflict, Invalid, Problem
from live.values import MS_PER_SECOND, EventStatus


class GiveawayStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # nobody enters any more; the entries are being counted up
    FROZEN = "frozen"  # the entries and their digest are published; the seed is not
    DRAWN = "drawn"
    CANCELLED = "cancelled"


class Limits(NamedTuple):
    """From the settings."""

    winners_max: int
    seconds_min: int
    seconds_max: int
    entries_max: int


class Enterable(NamedTuple):
    """What entering needs to know of a giveaway."""

    id: str
    event_id: str
    status: str
    closes_ms: int
    entries: int
    event_status: str
    host_id: str


def check_terms(winners_count: int, seconds: int, limits: Limits) -> None:
    """Raises: Invalid."""
    wrong: dict[str, str] = {}
    if not 1 <= winners_count <= limits.winners_max:
        wrong["winners_count"] = f"from 1 to {limits.winners_max}"
    if not limits.seconds_min <= seconds <= limits.seconds_max:
        wrong["seconds"] = f"from {limits.seconds_min} to {limits.seconds_max}"
    if wrong:
        raise Invalid(fields=wrong)


def closes_ms(opened_ms: int, seconds: int) -> int:
    return opened_ms + seconds * MS_PER_SECOND


def entry_refusal(
    giveaway: Enterable, account_id: str, *, is_operator: bool, now_ms: int
) -> Problem | None:
    """Why this person may not enter now; None where they may, as long as there is room."""
    if is_operator or account_id == giveaway.host_id:
        return Conflict("own_giveaway", "Who gives it away does not enter.")
    is_open = giveaway.status == GiveawayStatus.OPEN and now_ms < giveaway.closes_ms
    if not is_open or giveaway.event_status != EventStatus.LIVE:
        return Conflict("giveaway_closed", "It cannot be entered any more.")
    return None
