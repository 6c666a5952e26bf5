"""A stock guard under test, with the words for what is asked of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from live.clock import ManualClock
from live.stock.guard import (
    Move,
    Position,
    StockGuard,
)
from live.stock.rules import (
    Admission,
    OfferTerms,
    Settlement,
    UnitsIntent,
)

EVENT = "evt_1"
BOXES = "off_boxes"
JUICE = "off_juice"
PRICE_FEN = 3_980
HOUR_MS = 3_600_000
START = Position("epoch-1", 0)


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
