"""A viewer's screen as docs/protocol.md describes it, written down once more and plainly.

The reference that the clients are held against: the pages' (TypeScript) and the crowd's (Python).
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

Message = Mapping[str, Any]

DIVIDER = "gap"  # stands where entries were lost
COUNTS = ("viewers", "views", "likes", "event", "feed_id", "degraded")
PARTS = ("queue", "chat", "giveaway", "coupon_drop")  # of one item at most
SECTIONS = ("offers", *PARTS)


class Screen:
    """One viewer.

    Attributes:
        n: of the last frame; None while a snapshot must come first.
        shown: the fields of the last snapshot, as changed by the ticks after it.
        feed: ids of all entries seen, with dividers.
        recent: ids of the entries since the last snapshot, which it began with.
        taken_back: entries that were taken off ``recent``.
        was_resumed: that snapshot continued a feed, and holds only what followed.
    """

    def __init__(self) -> None:
        self.n: int | None = None
        self.shown: dict[str, Any] = {}
        self.feed: list[str] = []
        self.recent: list[str] = []
        self.taken_back = 0
        self.was_resumed = False

    def apply(self, frame: Message) -> bool:
        """Take a frame in. Returns whether it shows that another is missing."""
        if frame["type"] == "snapshot":
            self.shown = {name: frame[name] for name in COUNTS}
            for name in SECTIONS:
                self.shown[name] = [dict(item) for item in frame[name]]
            self.recent, self.taken_back = [], 0
        elif self.n is None or frame["prev"] != self.n:
            self.n = None
            return True
        else:
            self.shown |= {name: frame[name] for name in COUNTS if name in frame}
            for name in SECTIONS:
                self.shown[name] = laid_over(self.shown[name], frame.get(name, ()))
        self.n = frame["n"]
        self._extend(frame.get("feed", ()), has_gap=frame.get("gap", False))
        self._take_back(frozenset(frame.get("retracted", ())))
        return False

    def _extend(self, entries: Sequence[Message], *, has_gap: bool) -> None:
        if has_gap and self.feed and self.feed[-1] != DIVIDER:
            self.feed.append(DIVIDER)
        self.feed += [entry["id"] for entry in entries if entry["id"] not in self.feed]
        self.recent += [entry["id"] for entry in entries if entry["id"] not in self.recent]

    def _take_back(self, ids: Set[str]) -> None:
        self.feed = [entry for entry in self.feed if entry not in ids]
        kept = [entry for entry in self.recent if entry not in ids]
        self.taken_back += len(self.recent) - len(kept)
        self.recent = kept


def laid_over(items: Sequence[Message], changes: Sequence[Message]) -> list[dict[str, Any]]:
    """Items with changed ones changed, and new ones at the end."""
    by_id = {item["id"]: dict(item) for item in items}
    for change in changes:
        by_id.setdefault(change["id"], {}).update(change)
    return list(by_id.values())
