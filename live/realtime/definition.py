"""What a room knows from SQL, as values. Pure, so that ``room`` can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The numbers of one item, by field name: {"available": 3, "reserved": 1, …}.
Numbers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoomDefinition:
    """What changes seldom, from SQL.

    Args:
        revision: grows with every change; a sample that carries a newer one asks for a reload.
        event: the ``event`` object of the snapshot (JSON-ready). A room whose ``status`` is
            ``live`` is reloaded every few seconds even when nothing asks for it.
        staff: account ids that see the ``sales`` message (the host; operators always do).
        items: section name → item id → fields, in display order. Numbers are laid over these;
            until a section has been sampled they also supply its first numbers.
        views_total, likes_total: bases from SQL, for when Redis has lost its own.
        rules_revision: of the chat's rules; where Redis has older ones, it has lost them.
    """

    revision: int
    event: Mapping[str, Any]
    staff: frozenset[str]
    items: Mapping[str, Mapping[str, Mapping[str, Any]]]
    views_total: int
    likes_total: int
    rules_revision: int = 0
