"""The checkout: many buyers, few units. Redis admits, SQL decides, then the buyer hears.

Orders of one event gather while its previous batch is on the way; each batch is one script
call, and one committer per process writes whatever has been admitted, one transaction at a
time, while the next admission already runs. No timer anywhere: an order alone goes at once.

    place ─► event's queue ─► guard.reserve ─► committer's queue ─► SQL commit ─► answer
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError

from live.errors import Unavailable
from live.sales.checkout_meter import CheckoutLoad, CheckoutMeter
from live.sales.commit import (
    Candidate,
    CommitUnknown,
    EventBatch,
    OrderCommitter,
    Outcome,
    Verdict,
)
from live.sales.counters import Counters
from live.sales.known_orders import KnownOrders
from live.sales.orders import HOLDING
from live.sales.stored_order import StoredOrder
from live.stock.guard import Admitted, Move, Position, StaleStock, StockGuard
from live.stock.rules import Admission, Settlement, UnitsIntent
from live.stock.sold_out import SoldOutMemory
from live.storage.redis import REDIS_AWAY

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 1
ATTEMPTS_MAX = 3  # admissions of one intent whose epoch went away under it
ORDERS = Counter("live_checkout_orders_total", "Order intents by what became of them", ["outcome"])
BATCH_SIZE = Histogram(
    "live_checkout_batch_intents", "Intents in one SQL commit", buckets=(1, 4, 16, 64, 256, 1024)
)
_TURNED_AWAY = ORDERS.labels("turned_away")


@dataclass(slots=True)
class _Intent:
    order: StoredOrder
    answer: "asyncio.Future[Outcome]"
    ended: Callable[[str], None]  # told its order's id, once
    attempts: int = 0

    def resolve(self, outcome: Outcome) -> None:
        self.ended(self.order.id)
        if not self.answer.done():  # the buyer may have gone
            self.answer.set_result(outcome)
            ORDERS.labels(outcome.verdict.value).inc()

    def fail(self, error: Exception) -> None:
        self.ended(self.order.id)
        if not self.answer.done():
            self.answer.set_exception(error)
            ORDERS.labels("unavailable").inc()


@dataclass(slots=True)
class _AdmittedBatch:
    """Intents of one event with the guard's words, on their way to SQL."""

    event_id: str
    position: Position
    seq: int
    intents: list[_Intent]
    words: list[Admission]
    deadline: float  # loop time by which its commit is done or given up
    started: "asyncio.Future[None]"  # done when its commit is under way

    def for_sql(self) -> EventBatch:
        candidates = [
            Candidate(intent.order, word)
            for intent, word in zip(self.intents, self.words, strict=True)
        ]
        return EventBatch(self.event_id, self.position.epoch, self.seq, candidates)


@dataclass(slots=True)
class _EventQueue:
    waiting: deque[_Intent] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Checkout:
    """Places orders.

    Args:
        batch_max: intents in one script call.
        queue_max: intents waiting in this process; beyond, ``place`` answers 503 at once.
        commit_timeout_seconds: from admission to the end of the commit; a batch that takes
            longer has an unknown outcome.
        on_commit: called after each commit that placed orders (wakes the relay).
    """

    def __init__(
        self,
        guard: StockGuard,
        committer: OrderCommitter,
        counters: Counters,
        sold_out: SoldOutMemory,
        known: KnownOrders,
        *,
        batch_max: int,
        queue_max: int,
        commit_timeout_seconds: float,
        on_commit: Callable[[], None],
    ) -> None:
        self._guard = guard
        self._committer = committer
        self._counters = counters
        self._sold_out = sold_out
        self._known = known
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._commit_timeout_seconds = commit_timeout_seconds
        self._on_commit = on_commit
        self._events: dict[str, _EventQueue] = {}
        self._meter = CheckoutMeter()
        self._under_way: set[str] = set()  # ids of orders that have not been decided
        self._waiting_count = 0  # orders and looks that have not ended, whoever still waits
        self._admitted: list[_AdmittedBatch] = []
        self._commit_task: asyncio.Task[None] | None = None

    async def is_sold_out(
        self, event_id: str, offer_id: str, order_id: str, units: int, price_fen: int
    ) -> bool:
        """Whether it was a moment ago, and this is no repeat: then ``place`` would be in vain.

        Ask before an order is made: once nothing is left, nearly everybody goes no further. The
        memory is this process's own, and any worker may have taken the order that a key stands for:
        so a refusal needs proof that there is none.

        Raises: Unavailable, as ``place`` does.
        """
        if not self._sold_out.refuses(event_id, offer_id, units, price_fen):
            return False
        if order_id in self._under_way:  # a repeat stands in line behind it
            return False
        self._require_room()
        self._waiting_count += 1
        try:
            is_new = not await self._known.has(event_id, order_id)
        finally:
            self._waiting_count -= 1
        if is_new:
            _TURNED_AWAY.inc()
        return is_new

    async def place(self, order: StoredOrder) -> Outcome:
        """Reserve and store one order, or say why not.

        Cancelling the caller does not undo the order: a repeat with the same key finds it.

        Raises: Unavailable (503) when full, or when Redis or SQL is away; the order may or may
            not exist then, and a repeat with the same key is safe and finds out.
        """
        self._require_room()
        loop = asyncio.get_running_loop()
        intent = _Intent(order, loop.create_future(), self._end)
        self._under_way.add(order.id)
        self._waiting_count += 1
        self._meter.begin(intent.answer, loop.time())
        has_failed = False
        try:
            self._enqueue(intent)
            return await intent.answer
        except (Unavailable, asyncio.CancelledError):
            has_failed = True
            raise
        finally:
            self._meter.end(intent.answer, loop.time(), has_failed=has_failed)

    def measure(self) -> CheckoutLoad:
        """What came of the orders since this was last asked."""
        return self._meter.read(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Answer everybody who waits, then stop."""
        await self._known.close()
        while tasks := [q.task for q in self._events.values() if q.task] + (
            [self._commit_task] if self._commit_task else []
        ):
            await asyncio.gather(*tasks)

    def _require_room(self) -> None:
        if self._waiting_count >= self._queue_max:
            self._meter.refuse()
            raise Unavailable("checkout_full", retry_after_seconds=RETRY_AFTER_SECONDS)

    def _end(self, order_id: str) -> None:
        self._under_way.discard(order_id)
        self._waiting_count -= 1

    def _enqueue(self, intent: _Intent) -> None:
        event_id = intent.order.event_id
        queue = self._events.get(event_id)
        if queue is None:
            queue = self._events[event_id] = _EventQueue()
        queue.waiting.append(intent)
        if queue.task is None:
            queue.task = asyncio.create_task(self._admit_all(event_id, queue), name="admission")

    async def _admit_all(self, event_id: str, queue: _EventQueue) -> None:
        try:
            while queue.waiting:
                size = min(len(queue.waiting), self._batch_max)
                intents = [queue.waiting.popleft() for _ in range(size)]
                try:
                    batch = await self._admit(event_id, intents)
                except Exception as error:
                    _log_failure("admission", error)
                    # Those behind would meet the same wall, one timeout after the other.
                    intents += queue.waiting
                    queue.waiting.clear()
                    for intent in intents:
                        intent.fail(_unavailable("stock_unavailable"))
                    continue
                self._hand_to_committer(batch)
                await batch.started
        finally:
            # No await since the last look at the queue, so nobody was added unseen.
            queue.task = None
            if not queue.waiting:
                self._events.pop(event_id, None)

    async def _admit(self, event_id: str, intents: list[_Intent]) -> _AdmittedBatch:
        asks = [
            UnitsIntent(
                i.order.id, i.order.offer_id, i.order.buyer_id, i.order.units, i.order.price_fen
            )
            for i in intents
        ]
        loop = asyncio.get_running_loop()
        position = await self._counters.position(event_id)
        # From before the holds are written: reconciliation counts their age the same way.
        deadline = loop.time() + self._commit_timeout_seconds
        try:
            admitted: Admitted = await self._guard.reserve(event_id, position, asks)
        except StaleStock:
            position = await self._counters.rebuild(event_id, seen=position)
            deadline = loop.time() + self._commit_timeout_seconds
            admitted = await self._guard.reserve(event_id, position, asks)
        self._counters.observe(event_id, position.epoch, admitted.seq)
        return _AdmittedBatch(
            event_id,
            position,
            admitted.seq,
            intents,
            admitted.words,
            deadline,
            loop.create_future(),
        )

    def _hand_to_committer(self, batch: _AdmittedBatch) -> None:
        self._admitted.append(batch)
        if self._commit_task is None:
            self._commit_task = asyncio.create_task(self._commit_all(), name="committer")

    async def _commit_all(self) -> None:
        try:
            while self._admitted:
                batches, self._admitted = self._admitted, []
                for batch in batches:
                    batch.started.set_result(None)
                await self._commit(batches)
        finally:
            self._commit_task = None

    async def _commit(self, batches: Sequence[_AdmittedBatch]) -> None:
        BATCH_SIZE.observe(sum(len(batch.intents) for batch in batches))
        try:
            async with asyncio.timeout_at(min(batch.deadline for batch in batches)):
                outcomes = await self._committer.commit([batch.for_sql() for batch in batches])
        except Exception as error:
            # The holds stay: if the orders exist they need them, and if not, reconciliation
            # frees them by age.
            _log_failure("commit", error)
            for batch in batches:
                for intent in batch.intents:
                    intent.fail(_unavailable("commit_unknown"))
            return
        for batch, batch_outcomes in zip(batches, outcomes, strict=True):
            self._answer(batch, batch_outcomes)
        self._on_commit()
        for batch, batch_outcomes in zip(batches, outcomes, strict=True):
            await self._release_needless(batch, batch_outcomes)

    def _answer(self, batch: _AdmittedBatch, outcomes: Sequence[Outcome]) -> None:
        is_contradicted = False
        for intent, outcome in zip(batch.intents, outcomes, strict=True):
            if outcome.verdict is Verdict.FENCED and intent.attempts < ATTEMPTS_MAX:
                intent.attempts += 1
                is_contradicted = True
                self._enqueue(intent)
            elif outcome.verdict is Verdict.FENCED:
                intent.fail(_unavailable("stock_unavailable"))
            else:
                is_contradicted |= outcome.verdict is Verdict.OVERRULED
                intent.resolve(outcome)
        if is_contradicted:
            self._counters.distrust(batch.event_id, batch.position)

    async def _release_needless(self, batch: _AdmittedBatch, outcomes: Sequence[Outcome]) -> None:
        """Give back units that this batch took and that no order has.

        Those of a repeated key whose order is over (expired, cancelled …), and those taken at
        a price that has changed meanwhile.
        """
        placed = {o.order.id for o in outcomes if o.verdict is Verdict.PLACED and o.order}
        moves = [
            Move(intent.order.id, 0, Settlement.RELEASED)
            for intent, word, outcome in zip(batch.intents, batch.words, outcomes, strict=True)
            if word is Admission.RESERVED
            and _has_no_units(outcome)
            and intent.order.id not in placed
        ]
        if not moves:
            return
        try:
            settled = await self._guard.settle(batch.event_id, moves)
        except REDIS_AWAY as error:  # reconciliation frees them by age
            log.warning("release delayed", holds=len(moves), error=repr(error))
        else:
            self._counters.observe_settled(batch.event_id, settled)


def _has_no_units(outcome: Outcome) -> bool:
    if outcome.verdict is Verdict.STORED:
        return outcome.order is not None and outcome.order.status not in HOLDING
    return outcome.verdict is Verdict.REFUSED


def _log_failure(step: str, error: Exception) -> None:
    """Whatever went wrong, the buyers behind it must hear 503: an unanswered one hangs."""
    if isinstance(error, (CommitUnknown, StaleStock, SQLAlchemyError, *REDIS_AWAY)):
        log.warning(f"{step} failed", error=repr(error))
    else:
        log.error(f"{step} failed unexpectedly", exc_info=error)


def _unavailable(code: str) -> Unavailable:
    return Unavailable(code, retry_after_seconds=RETRY_AFTER_SECONDS)
