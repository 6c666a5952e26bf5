"""Who may order now: asked for each order before stock is touched, answered by another feature."""

from typing import Protocol

from live.errors import Problem


class Gate(Protocol):
    """Lets some buyers of an event order, and has others wait for their turn."""

    def is_open_to(self, event_id: str, buyer_id: str) -> bool:
        """Whether this buyer may order, as far as can be told without asking anybody."""
        ...

    async def refusal(self, event_id: str, buyer_id: str) -> Problem | None:
        """Why this buyer must wait; None for who may order after all.

        Raises: Unavailable where nobody knows.
        """
        ...


class NoGate:
    """Everybody may order at once."""

    def is_open_to(self, event_id: str, buyer_id: str) -> bool:
        return True

    async def refusal(self, event_id: str, buyer_id: str) -> Problem | None:
        return None
