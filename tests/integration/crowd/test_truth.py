"""Claims about what the closing report reads from SQL, on both kinds of database."""

from typing import Any

from sqlalchemy import insert

from live.accounts.people import find_or_make_account
from live.catalog.counties import seed_counties
from live.crowd.truth import Books
from live.events.tables import EventRow
from live.sales.tables import OfferRow, OrderRow, PaymentRow, RefundRow
from live.storage.database import Database

NOW_MS = 1_600_000_000_000
EVENT, OTHER_EVENT = "evt_1", "evt_2"


def order(number: int, event_id: str, status: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"ord_{number}",
        "event_id": event_id,
        "offer_id": f"off_{event_id}",
        "request_digest": "",
        "units": 1,
        "price_fen": 1990,
        "shipping_fen": 0,
        "amount_fen": 1990,
        "grams": 3000,
        "status": status,
        "hold_no": 0,
        "ship_name": "",
        "ship_phone": "",
        "ship_province_code": "440000",
        "ship_address": "",
        "created_ms": NOW_MS,
        "pay_by_ms": NOW_MS,
        "paid_ms": None,
        **changes,
    }


def payment(number: int, status: str) -> dict[str, Any]:
    return {
        "id": f"pay_{number}",
        "order_id": f"ord_{number}",
        "provider": "sandbox",
        "amount_fen": 1990,
        "status": status,
        "provider_ref": "",
        "created_ms": NOW_MS,
    }


def refund(number: int, status: str) -> dict[str, Any]:
    return {
        "id": f"rfd_{number}",
        "payment_id": f"pay_{number}",
        "order_id": f"ord_{number}",
        "amount_fen": 1990,
        "reason": "order_over",
        "status": status,
        "attempts": 0,
        "try_after_ms": NOW_MS,
        "created_ms": NOW_MS,
        "done_ms": NOW_MS if status == "done" else None,
    }


async def fill(
    database: Database, orders: list[dict[str, Any]], payments: list[Any], refunds: list[Any]
) -> None:
    """Two events with an offer of ten units each, and these orders, payments and refunds."""
    async with database.transaction() as session:
        await seed_counties(session)
        host = await find_or_make_account(session, "+8619900000001", NOW_MS)
        for event_id in (EVENT, OTHER_EVENT):
            session.add(
                EventRow(
                    id=event_id, title="t", county_code="440825", host_id=host.id,
                    status="live", starts_ms=NOW_MS, started_ms=NOW_MS, created_ms=NOW_MS,
                )
            )  # fmt: skip
            await session.flush()
            session.add(
                OfferRow(
                    id=f"off_{event_id}", event_id=event_id, kind="flash_sale", title="t",
                    unit_grams=3000, price_fen=1990, per_buyer_limit=2, allotment=10,
                    created_ms=NOW_MS,
                )
            )  # fmt: skip
        await session.flush()
        for row in orders:
            await session.execute(insert(OrderRow).values(**row, buyer_id=host.id))
        for row in payments:
            await session.execute(insert(PaymentRow).values(**row))
        for row in refunds:
            await session.execute(insert(RefundRow).values(**row))


async def test_orders_allotments_and_refunds_of_this_event_alone(
    database: Database, database_url: str
) -> None:
    await fill(
        database,
        [
            order(1, EVENT, "paid", paid_ms=NOW_MS + 5),
            order(2, EVENT, "expired"),
            order(3, OTHER_EVENT, "paid"),
        ],
        [payment(n, "settled") for n in (1, 2, 3)],
        [refund(2, "done"), refund(3, "done")],
    )
    books = Books(database_url)
    try:
        truth = await books.read(EVENT)
    finally:
        await books.close()
    assert truth.allotments == {f"off_{EVENT}": 10}
    assert {id_: (o.status, o.paid_ms) for id_, o in truth.orders.items()} == {
        "ord_1": ("paid", NOW_MS + 5),
        "ord_2": ("expired", None),
    }
    assert truth.refunded_ids == {"ord_2"}


async def test_unsettled_is_whatever_may_still_change(
    database: Database, database_url: str
) -> None:
    await fill(
        database,
        [
            order(1, EVENT, "reserved"),
            order(2, EVENT, "expired"),
            order(3, EVENT, "paid"),
            order(4, EVENT, "expired"),
            order(5, OTHER_EVENT, "reserved"),
        ],
        [
            payment(1, "started"),
            payment(2, "settled"),
            payment(3, "settled"),
            payment(4, "settled"),
            payment(5, "started"),
        ],
        [refund(2, "due"), refund(4, "done")],
    )
    books = Books(database_url)
    try:
        # The reserved order and its payment, and money on its way back.
        assert await books.unsettled_count(EVENT) == 3
    finally:
        await books.close()
