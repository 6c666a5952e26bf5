"""The one extension contract: what a feature hands to the composition root.

A new feature is one folder in ``live/``, one in ``frontend/src/features/``, one migration, and
one line in ``app.py``. Features never import each other; they talk through facts.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from live.realtime.commands import Command
from live.realtime.sections import Section
from live.storage.facts import Reaction
from live.web.routes import Route


@dataclass(frozen=True, slots=True)
class Job:
    """Periodic work with one owner among all processes, held by a lease.

    ``run`` is awaited every ``every_seconds``; it must be safe to run twice at once all the
    same, since a lease is only a courtesy: correctness is each use case's own compare-and-set.
    """

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    name: str
    routes: Sequence[Route] = ()
    commands: Sequence[Command] = ()
    sections: Sequence[Section] = ()
    reactions: Sequence[Reaction] = ()
    jobs: Sequence[Job] = ()
    # Entered at start in order, left in reverse at shutdown.
    lifespans: Sequence[Callable[[], AbstractAsyncContextManager[None]]] = ()
