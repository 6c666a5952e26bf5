"""What the guard said of an offer is believed for a moment, and not once units came back."""

from collections.abc import Sequence

import pytest

from live.clock import ManualClock
from live.stock.guard import InMemoryStockGuard, Move, Position, StaleStock
from live.stock.rules import Admission, OfferTerms, Settlement, UnitsIntent
from live.stock.sold_out import RememberingGuard, SoldOutMemory

EVENT, OFFER, PRICE_FEN = "evt_1", "off_1", 1_990
START = Position("epoch-1", 0)
BELIEVED = 0.2


class Hand:
    """A monotonic clock turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class Counter:
    """A guard in memory with one offer, and what this process remembers of its refusals."""

    def __init__(self) -> None:
        self.hand = Hand()
        self.memory = SoldOutMemory(BELIEVED, monotonic=self.hand)
        self.plain = InMemoryStockGuard(ManualClock())
        self.guard = RememberingGuard(self.plain, self.memory)

    async def put_up(self, allotment: int) -> None:
        await self.guard.install(EVENT, START.epoch, [terms(allotment)], [])

    async def ask(self, *orders: str, units: int = 1, price_fen: int = PRICE_FEN) -> list[str]:
        intents = [UnitsIntent(o, OFFER, "acc_1", units, price_fen) for o in orders]
        return list((await self.guard.reserve(EVENT, START, intents)).words)

    def refuses(self, units: int = 1, price_fen: int = PRICE_FEN) -> bool:
        return self.memory.refuses(EVENT, OFFER, units, price_fen)


def terms(allotment: int, revision: int = 1) -> OfferTerms:
    return OfferTerms(OFFER, revision, allotment, PRICE_FEN, per_buyer_limit=100, status="open")


async def sold_out(allotment: int = 1) -> Counter:
    counter = Counter()
    await counter.put_up(allotment)
    await counter.ask(*(f"o{n}" for n in range(allotment + 1)))
    return counter


async def test_nothing_is_refused_that_the_guard_has_not_refused() -> None:
    counter = Counter()
    await counter.put_up(1)
    assert not counter.refuses()
    assert await counter.ask("o1") == [Admission.RESERVED]
    assert not counter.refuses()
    assert await counter.ask("o2") == [Admission.SOLD_OUT]
    assert counter.refuses()


async def test_it_is_believed_for_its_time_and_no_longer() -> None:
    counter = await sold_out()
    counter.hand.seconds += BELIEVED * 0.49
    assert counter.refuses()
    counter.hand.seconds += BELIEVED * 0.52
    assert not counter.refuses()
    assert not counter.refuses()


async def test_half_way_one_asks_the_guard_for_all_and_renews_it() -> None:
    counter = await sold_out()
    counter.hand.seconds += BELIEVED * 0.6
    assert [counter.refuses() for _ in range(4)] == [False, True, True, True]
    await counter.ask("o3")
    counter.hand.seconds += BELIEVED * 0.49
    assert counter.refuses()


async def test_fewer_units_or_another_price_ask_the_guard() -> None:
    counter = Counter()
    await counter.put_up(2)
    assert await counter.ask("o1", units=3) == [Admission.SOLD_OUT]
    assert counter.refuses(3)
    assert counter.refuses(4)
    assert not counter.refuses(2)
    assert not counter.refuses(3, price_fen=1)


async def test_of_one_batch_the_fewest_units_that_were_refused_count() -> None:
    counter = Counter()
    await counter.put_up(1)
    intents = [UnitsIntent(f"o{n}", OFFER, "acc_1", n, PRICE_FEN) for n in (3, 2, 4)]
    await counter.guard.reserve(EVENT, START, intents)
    assert counter.refuses(2)
    assert not counter.refuses(1)


@pytest.mark.parametrize("how", ["release", "restock", "rebuild", "stale"])
async def test_units_that_come_back_here_are_on_sale_at_once(how: str) -> None:
    counter = await sold_out()
    match how:
        case "release":
            await counter.guard.settle(EVENT, [Move("o0", 0, Settlement.RELEASED)])
        case "restock":
            await counter.guard.put_offer(EVENT, terms(2, revision=2))
        case "rebuild":
            await counter.guard.install(EVENT, "epoch-2", [terms(2)], [])
        case "stale":
            counter.plain.lose_everything()
            with pytest.raises(StaleStock):
                await counter.guard.held(EVENT, START, ["o9"])
    assert not counter.refuses()


async def test_a_sale_that_is_paid_returns_nothing() -> None:
    counter = await sold_out()
    await counter.guard.settle(EVENT, [Move("o0", 0, Settlement.SOLD)])
    assert counter.refuses()


async def test_an_answer_from_before_a_return_is_not_remembered() -> None:
    """The guard says "sold out", units come back, and only then does its answer arrive."""
    counter = await sold_out()
    moment = counter.memory.asking(EVENT)
    words: Sequence[Admission] = [Admission.SOLD_OUT]
    intents = [UnitsIntent("o9", OFFER, "acc_1", 1, PRICE_FEN)]
    await counter.guard.settle(EVENT, [Move("o0", 0, Settlement.RELEASED)])
    counter.memory.heard(EVENT, moment, intents, words)
    assert not counter.refuses()


async def test_a_late_payment_that_finds_nothing_says_nothing_of_the_price() -> None:
    counter = Counter()
    await counter.put_up(0)
    late = UnitsIntent("o1", OFFER, "acc_1", 1, 1, hold_no=1)
    assert (await counter.guard.reserve(EVENT, START, [late])).words == [Admission.SOLD_OUT]
    assert not counter.refuses(price_fen=1)
