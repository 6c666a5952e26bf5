"""What a batch of admitted orders becomes in SQL: the decision, pure, and the port that acts.

The guard's word is a hint. Here, within one transaction that holds the event's fence, every
intent is decided again against the rows themselves; CHECK constraints stand behind that.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from live.sales.facts import OrderReserved
from live.sales.stored_order import StoredOrder
from live.stock.rules import Admission


class Verdict(StrEnum):
    PLACED = "placed"  # the row is new
    STORED = "stored"  # the row was there: a repeat
    # By the guard's word, at another price or with a used coupon, and SQL has no such order.
    REFUSED = "refused"
    OVERRULED = "overruled"  # the guard admitted it, SQL cannot: the counters are stale
    FENCED = "fenced"  # admitted by counters that are no longer believed


class Objection(StrEnum):
    """Why SQL refuses what the guard has admitted, where the guard could not know."""

    COUPON_USED = "coupon_used"  # by another order that holds its units


class Outcome(NamedTuple):
    """What became of one intent; ``order`` with PLACED and STORED, ``word`` otherwise."""

    verdict: Verdict
    order: StoredOrder | None = None
    word: Admission | Objection = Admission.SOLD_OUT


class Candidate(NamedTuple):
    """One intent on its way to SQL, with the guard's word. A tuple: half as long to pickle."""

    order: StoredOrder
    word: Admission


class EventBatch(NamedTuple):
    """What the guard admitted (or refused) of one event, at one position."""

    event_id: str
    epoch: str
    seq: int
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the transaction has read, under the event's fence.

    Args:
        fences: event id → epoch that SQL believes in.
        orders: those of the candidates' orders that exist already, by id.
        available: offer id → units not yet reserved or sold.
        prices: offer id → fen for one unit.
        limits: offer id → units one buyer may have.
        bought: (offer id, buyer id) → units that buyer has; absent means none.
        used_coupons: those of the candidates' coupons that orders of the database use.
    """

    fences: Mapping[str, str]
    orders: Mapping[str, StoredOrder]
    available: Mapping[str, int]
    prices: Mapping[str, int]
    limits: Mapping[str, int]
    bought: Mapping[tuple[str, str], int]
    used_coupons: AbstractSet[str] = frozenset()


@dataclass(slots=True)
class Writes:
    """What the transaction must write; sums per row, so that each row is touched once."""

    orders: list[StoredOrder] = field(default_factory=list)
    units_by_offer: Counter[str] = field(default_factory=Counter)
    units_by_buyer: Counter[tuple[str, str]] = field(default_factory=Counter)


class OrderCommitter(Protocol):
    """Commits batches; one adapter per database."""

    async def commit(self, batches: Sequence[EventBatch]) -> list[list[Outcome]]:
        """One transaction over all batches; outcomes in the shape of the batches.

        Raises: CommitUnknown when the outcome cannot be known; nothing may be concluded then.
        """
        ...


class CommitUnknown(Exception):
    """The commit failed or its reply was lost. The orders may exist: a repeat finds out."""


def decide(batches: Sequence[EventBatch], ledger: Ledger) -> tuple[list[list[Outcome]], Writes]:
    """Decide every candidate in order of admission.

    The prefix that fits is placed; what SQL has no room for is overruled, never oversold.
    """
    writes = Writes()
    placed: dict[str, StoredOrder] = {}
    used_coupons = set(ledger.used_coupons)
    outcomes = []
    for batch in batches:
        is_fenced = ledger.fences.get(batch.event_id) != batch.epoch
        outcomes.append(
            [
                _decide_one(c, is_fenced, ledger, writes, placed, used_coupons)
                for c in batch.candidates
            ]
        )
    return outcomes, writes


def _decide_one(
    candidate: Candidate,
    is_fenced: bool,
    ledger: Ledger,
    writes: Writes,
    placed: dict[str, StoredOrder],
    used_coupons: set[str],
) -> Outcome:
    order = candidate.order
    stored = ledger.orders.get(order.id) or placed.get(order.id)
    if stored is not None:
        return Outcome(Verdict.STORED, stored)
    if not candidate.word.has_hold:
        return Outcome(Verdict.REFUSED, word=candidate.word)
    if is_fenced:
        return Outcome(Verdict.FENCED)
    if ledger.prices.get(order.offer_id, order.price_fen) != order.price_fen:
        # The guard asks no price of a key that has a hold already. Without this, whoever sends
        # one key to two workers, once at the right price, could buy at a price of their own.
        return Outcome(Verdict.REFUSED, word=Admission.PRICE_CHANGED)
    if order.coupon_id in used_coupons:
        return Outcome(Verdict.REFUSED, word=Objection.COUPON_USED)
    buyer = (order.offer_id, order.buyer_id)
    if (
        ledger.available.get(order.offer_id, 0)
        < writes.units_by_offer[order.offer_id] + order.units
    ):
        return Outcome(Verdict.OVERRULED, word=Admission.SOLD_OUT)
    bought = ledger.bought.get(buyer, 0) + writes.units_by_buyer[buyer]
    if bought + order.units > ledger.limits[order.offer_id]:
        return Outcome(Verdict.OVERRULED, word=Admission.BUYER_LIMIT)
    writes.orders.append(order)
    writes.units_by_offer[order.offer_id] += order.units
    writes.units_by_buyer[buyer] += order.units
    placed[order.id] = order
    if order.coupon_id is not None:
        used_coupons.add(order.coupon_id)
    return Outcome(Verdict.PLACED, order)


def coupons_of(orders: Iterable[StoredOrder]) -> list[str]:
    """Coupons that these orders would use; nearly always none."""
    return [order.coupon_id for order in orders if order.coupon_id is not None]


def all_order_ids(batches: Iterable[EventBatch]) -> list[str]:
    return [candidate.order.id for batch in batches for candidate in batch.candidates]


def reserved_facts(writes: Writes) -> Iterator[OrderReserved]:
    for order in writes.orders:
        yield OrderReserved.of(order, order.created_ms, pay_by_ms=order.pay_by_ms)
