"""What every stock guard promises, asked of each: the one in memory, and the one in Redis."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from live.clock import ManualClock
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
from live.storage.redis import RedisClient
from tests.support.selling import clock_now

EVENT = "evt_1"
BOXES = "off_boxes"
JUICE = "off_juice"
PRICE_FEN = 3_980
HOUR_MS = 3_600_000
START = Position("epoch-1", 0)

RESERVED = Admission.RESERVED
REPEATED = Admission.REPEATED
SOLD_OUT = Admission.SOLD_OUT
BUYER_LIMIT = Admission.BUYER_LIMIT
NOT_OPEN = Admission.NOT_OPEN
PRICE_CHANGED = Admission.PRICE_CHANGED


@dataclass(frozen=True)
class Desk:
    """A guard under test, and the hands of its clock."""

    guard: StockGuard
    clock: ManualClock
    lose: Callable[[], Awaitable[None]]

    async def put_up(self, *offers: OfferTerms) -> None:
        await self.guard.install(EVENT, START.epoch, offers, [])

    async def ask(self, *intents: UnitsIntent, at: Position = START) -> list[Admission]:
        return (await self.guard.reserve(EVENT, at, intents)).words

    async def settle(self, order_id: str, to: Settlement, hold_no: int = 0) -> int:
        return (await self.guard.settle(EVENT, [Move(order_id, hold_no, to)])).moved

    async def stock(self, offer_id: str = BOXES) -> tuple[int, int, int]:
        """(available, reserved, sold)."""
        reading = await self.guard.read(EVENT)
        assert reading is not None
        stock = reading.offers[offer_id]
        return stock.available, stock.reserved, stock.sold

    async def seq(self) -> int:
        reading = await self.guard.read(EVENT)
        assert reading is not None
        return reading.position.seq


def terms(offer_id: str = BOXES, allotment: int = 3, **changes: object) -> OfferTerms:
    plain = OfferTerms(offer_id, 1, allotment, PRICE_FEN, per_buyer_limit=100, status="open")
    return replace(plain, **changes)  # type: ignore[arg-type]


def intent(
    order_id: str,
    buyer_id: str = "acc_1",
    units: int = 1,
    *,
    offer_id: str = BOXES,
    price_fen: int = PRICE_FEN,
    hold_no: int = 0,
) -> UnitsIntent:
    return UnitsIntent(order_id, offer_id, buyer_id, units, price_fen, hold_no)


@pytest.fixture(params=["memory", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(kind: str, request: pytest.FixtureRequest) -> Desk:
    clock = clock_now()
    if kind == "memory":
        memory = InMemoryStockGuard(clock)

        async def lose() -> None:
            memory.lose_everything()

        return Desk(memory, clock, lose)
    redis: RedisClient = request.getfixturevalue("redis")

    async def flush() -> None:
        await redis.flushall()

    return Desk(RedisStockGuard(redis, clock), clock, flush)


class TestReserve:
    async def test_units_are_taken_until_none_are_left(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=3))
        assert await desk.ask(intent("o1", units=2)) == [RESERVED]
        assert await desk.ask(intent("o2", "acc_2", units=2)) == [SOLD_OUT]
        assert await desk.ask(intent("o3", "acc_3", units=1)) == [RESERVED]
        assert await desk.ask(intent("o4", "acc_4", units=1)) == [SOLD_OUT]
        assert await desk.stock() == (0, 3, 0)

    async def test_a_batch_sees_its_own_sum(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=3), terms(JUICE, allotment=1))
        words = await desk.ask(
            intent("o1", "acc_1", 2),
            intent("o2", "acc_2", 2),
            intent("o3", "acc_3", 1),
            intent("o4", "acc_4", 1, offer_id=JUICE),
            intent("o5", "acc_5", 1, offer_id=JUICE),
        )
        assert words == [RESERVED, SOLD_OUT, RESERVED, RESERVED, SOLD_OUT]
        assert await desk.stock() == (0, 3, 0)
        assert await desk.stock(JUICE) == (0, 1, 0)

    async def test_a_buyer_gets_no_more_than_the_limit(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=50, per_buyer_limit=3))
        assert await desk.ask(intent("o1", units=2)) == [RESERVED]
        assert await desk.ask(intent("o2", units=2)) == [BUYER_LIMIT]
        assert await desk.ask(intent("o3", "acc_2", units=3)) == [RESERVED]
        assert await desk.ask(intent("o4", units=1)) == [RESERVED]

    async def test_a_buyer_s_intents_in_one_batch_add_up(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=50, per_buyer_limit=2))
        words = await desk.ask(intent("o1"), intent("o2"), intent("o3"))
        assert words == [RESERVED, RESERVED, BUYER_LIMIT]

    async def test_the_limit_counts_each_offer_by_itself(self, desk: Desk) -> None:
        await desk.put_up(terms(per_buyer_limit=1), terms(JUICE, per_buyer_limit=1))
        words = await desk.ask(intent("o1"), intent("o2", offer_id=JUICE))
        assert words == [RESERVED, RESERVED]

    async def test_released_units_are_off_the_buyer_s_limit(self, desk: Desk) -> None:
        await desk.put_up(terms(per_buyer_limit=1))
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.RELEASED)
        assert await desk.ask(intent("o2")) == [RESERVED]

    async def test_sold_units_stay_on_the_buyer_s_limit(self, desk: Desk) -> None:
        await desk.put_up(terms(per_buyer_limit=1))
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.SOLD)
        assert await desk.ask(intent("o2")) == [BUYER_LIMIT]

    async def test_another_price_than_the_buyer_saw_is_refused(self, desk: Desk) -> None:
        await desk.put_up(terms())
        words = await desk.ask(intent("o1", price_fen=PRICE_FEN - 1))
        assert words == [PRICE_CHANGED]
        assert await desk.stock() == (3, 0, 0)

    @pytest.mark.parametrize("status", ["draft", "scheduled", "closed"])
    async def test_only_an_open_offer_sells(self, desk: Desk, status: str) -> None:
        await desk.put_up(terms(status=status))
        assert await desk.ask(intent("o1")) == [NOT_OPEN]

    @pytest.mark.parametrize(
        ("opens_in_ms", "closes_in_ms", "word"),
        [
            (-HOUR_MS, HOUR_MS, RESERVED),
            (HOUR_MS, None, NOT_OPEN),
            (None, -HOUR_MS, NOT_OPEN),
            (None, HOUR_MS, RESERVED),
            (-HOUR_MS, None, RESERVED),
        ],
    )
    async def test_the_window_is_kept_by_the_clock(
        self, desk: Desk, opens_in_ms: int | None, closes_in_ms: int | None, word: Admission
    ) -> None:
        # Redis goes by its own time, the guard in memory by its clock: here the same hour.
        now_ms = desk.clock.now_ms()
        opens_ms = None if opens_in_ms is None else now_ms + opens_in_ms
        closes_ms = None if closes_in_ms is None else now_ms + closes_in_ms
        await desk.put_up(terms(opens_ms=opens_ms, closes_ms=closes_ms))
        assert await desk.ask(intent("o1")) == [word]

    async def test_an_unknown_offer_is_said_to_be_unknown(self, desk: Desk) -> None:
        await desk.put_up(terms())
        assert await desk.ask(intent("o1", offer_id="off_none")) == [Admission.UNKNOWN_OFFER]

    async def test_questions_are_asked_in_their_order(self, desk: Desk) -> None:
        sold_out = terms(allotment=0, per_buyer_limit=0)
        await desk.put_up(sold_out, terms(JUICE, status="closed"))
        closed_and_dear = intent("o1", offer_id=JUICE, price_fen=1)
        dear_and_sold_out = intent("o2", price_fen=1)
        sold_out_and_over_the_limit = intent("o3")
        words = await desk.ask(closed_and_dear, dear_and_sold_out, sold_out_and_over_the_limit)
        assert words == [NOT_OPEN, PRICE_CHANGED, SOLD_OUT]

    async def test_a_refused_intent_leaves_nothing_behind(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1))
        await desk.ask(intent("o1", units=2))
        assert await desk.stock() == (1, 0, 0)
        assert await desk.guard.missing(EVENT, ["o1"]) == ["o1"]
        assert await desk.guard.unverified(EVENT, 0, 10) == []


class TestRepeats:
    async def test_a_held_order_is_never_told_sold_out(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1))
        assert await desk.ask(intent("o1")) == [RESERVED]
        assert await desk.ask(intent("o1")) == [REPEATED]
        assert await desk.stock() == (0, 1, 0)

    async def test_a_repeat_within_one_batch_takes_units_once(self, desk: Desk) -> None:
        await desk.put_up(terms())
        assert await desk.ask(intent("o1"), intent("o1")) == [RESERVED, REPEATED]
        assert await desk.stock() == (2, 1, 0)

    async def test_a_held_order_is_repeated_whatever_became_of_the_offer(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.guard.put_offer(EVENT, terms(revision=2, status="closed", price_fen=1))
        assert await desk.ask(intent("o1")) == [REPEATED]

    async def test_a_sold_order_is_repeated_too(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.SOLD)
        assert await desk.ask(intent("o1")) == [REPEATED]

    async def test_once_released_the_same_order_takes_units_anew(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.RELEASED)
        assert await desk.ask(intent("o1")) == [RESERVED]
        assert await desk.stock() == (2, 1, 0)


class TestLatePayments:
    """A second hold (hold_no 1) is past the questions of price and opening hours."""

    async def test_a_second_hold_is_taken_at_any_hour_and_price(self, desk: Desk) -> None:
        await desk.put_up(terms(status="closed"))
        assert await desk.ask(intent("o1", price_fen=1, hold_no=1)) == [RESERVED]
        assert await desk.stock() == (2, 1, 0)

    async def test_a_second_hold_needs_stock_and_limit(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=0), terms(JUICE, per_buyer_limit=1))
        words = await desk.ask(
            intent("o1", hold_no=1), intent("o2", units=2, offer_id=JUICE, hold_no=1)
        )
        assert words == [SOLD_OUT, BUYER_LIMIT]

    async def test_it_takes_over_the_first_hold_where_that_is_still_there(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1))
        await desk.ask(intent("o1"))
        assert await desk.ask(intent("o1", hold_no=1)) == [RESERVED]
        assert await desk.stock() == (0, 1, 0)

    async def test_the_release_of_the_first_hold_leaves_the_second_alone(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.ask(intent("o1", hold_no=1))
        assert await desk.settle("o1", Settlement.RELEASED, hold_no=0) == 0
        assert await desk.stock() == (2, 1, 0)
        assert await desk.settle("o1", Settlement.SOLD, hold_no=1) == 1
        assert await desk.stock() == (2, 0, 1)

    async def test_a_hold_taken_over_is_young_again(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.guard.verified(EVENT, ["o1"])
        await desk.ask(intent("o1", hold_no=1))
        desk.clock.advance(seconds=60)
        assert await desk.guard.unverified(EVENT, 1_000, 10) == [
            Hold("o1", BOXES, "acc_1", 1, hold_no=1)
        ]


class TestSettle:
    async def test_units_move_from_reserved_to_sold_once(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1", units=2))
        assert await desk.settle("o1", Settlement.SOLD) == 1
        assert await desk.settle("o1", Settlement.SOLD) == 0
        assert await desk.stock() == (1, 0, 2)

    async def test_units_go_back_on_sale_once(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1", units=2))
        assert await desk.settle("o1", Settlement.RELEASED) == 1
        assert await desk.settle("o1", Settlement.RELEASED) == 0
        assert await desk.stock() == (3, 0, 0)

    async def test_sold_units_go_back_on_sale_after_a_refund(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1", units=2))
        await desk.settle("o1", Settlement.SOLD)
        assert await desk.settle("o1", Settlement.RELEASED) == 1
        assert await desk.stock() == (3, 0, 0)

    async def test_a_sale_that_comes_after_the_release_finds_nothing(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.RELEASED)
        assert await desk.settle("o1", Settlement.SOLD) == 0
        assert await desk.stock() == (3, 0, 0)

    async def test_many_moves_in_one_call(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=5))
        await desk.ask(intent("o1"), intent("o2"), intent("o3"))
        sold, released = Settlement.SOLD, Settlement.RELEASED
        moves = [Move("o1", 0, sold), Move("o2", 0, released), Move("none", 0, sold)]
        assert (await desk.guard.settle(EVENT, [*moves, *moves])).moved == 2
        assert await desk.stock() == (3, 1, 1)

    async def test_it_tells_where_the_counters_stand(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        settled = await desk.guard.settle(EVENT, [Move("o1", 0, Settlement.SOLD)])
        assert settled == Settled(Position(START.epoch, await desk.seq()), 1)

    async def test_without_counters_nothing_happens(self, desk: Desk) -> None:
        settled = await desk.guard.settle(EVENT, [Move("o1", 0, Settlement.SOLD)])
        assert settled == Settled(None, 0)
        assert await desk.guard.read(EVENT) is None


class TestPositions:
    async def test_without_counters_every_position_is_stale(self, desk: Desk) -> None:
        with pytest.raises(StaleStock):
            await desk.ask(intent("o1"))

    async def test_lost_counters_are_stale(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.lose()
        with pytest.raises(StaleStock):
            await desk.ask(intent("o1"))

    async def test_another_epoch_is_stale(self, desk: Desk) -> None:
        await desk.put_up(terms())
        with pytest.raises(StaleStock):
            await desk.ask(intent("o1"), at=Position("epoch-0", 0))
        assert await desk.stock() == (3, 0, 0)

    async def test_counters_behind_what_was_seen_are_stale(self, desk: Desk) -> None:
        await desk.put_up(terms())
        admitted = await desk.guard.reserve(EVENT, START, [intent("o1")])
        assert await desk.ask(intent("o2"), at=Position(START.epoch, admitted.seq)) == [RESERVED]
        with pytest.raises(StaleStock):
            await desk.ask(intent("o3"), at=Position(START.epoch, admitted.seq + 100))
        assert await desk.stock() == (1, 2, 0)

    async def test_every_change_is_numbered(self, desk: Desk) -> None:
        await desk.put_up(terms())
        seen = [await desk.seq()]
        seen.append((await desk.guard.reserve(EVENT, START, [intent("o1")])).seq)
        await desk.settle("o1", Settlement.SOLD)
        seen.append(await desk.seq())
        await desk.guard.put_offer(EVENT, terms(revision=2))
        seen.append(await desk.seq())
        await desk.guard.adopt(EVENT, START.epoch, [Hold("o2", BOXES, "acc_2", 1)])
        seen.append(await desk.seq())
        assert seen == [0, 1, 2, 3, 4]

    async def test_events_are_counted_apart(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1))
        await desk.guard.install("evt_2", "epoch-2", [terms(allotment=1)], [])
        at_other = Position("epoch-2", 0)
        assert await desk.ask(intent("o1")) == [RESERVED]
        admitted = await desk.guard.reserve("evt_2", at_other, [intent("o1")])
        assert admitted.words == [RESERVED]


class TestInstall:
    async def test_it_replaces_everything_that_was_there(self, desk: Desk) -> None:
        await desk.put_up(terms(), terms(JUICE))
        await desk.ask(intent("gone"), intent("gone-too", offer_id=JUICE))
        holds = [
            Hold("o1", BOXES, "acc_1", 2),
            Hold("o2", BOXES, "acc_2", 3, hold_no=1, state=HoldState.SOLD),
        ]
        await desk.guard.install(EVENT, "epoch-2", [terms(allotment=9)], holds)
        reading = await desk.guard.read(EVENT)
        assert reading is not None
        assert reading.position == Position("epoch-2", 0)
        assert reading.offers == {BOXES: OfferStock(terms(allotment=9), reserved=2, sold=3)}
        missing = await desk.guard.missing(EVENT, ["o1", "o2", "gone", "gone-too"])
        assert missing == ["gone", "gone-too"]

    async def test_installed_holds_are_like_any_other(self, desk: Desk) -> None:
        hold = Hold("o1", BOXES, "acc_1", 2)
        limited = terms(allotment=9, per_buyer_limit=3)
        await desk.guard.install(EVENT, START.epoch, [limited], [hold])
        assert await desk.ask(intent("o1", units=2)) == [REPEATED]
        assert await desk.ask(intent("o2", units=2)) == [BUYER_LIMIT]
        assert await desk.settle("o1", Settlement.RELEASED) == 1
        assert await desk.stock() == (9, 0, 0)

    async def test_installed_holds_need_no_verifying(self, desk: Desk) -> None:
        hold = Hold("o1", BOXES, "acc_1", 1)
        await desk.guard.install(EVENT, START.epoch, [terms()], [hold])
        desk.clock.advance(seconds=60)
        assert await desk.guard.unverified(EVENT, 0, 10) == []

    async def test_more_holds_than_fit_in_one_call(self, desk: Desk) -> None:
        holds = [Hold(f"o{n}", BOXES, f"acc_{n}", 1) for n in range(4_500)]
        await desk.guard.install(EVENT, START.epoch, [terms(allotment=5_000)], holds)
        assert await desk.stock() == (500, 4_500, 0)

    async def test_an_event_without_offers(self, desk: Desk) -> None:
        await desk.put_up()
        reading = await desk.guard.read(EVENT)
        assert reading is not None
        assert reading.offers == {}
        assert await desk.ask(intent("o1")) == [Admission.UNKNOWN_OFFER]


class TestAdopt:
    async def test_only_missing_holds_are_given(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        sold = Hold("o2", BOXES, "acc_2", 1, hold_no=1, state=HoldState.SOLD)
        holds = [Hold("o1", BOXES, "acc_1", 1), sold]
        assert await desk.guard.adopt(EVENT, START.epoch, holds) == 1
        assert await desk.guard.adopt(EVENT, START.epoch, holds) == 0
        assert await desk.stock() == (1, 1, 1)
        assert await desk.settle("o2", Settlement.RELEASED, hold_no=1) == 1
        assert await desk.stock() == (2, 1, 0)

    async def test_sql_s_orders_get_their_holds_whatever_the_stock_says(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1, per_buyer_limit=1))
        await desk.ask(intent("o1"))
        adopted = await desk.guard.adopt(EVENT, START.epoch, [Hold("o2", BOXES, "acc_1", 1)])
        assert adopted == 1
        assert await desk.ask(intent("o3", "acc_3")) == [SOLD_OUT]

    async def test_an_adopted_hold_is_looked_at_again(self, desk: Desk) -> None:
        await desk.put_up(terms())
        hold = Hold("o1", BOXES, "acc_1", 1)
        await desk.guard.adopt(EVENT, START.epoch, [hold])
        desk.clock.advance(seconds=60)
        assert await desk.guard.unverified(EVENT, 1_000, 10) == [hold]

    async def test_another_epoch_adopts_nothing(self, desk: Desk) -> None:
        await desk.put_up(terms())
        with pytest.raises(StaleStock):
            await desk.guard.adopt(EVENT, "epoch-0", [Hold("o1", BOXES, "acc_1", 1)])
        assert await desk.stock() == (3, 0, 0)


class TestPutOffer:
    async def test_restocking_and_cutting(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=1))
        await desk.ask(intent("o1"))
        assert await desk.ask(intent("o2", "acc_2")) == [SOLD_OUT]
        await desk.guard.put_offer(EVENT, terms(revision=2, allotment=2))
        assert await desk.ask(intent("o2", "acc_2")) == [RESERVED]
        await desk.settle("o2", Settlement.RELEASED)
        await desk.guard.put_offer(EVENT, terms(revision=3, allotment=1))
        assert await desk.ask(intent("o3", "acc_3")) == [SOLD_OUT]
        assert await desk.stock() == (0, 1, 0)

    async def test_older_terms_never_replace_newer_ones(self, desk: Desk) -> None:
        await desk.put_up(terms(revision=5, allotment=7))
        await desk.guard.put_offer(EVENT, terms(revision=4, allotment=1))
        assert await desk.stock() == (7, 0, 0)
        await desk.guard.put_offer(EVENT, terms(revision=5, allotment=6))
        assert await desk.stock() == (6, 0, 0)

    async def test_every_term_is_kept(self, desk: Desk) -> None:
        await desk.put_up(terms())
        newer = OfferTerms(BOXES, 2, 8, 1_234, 5, "closed", opens_ms=10, closes_ms=20)
        await desk.guard.put_offer(EVENT, newer)
        reading = await desk.guard.read(EVENT)
        assert reading is not None
        assert reading.offers[BOXES].terms == newer

    async def test_a_new_offer_joins_the_others(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.guard.put_offer(EVENT, terms(JUICE, allotment=4))
        assert await desk.ask(intent("o1", offer_id=JUICE)) == [RESERVED]
        reading = await desk.guard.read(EVENT)
        assert reading is not None
        assert list(reading.offers) == [BOXES, JUICE]

    async def test_without_counters_nothing_is_put(self, desk: Desk) -> None:
        await desk.guard.put_offer(EVENT, terms())
        assert await desk.guard.read(EVENT) is None


class TestVerifying:
    async def test_only_old_holds_are_due(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        assert await desk.guard.unverified(EVENT, 60_000, 10) == []
        desk.clock.advance(seconds=61)
        assert await desk.guard.unverified(EVENT, 60_000, 10) == [Hold("o1", BOXES, "acc_1", 1)]

    async def test_verified_holds_are_not_looked_at_again(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"), intent("o2"))
        await desk.guard.verified(EVENT, ["o1", "none"])
        desk.clock.advance(seconds=60)
        due = await desk.guard.unverified(EVENT, 1_000, 10)
        assert [hold.order_id for hold in due] == ["o2"]
        assert await desk.stock() == (1, 2, 0)

    async def test_no_more_than_asked_for_oldest_first(self, desk: Desk) -> None:
        await desk.put_up(terms(allotment=9))
        await desk.ask(*[intent(f"o{n}") for n in range(5)])
        desk.clock.advance(seconds=60)
        due = await desk.guard.unverified(EVENT, 1_000, 2)
        assert [hold.order_id for hold in due] == ["o0", "o1"]

    async def test_a_released_hold_is_not_due(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        await desk.settle("o1", Settlement.RELEASED)
        desk.clock.advance(seconds=60)
        assert await desk.guard.unverified(EVENT, 1_000, 10) == []

    async def test_missing_keeps_the_order_of_the_question(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o2"))
        assert await desk.guard.missing(EVENT, ["o3", "o2", "o1"]) == ["o3", "o1"]
        assert await desk.guard.missing(EVENT, []) == []

    async def test_without_counters(self, desk: Desk) -> None:
        assert await desk.guard.unverified(EVENT, 0, 10) == []
        assert await desk.guard.missing(EVENT, ["o1"]) == ["o1"]
        await desk.guard.verified(EVENT, ["o1"])


class TestRedisOnly:
    async def test_scripts_survive_a_server_that_forgot_them(self, redis: RedisClient) -> None:
        guard = RedisStockGuard(redis, clock_now())
        await guard.install(EVENT, START.epoch, [terms()], [])
        await redis.script_flush()
        assert (await guard.reserve(EVENT, START, [intent("o1")])).words == [RESERVED]
        await redis.script_flush()
        assert (await guard.settle(EVENT, [Move("o1", 0, Settlement.SOLD)])).moved == 1
        await redis.script_flush()
        assert await guard.read(EVENT) is not None

    async def test_nobody_is_admitted_while_counters_are_built(self, redis: RedisClient) -> None:
        guard = RedisStockGuard(redis, clock_now())
        await guard.install(EVENT, START.epoch, [terms()], [Hold("o1", BOXES, "acc_1", 1)])
        # What the middle of an install looks like to everybody else.
        key = f"live:{{{EVENT}}}:stock"
        await redis.hdel(key, "epoch")
        await redis.hset(key, "building", "epoch-2")
        with pytest.raises(StaleStock):
            await guard.reserve(EVENT, START, [intent("o2")])
        assert await guard.read(EVENT) is None
        settled = await guard.settle(EVENT, [Move("o1", 0, Settlement.SOLD)])
        assert settled == Settled(None, 0)

    async def test_a_whole_batch_fits_in_one_call(self, redis: RedisClient) -> None:
        guard = RedisStockGuard(redis, clock_now())
        await guard.install(EVENT, START.epoch, [terms(allotment=2_000)], [])
        batch = [intent(f"o{n}", f"acc_{n}") for n in range(2_000)]
        words = (await guard.reserve(EVENT, START, batch)).words
        assert words == [RESERVED] * 2_000
