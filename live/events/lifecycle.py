"""The life of an event, as a pure state machine.

scheduled ──► live ──► ended
    │
    ▼
cancelled
"""

from live.errors import Conflict
from live.values import EventStatus

_NEXT: dict[EventStatus, frozenset[EventStatus]] = {
    EventStatus.SCHEDULED: frozenset({EventStatus.LIVE, EventStatus.CANCELLED}),
    EventStatus.LIVE: frozenset({EventStatus.ENDED}),
    EventStatus.ENDED: frozenset(),
    EventStatus.CANCELLED: frozenset(),
}

# What is over stays as people saw it: the record of what was sold under which name.
EDITABLE = frozenset({EventStatus.SCHEDULED, EventStatus.LIVE})


def may_become(status: EventStatus, target: EventStatus) -> bool:
    """Whether the step is legal."""
    return target in _NEXT[status]


def sources_of(target: EventStatus) -> frozenset[EventStatus]:
    """The statuses from which ``target`` may be reached: the guard of a compare-and-set."""
    return frozenset(status for status, targets in _NEXT.items() if target in targets)


def refusal(status: EventStatus, target: EventStatus) -> Conflict:
    """Why an event in ``status`` may not become ``target``."""
    if target is EventStatus.ENDED:
        return Conflict("not_live", f"Only a live event can end; this one is {status}.")
    return _already(status)


def edit_refusal(status: EventStatus) -> Conflict:
    """Why an event in ``status`` may not be edited."""
    return _already(status)


def _already(status: EventStatus) -> Conflict:
    return Conflict(f"already_{status}", f"The event is already {status}.")
