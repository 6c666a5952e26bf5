"""The rules of a room's chat, as the room keeps them: who is silent, how often one may speak.

The truth is whoever makes the rules; Redis has a copy, so that every process refuses alike, and a
feature's ``ChatPolicy`` puts it there again when Redis has lost it. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody must not speak.

    Args:
        until_ms: since the epoch; None for good.
        is_ban: put out of the chat, and not just muted.
    """

    until_ms: int | None
    is_ban: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRules:
    """All that is ruled of one room.

    Args:
        revision: grows with every change; from 1.
        interval_ms: between one person's messages; None for the setting's.
        silenced: account → silence.
        staff: accounts, besides the host's and operators, that no interval, silence or ban on links
            holds for.
    """

    revision: int
    interval_ms: int | None = None
    silenced: Mapping[str, Silence] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()


class ChatPolicy(Protocol):
    """Who makes the rules."""

    def screen(self, text: str) -> bool:
        """Look at a cleaned message before it is said. Returns whether it has a link.

        Raises: Invalid for one that nobody may say.
        """
        ...

    async def restore(self, event_id: str) -> None:
        """Give the room its rules again, and take back what was retracted.

        Raises: any of REDIS_AWAY, SQL_AWAY.
        """
        ...


class NoRules:
    """The policy of rooms that nobody moderates."""

    def screen(self, text: str) -> bool:
        """Anything may be said, and links are let through."""
        del text
        return False

    async def restore(self, event_id: str) -> None:
        """There is nothing."""
