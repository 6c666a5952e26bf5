"""What the calls about giveaways take and answer, and what a room shows of one."""

from typing import Annotated

import msgspec

from live.accounts.schemas import ShipTo
from live.catalog.schemas import ShortText
from live.giveaways.rules import GiveawayStatus
from live.values import EventId, GiveawayId

PrizeText = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Digest = Annotated[str, msgspec.Meta(description="SHA-256, 64 hexadecimal digits")]


class GiveawayCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``seconds``: for how long it may be entered."""

    title: ShortText
    prize: PrizeText
    winners_count: Annotated[int, msgspec.Meta(ge=1)]
    seconds: Annotated[int, msgspec.Meta(ge=1)]


class GiveawayCancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class GiveawayWinner(msgspec.Struct, frozen=True):
    """A winner as anybody sees them. ``place`` from 1; the name is masked."""

    place: int
    entry_id: str
    name: str


class _GiveawayFields(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    prize: str
    winners_count: int
    status: GiveawayStatus
    opened_at: str
    closes_at: str
    entries: int
    commitment: Digest
    entries_digest: Digest | None
    seed: str | None
    drawn_at: str | None
    reason: str
    winners: list[GiveawayWinner]


class Giveaway(_GiveawayFields, frozen=True, kw_only=True):
    """A giveaway as anybody sees it, with all that its draw can be checked by.

    Args:
        winners_count: prizes; there are fewer winners where fewer people entered.
        commitment: SHA-256 of the seed.
        entries_digest: SHA-256 of the list of entries; None while it may be entered.
        seed: None before the draw.
        reason: why it was cancelled.
    """

    id: GiveawayId
    event_id: EventId


class GiveawayShown(_GiveawayFields, frozen=True, kw_only=True):
    """The latest giveaway of an event as its room shows it: ``Giveaway``, under one id for all."""

    id: str
    giveaway_id: GiveawayId


class GiveawayEntry(msgspec.Struct, frozen=True):
    """One's own entry; ``place`` from 1 where it has won."""

    id: str
    giveaway_id: GiveawayId
    entered_at: str
    place: int | None = None


class PrizeAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a prize goes: one of the winner's own addresses."""

    address_id: str


class WonPrize(msgspec.Struct, frozen=True, kw_only=True):
    """A prize that the caller has won.

    Args:
        ship_to: None until they have said where to.
        carrier, tracking_number, shipped_at: None until a carrier has it.
    """

    giveaway_id: GiveawayId
    event_id: EventId
    event_title: str
    title: str
    prize: str
    place: int
    drawn_at: str
    ship_to: ShipTo | None
    carrier: str | None
    tracking_number: str | None
    shipped_at: str | None


class WinnerToServe(msgspec.Struct, frozen=True):
    """A winner as those see them who send the prize; masked but for operators."""

    place: int
    entry_id: str
    name: str
    phone: str
    ship_to: ShipTo | None
    carrier: str | None
    tracking_number: str | None
    shipped_at: str | None


class WinnersToServe(msgspec.Struct, frozen=True):
    """All winners of a giveaway: there are few, so ``next`` is always None."""

    items: list[WinnerToServe]
    next: str | None = None
