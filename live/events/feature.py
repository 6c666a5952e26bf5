"""Puts the parts of events together."""

from collections.abc import Callable

from live.clock import Clock
from live.events.api import EventsApi, OnChange
from live.events.repository import Events
from live.feature import Feature
from live.storage.database import Database


def events_feature(
    database: Database,
    clock: Clock,
    *,
    on_change: OnChange,
    on_commit: Callable[[], None],
) -> Feature:
    """Scheduling, editing, starting, ending and cancelling events.

    Args:
        on_change: awaited with the event's id after each change and before its answer; what goes
            wrong in there is its own to handle, since the change is committed.
        on_commit: called after each commit that recorded facts.
    """
    api = EventsApi(Events(database, clock), on_change, on_commit)
    return Feature(name="events", routes=api.routes())
