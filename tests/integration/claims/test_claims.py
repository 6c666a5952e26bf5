"""Claims from their filing to the money, on real databases and a provider that keeps a book."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.exc import IntegrityError

from live.claims.deciding import Deciding
from live.claims.filing import Filing, FilingResult
from live.claims.rows import insert_claim
from live.claims.rules import ClaimTerms
from live.claims.schemas import ClaimCreate
from live.errors import Conflict, NotFound, Problem
from live.sales.order_rows import move_orders
from live.sales.sales_figures import SalesFigures
from live.sales.schemas import OrderStatus
from live.storage.database import within
from live.storage.redis import RedisClient
from tests.support.till import EVENT, PRICE_FEN, SHIPPING_FEN, Till, buyer_id_of, paid, till

WINDOW_MS = 48 * 3_600_000
BUYER, OPERATOR = buyer_id_of(0), buyer_id_of(9)
AMOUNT_FEN = 2 * PRICE_FEN + SHIPPING_FEN


@dataclass
class Desk:
    """A till with claims."""

    till: Till
    filing: Filing
    deciding: Deciding

    async def file(
        self, order_id: str, *, units: int | None = None, share: int | None = None, note: str = ""
    ) -> FilingResult:
        return await self.filing.file(BUYER, order_id, ClaimCreate(units, share, note))

    async def refunds(self) -> list[int]:
        """What the provider has given back, in fen, once it was asked."""
        await self.till.relay_all()
        return [fen for _, fen in self.till.bank.refunds]

    async def left_fen(self) -> int:
        """What the provider has of the one payment."""
        await self.till.relay_all()
        (payment_id,) = await self.till.payments()
        return self.till.bank.book.balance_fen(payment_id)


def desk_of(shop: Till, auto_share: int = 0) -> Desk:
    terms = ClaimTerms(WINDOW_MS, auto_share, per_order_max=3)
    return Desk(
        shop,
        Filing(shop.database, shop.clock, terms, lambda: None),
        Deciding(shop.database, shop.clock, lambda: None),
    )


@pytest_asyncio.fixture
async def desk(database_url: str, redis: RedisClient) -> AsyncIterator[Desk]:
    async with till(database_url, redis) as opened:
        yield desk_of(opened)


async def move(shop: Till, order_id: str, to: OrderStatus, **values: Any) -> None:
    async with shop.database.transaction() as session:
        assert await within(session, move_orders, [order_id], to, **values)


async def delivered(shop: Till) -> str:
    """A paid order of two boxes that has arrived."""
    order_id = await shop.order(units=2)
    payment = await shop.start(order_id)
    shop.bank.book.collect(payment.id, payment.amount_fen)
    await shop.notify(paid(payment))
    await move(shop, order_id, OrderStatus.PACKED)
    await move(shop, order_id, OrderStatus.SHIPPED)
    await move(shop, order_id, OrderStatus.DELIVERED, delivered_ms=shop.clock.now_ms())
    return order_id


async def test_an_approved_claim_gives_back_a_part(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    claim, is_new = await desk.file(order_id, units=1, note="  一箱全烂了 ")
    assert (is_new, claim.status, claim.note) == (True, "open", "一箱全烂了")
    assert claim.asked_fen == AMOUNT_FEN // 2
    assert await desk.refunds() == [], "an operator decides first"
    approved = await desk.deciding.approve(OPERATOR, claim.id, claim.asked_fen)
    assert (approved.status, approved.decided_by) == ("approved", OPERATOR)
    assert await desk.refunds() == [AMOUNT_FEN // 2]
    assert await desk.left_fen() == AMOUNT_FEN - AMOUNT_FEN // 2
    assert await desk.till.status(order_id) == "delivered"
    facts = await desk.till.facts()
    assert (facts["ClaimFiled"], facts["ClaimApproved"], facts["RefundDue"]) == (1, 1, 1)


async def test_what_is_sent_twice_is_one_claim_and_one_refund(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    results = await asyncio.gather(*(desk.file(order_id, share=30) for _ in range(6)))
    (claim_id,) = {claim.id for claim, _ in results}
    assert sum(is_new for _, is_new in results) == 1
    amount = results[0].claim.asked_fen
    decided = await asyncio.gather(
        *(desk.deciding.approve(OPERATOR, claim_id, amount) for _ in range(6))
    )
    assert len(set(decided)) == 1
    again, is_new = await desk.file(order_id, share=30)
    assert (again.id, again.status, is_new) == (claim_id, "approved", False)
    assert await desk.refunds() == [amount]
    assert (await desk.till.facts())["ClaimApproved"] == 1


async def test_two_claims_in_the_same_instant_are_one_open_claim(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    results = await asyncio.gather(
        *(desk.file(order_id, share=share) for share in (10, 20, 30)), return_exceptions=True
    )
    refused = [result for result in results if isinstance(result, Conflict)]
    assert [refusal.code for refusal in refused] == ["claim_open"] * 2
    # Without the fence the index refuses it: the rule does not rest on who looked when.
    (filed,) = [result for result in results if isinstance(result, FilingResult)]
    with pytest.raises(IntegrityError):
        async with desk.till.database.transaction() as session:
            await within(session, insert_claim, filed.claim._replace(id="clm_other"))


async def test_approved_and_rejected_in_the_same_instant_is_one_of_them(desk: Desk) -> None:
    for _ in range(5):
        order_id = await delivered(desk.till)
        claim, _ = await desk.file(order_id, share=100)
        results = await asyncio.gather(
            desk.deciding.approve(OPERATOR, claim.id, 1),
            desk.deciding.reject(OPERATOR, claim.id, "看不出坏果"),
            return_exceptions=True,
        )
        refused = [result for result in results if isinstance(result, BaseException)]
        assert [getattr(refusal, "code", refusal) for refusal in refused] == ["claim_decided"]
    facts = await desk.till.facts()
    assert facts["RefundDue"] == facts["ClaimApproved"]
    assert facts["ClaimApproved"] + facts["ClaimRejected"] == 5


async def test_a_rejected_claim_says_why_and_gives_nothing_back(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    claim, _ = await desk.file(order_id, share=5)
    for _ in range(2):
        rejected = await desk.deciding.reject(OPERATOR, claim.id, "照片看不清")
        assert (rejected.status, rejected.reason) == ("rejected", "照片看不清")
    with pytest.raises(Conflict, match="claim_decided"):
        await desk.deciding.approve(OPERATOR, claim.id, 1)
    assert await desk.refunds() == []
    another, is_new = await desk.file(order_id, share=5, note="再说一遍")
    assert is_new
    assert another.id != claim.id


async def test_never_more_than_is_left(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    first, _ = await desk.file(order_id, share=90)
    with pytest.raises(Conflict, match="claim_exceeds_left"):
        await desk.deciding.approve(OPERATOR, first.id, AMOUNT_FEN + 1)
    await desk.deciding.approve(OPERATOR, first.id, AMOUNT_FEN - 100)
    second, _ = await desk.file(order_id, share=90, note="还有")
    assert second.asked_fen == 100, "no more than is left"
    await desk.deciding.approve(OPERATOR, second.id, 100)
    with pytest.raises(Conflict, match="nothing_left"):
        await desk.file(order_id, share=1)
    assert await desk.refunds() == [AMOUNT_FEN - 100, 100]
    assert await desk.left_fen() == 0


async def test_the_order_s_refund_gives_back_what_claims_have_left(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    claim, _ = await desk.file(order_id, share=25)
    await desk.deciding.approve(OPERATOR, claim.id, claim.asked_fen)
    other, _ = await desk.file(order_id, share=50, note="又发现坏的")
    await desk.till.refunds.refund_order(order_id)
    assert await desk.refunds() == [claim.asked_fen, AMOUNT_FEN - claim.asked_fen]
    with pytest.raises(Conflict, match="claim_exceeds_left"):
        await desk.deciding.approve(OPERATOR, other.id, 1)
    await desk.deciding.reject(OPERATOR, other.id, "已全额退款")


async def test_figures_show_what_is_left_of_the_money(desk: Desk) -> None:
    watching = SalesFigures(desk.till.database, desk.till.clock)

    async def shown() -> tuple[int, int, list[int]]:
        fresh = await SalesFigures(desk.till.database, desk.till.clock).load(EVENT)
        assert await watching.load(EVENT) == fresh
        totals = fresh.totals
        return totals.amount_fen, totals.claimed_fen, [p.amount_fen for p in fresh.provinces]

    order_id = await delivered(desk.till)
    assert await shown() == (AMOUNT_FEN, 0, [AMOUNT_FEN])
    claim, _ = await desk.file(order_id, share=25)
    assert await shown() == (AMOUNT_FEN, 0, [AMOUNT_FEN]), "nothing is decided"
    back = claim.asked_fen
    await desk.deciding.approve(OPERATOR, claim.id, back)
    assert await shown() == (AMOUNT_FEN - back, back, [AMOUNT_FEN - back])
    await desk.till.refunds.refund_order(order_id)
    assert await shown() == (0, back, []), "of one order, no more goes back than came in"


async def test_claims_and_the_order_s_refund_in_the_same_instant(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    claim, _ = await desk.file(order_id, share=60)
    results = await asyncio.gather(
        desk.deciding.approve(OPERATOR, claim.id, claim.asked_fen),
        desk.till.refunds.refund_order(order_id),
        return_exceptions=True,
    )
    assert all(not isinstance(r, BaseException) or isinstance(r, Conflict) for r in results)
    assert sum(await desk.refunds()) == AMOUNT_FEN
    assert await desk.left_fen() == 0


async def test_a_small_first_claim_is_approved_at_once(desk: Desk) -> None:
    quick = desk_of(desk.till, auto_share=10)
    order_id = await delivered(desk.till)
    claim, _ = await quick.file(order_id, share=10)
    assert (claim.status, claim.decided_by) == ("approved", None)
    assert claim.approved_fen == claim.asked_fen == -(-AMOUNT_FEN // 10)
    again, is_new = await quick.file(order_id, share=10)
    assert (again, is_new) == (claim, False)
    second, _ = await quick.file(order_id, share=10, note="还有")
    assert second.status == "open"
    assert await quick.refunds() == [claim.asked_fen]


async def test_who_may_file_and_when(desk: Desk) -> None:
    order_id = await delivered(desk.till)
    with pytest.raises(NotFound):
        await desk.filing.file(buyer_id_of(1), order_id, ClaimCreate(units=1))
    with pytest.raises(NotFound):
        await desk.file("ord_nothing", units=1)
    for neither_or_both in (ClaimCreate(), ClaimCreate(1, 1)):
        with pytest.raises(Problem, match="invalid"):
            await desk.filing.file(BUYER, order_id, neither_or_both)
    under_way = await desk.till.order(units=1)
    with pytest.raises(Conflict, match="not_claimable"):
        await desk.file(under_way, units=1)
    claim, _ = await desk.file(order_id, units=1)
    desk.till.clock.advance(ms=WINDOW_MS + 1)
    assert (await desk.file(order_id, units=1)).claim == claim, "a repeat is no new claim"
    with pytest.raises(Conflict, match="claim_too_late"):
        await desk.file(order_id, units=2)


async def test_nobody_decides_their_own_claim(desk: Desk) -> None:
    claim, _ = await desk.file(await delivered(desk.till), units=1)
    with pytest.raises(Conflict, match="own_claim"):
        await desk.deciding.approve(BUYER, claim.id, 1)
    with pytest.raises(Conflict, match="own_claim"):
        await desk.deciding.reject(BUYER, claim.id, "no")
    with pytest.raises(NotFound):
        await desk.deciding.approve(OPERATOR, "clm_nothing", 1)
