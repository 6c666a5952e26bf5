"""What happens to giveaways. A subclass's name is its kind in the database. None holds a seed."""

from live.storage.facts import Fact


class GiveawayFact(Fact, frozen=True, kw_only=True):
    giveaway_id: str


class GiveawayChanged(GiveawayFact, frozen=True, kw_only=True):
    """Rooms show something else of it. ``revision``: of the event."""

    revision: int
    title: str


class GiveawayOpened(GiveawayChanged, frozen=True, kw_only=True):
    """It may be entered."""

    prize: str


class GiveawayEntered(GiveawayFact, frozen=True, kw_only=True):
    """So many people have entered together; ``account_ids`` are the latest of them."""

    count: int
    account_ids: list[str]


class GiveawayFrozen(GiveawayChanged, frozen=True, kw_only=True):
    """Its entries are published, and change no more."""


class GiveawayDrawn(GiveawayChanged, frozen=True, kw_only=True):
    """``winners``: account ids, the first place first."""

    prize: str
    entries: int
    winners: list[str]


class GiveawayCancelled(GiveawayChanged, frozen=True, kw_only=True):
    """Nobody wins."""

    reason: str
