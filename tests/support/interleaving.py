"""What the tests of interleavings sell, and how they speak of it."""

from live.sales.commit import Outcome
from live.sales.stored_order import StoredOrder
from tests.support.selling import buyer
from tests.support.shop import Shop

BOXES = 10


def order_of(outcome: Outcome) -> StoredOrder:
    assert outcome.order is not None, outcome
    return outcome.order


async def sell_out_but_one(shop: Shop) -> None:
    await shop.buy(buyer(39), "the-others", units=BOXES - 1)
