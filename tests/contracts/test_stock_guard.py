"""What every stock guard promises its buyers, asked of each: in memory, and in Redis."""

import pytest

from live.stock.guard import (
    Move,
    Position,
    Settled,
)
from live.stock.rules import (
    Admission,
    Hold,
    Settlement,
)
from tests.contracts.desk import (
    BOXES,
    EVENT,
    HOUR_MS,
    JUICE,
    PRICE_FEN,
    START,
    Desk,
    intent,
    terms,
)

RESERVED = Admission.RESERVED
REPEATED = Admission.REPEATED
SOLD_OUT = Admission.SOLD_OUT
BUYER_LIMIT = Admission.BUYER_LIMIT
NOT_OPEN = Admission.NOT_OPEN
PRICE_CHANGED = Admission.PRICE_CHANGED


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
