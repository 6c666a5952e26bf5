"""An event that sells: a county, people, a live event with offers, and the orders they make."""

from dataclasses import dataclass

from sqlalchemy import insert, update

from live.accounts.tables import AccountRow
from live.catalog.tables import CountyRow
from live.clock import ManualClock, SystemClock
from live.events.tables import EventRow
from live.sales.orders import amount_fen, request_digest
from live.sales.schemas import OrderStatus
from live.sales.stored_order import StoredOrder
from live.sales.tables import OfferRow
from live.storage.database import Database
from live.values import order_id_for

COUNTY_CODE = "440825"
EVENT = "evt_navel"
OFFER = "off_boxes"
OTHER_OFFER = "off_juice"
PRICE_FEN = 3_980
SHIPPING_FEN = 600
OFF_FEN = 500
UNIT_GRAMS = 5_000
HOLD_MS = 900_000
_SHIP_TO = ("王芳", "+8613800138000", "440000", "广州市天河区 1 号")


@dataclass(frozen=True, slots=True)
class Shelf:
    """An offer to seed."""

    allotment: int = 10
    per_buyer_limit: int = 1_000
    offer_id: str = OFFER
    price_fen: int = PRICE_FEN


def clock_now() -> ManualClock:
    """A clock that stands at the machine's time: Redis ages holds by its own."""
    return ManualClock(SystemClock().now_ms())


def buyer(number: int) -> str:
    return f"acc_buyer_{number:04}"


async def seed(database: Database, *shelves: Shelf, buyers: int = 8, status: str = "live") -> None:
    """A county, a host, an event and its open offers, and buyers 0 … ``buyers`` - 1."""
    people = [("acc_host", "host"), *((buyer(n), "viewer") for n in range(buyers))]
    county = CountyRow(
        code=COUNTY_CODE,
        name="徐闻县",
        name_en="Xuwen",
        province_code="440000",
        province_name="广东省",
    )
    async with database.transaction() as session:
        rows = [
            {"id": who, "phone": f"+86138{n:08}", "name": who, "role": role, "created_ms": 1}
            for n, (who, role) in enumerate(people)
        ]
        await (await session.connection()).execute(insert(AccountRow), rows)
        session.add(county)
    await put_event(database, EVENT, *(shelves or [Shelf()]), status=status)


async def put_event(
    database: Database, event_id: str, *shelves: Shelf, status: str = "live"
) -> None:
    """One more event of the county that ``seed`` has put there, and its open offers."""
    event = EventRow(
        id=event_id,
        host_id="acc_host",
        county_code=COUNTY_CODE,
        title="徐闻菠萝",
        status=status,
        starts_ms=1,
        started_ms=None if status == "scheduled" else 1,
        created_ms=1,
    )
    async with database.transaction() as session:
        session.add(event)
        await session.flush()
        session.add_all(_offer_row(event_id, n, shelf) for n, shelf in enumerate(shelves))


def _offer_row(event_id: str, position: int, shelf: Shelf) -> OfferRow:
    return OfferRow(
        id=shelf.offer_id,
        event_id=event_id,
        kind="flash_sale",
        title=shelf.offer_id,
        unit_grams=UNIT_GRAMS,
        price_fen=shelf.price_fen,
        shipping_fen=SHIPPING_FEN,
        allotment=shelf.allotment,
        per_buyer_limit=shelf.per_buyer_limit,
        status="open",
        position=position,
        created_ms=1,
    )


async def set_event(database: Database, **values: str | int | None) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(EventRow)
            .where(EventRow.id == EVENT)  # type: ignore[arg-type]
            .values(**values)
        )


def an_order(
    buyer_id: str = buyer(0),
    key: str = "key-1",
    *,
    units: int = 1,
    offer_id: str = OFFER,
    price_fen: int = PRICE_FEN,
    coupon_id: str | None = None,
    now_ms: int = 1_582_077_600_000,
) -> StoredOrder:
    """What the intake makes of a wish; every coupon takes ``OFF_FEN`` off."""
    off_fen = 0 if coupon_id is None else OFF_FEN
    return StoredOrder(
        id=order_id_for(buyer_id, offer_id, key),
        event_id=EVENT,
        offer_id=offer_id,
        buyer_id=buyer_id,
        request_digest=request_digest(units, price_fen, _SHIP_TO, coupon_id),
        units=units,
        price_fen=price_fen,
        shipping_fen=SHIPPING_FEN,
        amount_fen=amount_fen(units, price_fen, SHIPPING_FEN, off_fen),
        grams=units * UNIT_GRAMS,
        status=OrderStatus.RESERVED.value,
        hold_no=0,
        ship_name=_SHIP_TO[0],
        ship_phone=_SHIP_TO[1],
        ship_province_code=_SHIP_TO[2],
        ship_address=_SHIP_TO[3],
        created_ms=now_ms,
        pay_by_ms=now_ms + HOLD_MS,
        paid_ms=None,
        closed_ms=None,
        coupon_id=coupon_id,
        discount_fen=off_fen,
    )
