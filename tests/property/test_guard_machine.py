"""Both guards against the pure rules: whatever is asked of them, in any order, they agree.

The model is a dictionary and the functions of ``live.stock.rules``; what must hold besides is
added up from the holds, not read from the counters.
"""

import asyncio
import itertools
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from live.clock import SystemClock
from live.stock import rules
from live.stock.guard import (
    InMemoryStockGuard,
    Move,
    Position,
    Settled,
    StaleStock,
    StockGuard,
)
from live.stock.redis_guard import RedisStockGuard
from live.stock.rules import (
    Admission,
    Hold,
    HoldState,
    OfferStock,
    OfferTerms,
    Settlement,
    UnitsIntent,
)
from live.storage.redis import connect_redis, event_key

PRICE_FEN = 3_980
OFFERS = ("off_1", "off_2")
BUYERS = ("acc_1", "acc_2", "acc_3")
HOUR_MS = 3_600_000
SETTINGS = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

_events = itertools.count()

# An order's id names its offer and buyer, as the real ids do by being derived from them.
order_ids = st.builds(
    "{}/{}/{}".format, st.sampled_from(OFFERS), st.sampled_from(BUYERS), st.integers(1, 3)
)


@st.composite
def intents(draw: st.DrawFn) -> UnitsIntent:
    order_id = draw(order_ids)
    offer_id, buyer_id, _ = order_id.split("/")
    price_fen = draw(st.sampled_from([PRICE_FEN, PRICE_FEN, PRICE_FEN, PRICE_FEN - 1]))
    hold_no = draw(st.sampled_from([0, 0, 0, 1]))
    units = draw(st.integers(1, 3))
    return UnitsIntent(order_id, offer_id, buyer_id, units, price_fen, hold_no)


@st.composite
def holds(draw: st.DrawFn) -> Hold:
    order_id = draw(order_ids)
    offer_id, buyer_id, _ = order_id.split("/")
    state = draw(st.sampled_from(HoldState))
    return Hold(order_id, offer_id, buyer_id, draw(st.integers(1, 2)), 0, state)


moves = st.builds(Move, order_ids, st.sampled_from([0, 0, 1]), st.sampled_from(Settlement))


class Model:
    """The rules, and the least that remembers."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.offers: dict[str, OfferStock] = {}
        self.holds: dict[str, Hold] = {}

    def reserve(self, asked: list[UnitsIntent], now_ms: int) -> list[Admission]:
        return [self._reserve_one(intent, now_ms) for intent in asked]

    def _reserve_one(self, intent: UnitsIntent, now_ms: int) -> Admission:
        stock, hold = self.offers.get(intent.offer_id), self.holds.get(intent.order_id)
        bought = self.bought(intent.offer_id, intent.buyer_id)
        word = rules.admit(stock, hold, bought, intent, now_ms)
        if word is Admission.RESERVED and stock is not None:
            if hold is None:
                self.offers[intent.offer_id] = rules.take(stock, intent.units)
                hold = Hold(intent.order_id, intent.offer_id, intent.buyer_id, intent.units)
            self.holds[intent.order_id] = replace(hold, hold_no=intent.hold_no)
        return word

    def settle(self, asked: list[Move]) -> int:
        moved = 0
        for move in asked:
            hold = self.holds.get(move.order_id)
            if hold is None or hold.hold_no != move.hold_no or hold.state == move.to.value:
                continue
            stock, left = rules.settle(self.offers[hold.offer_id], hold, move.to)
            self.offers[hold.offer_id] = stock
            if left is None:
                del self.holds[move.order_id]
            else:
                self.holds[move.order_id] = left
            moved += 1
        return moved

    def add(self, hold: Hold) -> None:
        stock = self.offers[hold.offer_id]
        if hold.state is HoldState.SOLD:
            self.offers[hold.offer_id] = replace(stock, sold=stock.sold + hold.units)
        else:
            self.offers[hold.offer_id] = rules.take(stock, hold.units)
        self.holds[hold.order_id] = hold

    def bought(self, offer_id: str, buyer_id: str) -> int:
        pair = (offer_id, buyer_id)
        return sum(h.units for h in self.holds.values() if (h.offer_id, h.buyer_id) == pair)

    def units(self, offer_id: str, state: HoldState) -> int:
        return sum(
            h.units for h in self.holds.values() if (h.offer_id, h.state) == (offer_id, state)
        )


class GuardMachine(RuleBasedStateMachine):
    redis_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = SystemClock()
        self.redis = connect_redis(self.redis_url, timeout_ms=5_000, connections_max=2)
        self.memory = InMemoryStockGuard(self.clock)
        self.guards: list[StockGuard] = [self.memory, RedisStockGuard(self.redis, self.clock)]
        self.event_id = f"evt_{next(_events)}"
        self.model = Model()
        self.revision = 1
        self.epochs = itertools.count(1)

    def teardown(self) -> None:
        self.runner.run(self.redis.aclose())
        self.runner.close()

    async def forget(self) -> None:
        names = ("stock", "holds", "buyers", "unverified")
        await self.redis.delete(*[event_key(self.event_id, name) for name in names])

    def both(self, call: Any) -> Any:
        """What both guards answer; they must say the same."""

        async def ask() -> list[Any]:
            return [await _outcome(call, guard) for guard in self.guards]

        in_memory, in_redis = self.runner.run(ask())
        assert in_memory == in_redis
        return in_memory

    def terms(self, offer_id: str, allotment: int, limit: int, status: str) -> OfferTerms:
        return OfferTerms(offer_id, self.revision, allotment, PRICE_FEN, limit, status)

    @initialize(allotment=st.integers(0, 8), limit=st.integers(1, 6))
    def build(self, allotment: int, limit: int) -> None:
        terms = [self.terms(offer_id, allotment, limit, "open") for offer_id in OFFERS]
        self._install(terms, [])

    @rule(asked=st.lists(intents(), min_size=1, max_size=5))
    def reserve(self, asked: list[UnitsIntent]) -> None:
        position = self.model.position
        at = position or Position("epoch-1", 0)
        words = self.both(lambda guard: guard.reserve(self.event_id, at, asked))
        if position is None:
            assert words is StaleStock
            return
        expected = self.model.reserve(asked, self.clock.now_ms())
        self.model.position = replace(position, seq=position.seq + 1)
        assert words.words == expected
        assert words.seq == self.model.position.seq

    @rule(asked=st.lists(moves, min_size=1, max_size=5))
    def settle(self, asked: list[Move]) -> None:
        settled = self.both(lambda guard: guard.settle(self.event_id, asked))
        if self.model.position is None:
            assert settled == Settled(None, 0)
            return
        assert settled.moved == self.model.settle(asked)
        self._advance()
        assert settled.position == self.model.position

    @rule(
        offer_id=st.sampled_from(OFFERS),
        extra=st.integers(0, 5),
        limit=st.integers(1, 6),
        status=st.sampled_from(["open", "open", "open", "closed", "draft"]),
        opens_in=st.sampled_from([None, -HOUR_MS, HOUR_MS]),
    )
    def restock_or_cut(
        self, offer_id: str, extra: int, limit: int, status: str, opens_in: int | None
    ) -> None:
        """To what is held and sold at least, as SQL allows; a new limit holds for new orders."""
        held = sum(self.model.units(offer_id, state) for state in HoldState)
        self.revision += 1
        opens_ms = None if opens_in is None else self.clock.now_ms() + opens_in
        terms = replace(self.terms(offer_id, held + extra, limit, status), opens_ms=opens_ms)
        self.both(lambda guard: guard.put_offer(self.event_id, terms))
        self.model.offers[offer_id] = replace(self.model.offers[offer_id], terms=terms)
        self._advance()

    @rule(offer_id=st.sampled_from(OFFERS))
    def put_older_terms(self, offer_id: str) -> None:
        terms = replace(self.terms(offer_id, 99, 99, "open"), revision=0)
        self.both(lambda guard: guard.put_offer(self.event_id, terms))

    @rule(hold=holds())
    def adopt(self, hold: Hold) -> None:
        """SQL's orders fit by SQL's own checks."""
        if self.model.offers[hold.offer_id].available < hold.units:
            return
        epoch = "" if self.model.position is None else self.model.position.epoch
        adopted = self.both(lambda guard: guard.adopt(self.event_id, epoch, [hold]))
        if self.model.position is None:
            assert adopted is StaleStock
            return
        is_missing = hold.order_id not in self.model.holds
        assert adopted == is_missing
        if is_missing:
            self.model.add(hold)
        self._advance()

    @rule()
    def rebuild(self) -> None:
        terms = [stock.terms for stock in self.model.offers.values()]
        self._install(terms, list(self.model.holds.values()))

    @rule()
    def lose_everything(self) -> None:
        """Until the rebuild; what the model keeps is SQL's."""
        self.memory.lose_everything()
        self.runner.run(self.forget())
        self.model.position = None

    @rule()
    def reserve_at_another_position(self) -> None:
        wish = UnitsIntent("off_1/acc_1/9", "off_1", "acc_1", 1, PRICE_FEN)
        ahead = Position("?", 0)
        if self.model.position is not None:
            ahead = replace(self.model.position, seq=self.model.position.seq + 1)
        for position in (ahead, Position("another epoch", 0)):
            answer = self.both(lambda guard, at=position: guard.reserve(self.event_id, at, [wish]))
            assert answer is StaleStock

    @rule(asked=st.lists(order_ids, max_size=4))
    def missing(self, asked: list[str]) -> None:
        missing = self.both(lambda guard: guard.missing(self.event_id, asked))
        held = self.model.holds if self.model.position else {}
        assert missing == [order_id for order_id in asked if order_id not in held]
        at = self.model.position
        if asked and at is not None:
            found = self.both(lambda guard: guard.held(self.event_id, at, asked))
            assert found == held.keys() & set(asked)

    @invariant()
    def counters_are_the_model_s(self) -> None:
        reading = self.both(lambda guard: guard.read(self.event_id))
        if self.model.position is None:
            assert reading is None
            return
        assert reading.position == self.model.position
        assert reading.offers == self.model.offers

    @invariant()
    def every_unit_is_in_one_place(self) -> None:
        for offer_id, stock in self.model.offers.items():
            assert stock.reserved == self.model.units(offer_id, HoldState.RESERVED)
            assert stock.sold == self.model.units(offer_id, HoldState.SOLD)
            assert stock.available + stock.reserved + stock.sold == stock.terms.allotment
            assert min(stock.available, stock.reserved, stock.sold) >= 0

    def _install(self, terms: list[OfferTerms], kept: list[Hold]) -> None:
        epoch = f"epoch-{next(self.epochs)}"
        self.both(lambda guard: guard.install(self.event_id, epoch, terms, kept))
        self.model.position = Position(epoch, 0)
        self.model.offers = {t.offer_id: OfferStock(t) for t in terms}
        self.model.holds = {}
        for hold in kept:
            self.model.add(hold)

    def _advance(self) -> None:
        if self.model.position is not None:
            position = self.model.position
            self.model.position = replace(position, seq=position.seq + 1)


async def _outcome(call: Any, guard: StockGuard) -> Any:
    try:
        return await call(guard)
    except StaleStock:
        return StaleStock


def test_both_guards_are_the_rules(redis_url: str) -> None:
    machine = type("Machine", (GuardMachine,), {"redis_url": redis_url})
    run_state_machine_as_test(machine, settings=SETTINGS)
