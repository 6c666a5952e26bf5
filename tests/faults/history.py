"""What every client asked and what it was told, and whether SQL can stand by it.

Unknown outcomes stay unknown: an order whose reply never came may or may not be there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from live.sales.facts import OrderCancelled, OrderExpired, OrderPaid, OrderRefunded
from live.sales.order_rows import ORDERS
from live.sales.orders import SELLING
from live.sales.payments.rows import PAYMENTS
from live.storage.database import Database
from live.storage.tables import FactRow

_FACTS: Any = FactRow.__table__  # type: ignore[attr-defined]
HANG_SECONDS = 5.0  # nobody waits longer for an answer, whatever is broken
_ENDS = (OrderPaid.kind(), OrderExpired.kind(), OrderCancelled.kind())
MAYBE = "commit_unknown"


class Told(NamedTuple):
    """One answer; ``status`` 0 where none came."""

    status: int
    code: str
    order_id: str
    seconds: float
    retry_after_seconds: float | None


@dataclass
class Wish:
    """One buyer's wish under one idempotency key, and every answer to it."""

    order_id: str  # as it must be, if there is one
    offer_id: str
    units: int
    answers: list[Told] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return any(told.status in (200, 201) for told in self.answers)

    @property
    def is_unknown(self) -> bool:
        return any(not told.status or told.code == MAYBE for told in self.answers)


@dataclass
class History:
    """Everything that was asked in one run."""

    wishes: dict[str, Wish] = field(default_factory=dict)  # by order id
    others: list[Told] = field(default_factory=list)  # payments and cancellations
    torn_readings: list[str] = field(default_factory=list)  # of stock that did not add up
    readings: int = 0

    @property
    def answers(self) -> list[Told]:
        return [told for wish in self.wishes.values() for told in wish.answers]

    def statuses(self) -> Counter[str]:
        """Answers to orders, by what they were."""
        return Counter(told.code or str(told.status) for told in self.answers)


async def faults_of(history: History, database: Database) -> list[str]:
    """What SQL and the history contradict each other in, one sentence each."""
    async with database.reading() as session:
        orders = {row.id: row for row in await session.execute(select(ORDERS))}
        payments = (await session.execute(select(PAYMENTS))).all()
        facts = (await session.execute(select(_FACTS.c.kind, _FACTS.c.body))).all()
    return [
        *_wish_faults(history, orders),
        *_reply_faults(history),
        *_end_faults([(kind, msgspec.json.decode(body)) for kind, body in facts]),
        *_money_faults(orders, payments),
        *history.torn_readings,
    ]


def _wish_faults(history: History, orders: dict[str, Any]) -> Iterator[str]:
    for order_id, row in orders.items():
        wish = history.wishes.get(order_id)
        if wish is None:
            yield f"order {order_id} was asked for by nobody"
        elif (row.offer_id, row.units) != (wish.offer_id, wish.units):
            yield f"order {order_id} is not what was asked for"
    for wish in history.wishes.values():
        accepted = [told for told in wish.answers if told.status in (200, 201)]
        if accepted and wish.order_id not in orders:
            yield f"order {wish.order_id} was accepted, and is lost"
        if any(told.order_id != wish.order_id for told in accepted):
            yield f"one key, several orders: {wish.order_id}"
        if sum(told.status == 201 for told in accepted) > 1:
            yield f"order {wish.order_id} was new more than once"
        if not accepted and not wish.is_unknown and wish.order_id in orders:
            yield f"order {wish.order_id} was refused each time, and is there"


def delays_of(history: History) -> list[str]:
    """Who waited too long, one sentence each."""
    return [
        f"an answer ({told.code or told.status}) took {told.seconds:.1f} s"
        for told in [*history.answers, *history.others]
        if told.seconds > HANG_SECONDS
    ]


def _reply_faults(history: History) -> Iterator[str]:
    for told in [*history.answers, *history.others]:
        if told.status == 503 and told.retry_after_seconds is None:
            yield f"503 {told.code} without Retry-After"
        if told.status >= 500 and told.status != 503:
            yield f"an answer of {told.status}"


def _end_faults(facts: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    ends: Counter[tuple[str, int]] = Counter()
    for kind, body in facts:
        if kind in _ENDS:
            ends[body["order_id"], body.get("hold_no", 0)] += 1
        elif kind == OrderRefunded.kind():
            ends["refund of " + body["order_id"], 0] += 1
    for (what, hold_no), count in ends.items():
        if count > 1:
            yield f"{what} (hold {hold_no}) ended {count} times"


def _money_faults(orders: dict[str, Any], payments: Sequence[Any]) -> Iterator[str]:
    """Money without goods, or goods without money."""
    kept: defaultdict[str, list[int]] = defaultdict(list)
    for payment in payments:
        if kept_fen := payment.paid_fen - payment.refunded_fen:
            kept[payment.order_id].append(kept_fen)
    for order_id, row in orders.items():
        due = [row.amount_fen] if row.status in SELLING else []
        if kept[order_id] != due:
            yield f"order {order_id} is {row.status} and kept {kept[order_id]} fen of {due}"
