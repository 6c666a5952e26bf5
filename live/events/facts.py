"""What happens to events. A subclass's name is its kind in the database."""

from live.storage.facts import Fact


class EventStarted(Fact, frozen=True, kw_only=True):
    """It is live: its offers may sell."""


class EventEnded(Fact, frozen=True, kw_only=True):
    """It is over: nothing of it can be ordered any more, though what is held may be paid."""


class EventCancelled(Fact, frozen=True, kw_only=True):
    """It will not take place."""
