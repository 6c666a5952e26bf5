"""What every stock guard promises those who keep it true to SQL, asked of each."""

import pytest

from live.stock.guard import (
    Move,
    Position,
    Settled,
    StaleStock,
)
from live.stock.redis_guard import RedisStockGuard
from live.stock.rules import (
    Admission,
    Hold,
    HoldState,
    OfferStock,
    OfferTerms,
    Settlement,
)
from live.storage.redis import RedisClient
from tests.contracts.desk import (
    BOXES,
    EVENT,
    JUICE,
    START,
    Desk,
    intent,
    terms,
)
from tests.support.selling import clock_now

RESERVED = Admission.RESERVED
REPEATED = Admission.REPEATED
SOLD_OUT = Admission.SOLD_OUT
BUYER_LIMIT = Admission.BUYER_LIMIT
NOT_OPEN = Admission.NOT_OPEN
PRICE_CHANGED = Admission.PRICE_CHANGED


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
        desk.clock.advance(seconds=120)  # holds grow old by Redis's clock
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

    async def test_held_are_those_with_units_whatever_their_state(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"), intent("o2"), intent("o3"))
        await desk.settle("o1", Settlement.SOLD)
        await desk.settle("o2", Settlement.RELEASED)
        asked = ["o1", "o2", "o3", "o4", "o4"]
        assert await desk.guard.held(EVENT, START, asked) == {"o1", "o3"}
        assert await desk.guard.held(EVENT, START, ["o4"]) == set()

    async def test_held_is_nothing_that_lost_counters_can_tell(self, desk: Desk) -> None:
        await desk.put_up(terms())
        await desk.ask(intent("o1"))
        for at in (Position("epoch-0", 0), Position(START.epoch, 100)):
            with pytest.raises(StaleStock):
                await desk.guard.held(EVENT, at, ["o1"])
        await desk.lose()
        with pytest.raises(StaleStock):
            await desk.guard.held(EVENT, START, ["o1"])

    async def test_without_counters(self, desk: Desk) -> None:
        assert await desk.guard.unverified(EVENT, 0, 10) == []
        assert await desk.guard.missing(EVENT, ["o1"]) == ["o1"]
        await desk.guard.verified(EVENT, ["o1"])


@pytest.mark.cluster
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
