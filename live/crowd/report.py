"""Compares what the crowd was told with what SQL holds, and sums up. Pure.

The server's own counters (``offers.reserved``, ``offers.sold``, Redis) are not believed:
everything here is counted from the rows of ``orders`` and from the clients' ledger.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from live.crowd.ledger import STARTED, UNKNOWN, Entry
from live.values import GRAMS_PER_JIN, MS_PER_SECOND

_SOLD = frozenset({"paid", "packed", "shipped", "delivered"})
_HOLDING = _SOLD | {"reserved"}
# What an order whose payment was started may have become once everything has settled, unless
# the money went back: see ``Truth.refunded_ids``.
_MONEY_ACCOUNTED = _SOLD | {"refunded"}
FINDINGS_MAX = 20  # contradictions spelled out in a report; all are counted


@dataclass(frozen=True, slots=True)
class OrderTruth:
    """One row of ``orders``."""

    id: str
    offer_id: str
    units: int
    grams: int
    amount_fen: int
    status: str
    paid_ms: int | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What SQL holds of an event.

    Args:
        orders: by id.
        allotments: offer id → units.
        refunded_ids: orders of which a payment was given back: it came after the order had
            expired, and found no units.
    """

    orders: Mapping[str, OrderTruth]
    allotments: Mapping[str, int]
    refunded_ids: frozenset[str] = frozenset()

    def units_held(self, statuses: frozenset[str] = _HOLDING) -> Counter[str]:
        """Offer id → units of its orders in these statuses."""
        held: Counter[str] = Counter()
        for order in self.orders.values():
            if order.status in statuses:
                held[order.offer_id] += order.units
        return held

    def units_available(self) -> dict[str, int]:
        """Offer id → units that nobody's order holds."""
        held = self.units_held()
        return {offer: units - held[offer] for offer, units in self.allotments.items()}

    @property
    def unsettled_count(self) -> int:
        return sum(order.status == "reserved" for order in self.orders.values())


@dataclass(frozen=True, slots=True)
class Probe:
    """What probing orders could buy of one offer after settling, then cancelled again."""

    offer_id: str
    units_available: int  # by SQL, before the probe
    units_bought: int

    @property
    def units_leaked(self) -> int:
        return max(0, self.units_available - self.units_bought)

    @property
    def units_oversold(self) -> int:
        return max(0, self.units_bought - self.units_available)


class Summary(msgspec.Struct, frozen=True):
    """The closing report; its JSON is the last line of ``live demo --exit``."""

    orders: int  # paid
    units_sold: int
    jin_sold: float
    oversold_units: int
    lost_orders: int
    leaked_units: int
    seconds: float  # first offer opened → last unit sold

    @property
    def is_clean(self) -> bool:
        return not (self.oversold_units or self.lost_orders or self.leaked_units)

    def to_json(self) -> str:
        fields = msgspec.to_builtins(self)
        fields["jin_sold"] = _whole_if_exact(self.jin_sold)
        return msgspec.json.encode(fields).decode()


@dataclass(slots=True)
class Findings:
    """Orders that are not as their client was told, each with one sentence."""

    lost_order_count: int = 0
    sentences: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        self.lost_order_count += 1
        if len(self.sentences) < FINDINGS_MAX:
            self.sentences.append(sentence)


def compare(entries: Iterable[Entry], truth: Truth) -> Findings:
    """Every order of which a client was told something that SQL does not bear out."""
    findings = Findings()
    for entry in entries:
        if not entry.is_accepted:
            continue
        contradiction = next(_contradictions(entry, truth), None)
        if contradiction is not None:
            findings.add(f"{entry.order_id}: {contradiction}")
    return findings


def _contradictions(entry: Entry, truth: Truth) -> Iterator[str]:
    order = truth.orders.get(entry.order_id)
    if order is None:
        yield "accepted, but SQL has no such order"
        return
    if entry.other_ids:
        yield f"the same key was also given {', '.join(entry.other_ids)}"
    told = (entry.offer_id, entry.units, entry.amount_fen)
    if told != (order.offer_id, order.units, order.amount_fen):
        yield f"told {told}, SQL has {(order.offer_id, order.units, order.amount_fen)}"
    if entry.is_missing:
        yield "accepted, but its buyer's list of orders came without it"
    if entry.is_told_paid and order.status not in _MONEY_ACCOUNTED:
        yield f"told {entry.status}, SQL has {order.status}"
    is_accounted = order.status in _MONEY_ACCOUNTED or order.id in truth.refunded_ids
    if entry.payment == STARTED and not is_accounted:
        yield f"its payment was taken, SQL has {order.status}"
    if entry.cancel == "cancelled" and order.status != "cancelled":
        yield f"told cancelled, SQL has {order.status}"
    if order.status in _SOLD and not entry.payment:
        yield f"SQL has {order.status}, but its buyer never tried to pay"


def oversold_units(entries: Iterable[Entry], truth: Truth, probes: Iterable[Probe]) -> int:
    """Units beyond an allotment: in SQL's rows, in what clients were told, or sold to a probe."""
    told: Counter[str] = Counter()
    for entry in entries:
        if entry.is_told_paid:
            told[entry.offer_id] += entry.units
    held = truth.units_held()
    beyond = sum(
        max(0, held[offer] - allotment, told[offer] - allotment)
        for offer, allotment in truth.allotments.items()
    )
    return beyond + sum(probe.units_oversold for probe in probes)


def summarize(
    entries: Sequence[Entry],
    truth: Truth,
    probes: Sequence[Probe],
    *,
    first_opened_ms: int,
) -> tuple[Summary, Findings]:
    """The closing report, and what was found wrong in words.

    Args:
        first_opened_ms: when the first offer went on sale, ms since the epoch.
    """
    findings = compare(entries, truth)
    sold = [order for order in truth.orders.values() if order.status in _SOLD]
    last_sold_ms = max((order.paid_ms or 0 for order in sold), default=first_opened_ms)
    summary = Summary(
        orders=len(sold),
        units_sold=sum(order.units for order in sold),
        jin_sold=sum(order.grams for order in sold) / GRAMS_PER_JIN,
        oversold_units=oversold_units(entries, truth, probes),
        lost_orders=findings.lost_order_count,
        leaked_units=sum(probe.units_leaked for probe in probes),
        seconds=round((last_sold_ms - first_opened_ms) / MS_PER_SECOND, 3),
    )
    return summary, findings


def outcome_counts(entries: Iterable[Entry]) -> Counter[str]:
    """How many orders got which first answer, plus ``unresolved``: payments never answered."""
    counts: Counter[str] = Counter(entry.answer for entry in entries)
    counts["unresolved"] = sum(UNKNOWN in (e.answer, e.payment, e.cancel) for e in entries)
    return counts


def _whole_if_exact(number: float) -> int | float:
    return int(number) if number == int(number) else number
