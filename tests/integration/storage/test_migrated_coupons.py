"""Orders from before coupons get none; a way back keeps what they came to."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from live.storage.database import Database
from live.storage.schema import downgrade, upgrade
from tests.support.selling import EVENT, OFFER, an_order, buyer, seed

_COLUMNS = (
    "id", "event_id", "offer_id", "buyer_id", "request_digest", "units", "price_fen",
    "shipping_fen", "amount_fen", "grams", "status", "hold_no", "ship_name", "ship_phone",
    "ship_province_code", "ship_address", "created_ms", "pay_by_ms",
)  # fmt: skip
_ORDER = text(
    f"INSERT INTO orders ({', '.join(_COLUMNS)})"  # noqa: S608 (our own names)
    f" VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
)
_DROP = text(
    "INSERT INTO coupon_drops (id, event_id, opened_by, title, off_fen, min_spend_fen, quantity,"
    " claimed, status, opened_ms, claim_until_ms, use_until_ms)"
    " VALUES (:id, :event_id, 'acc_host', '', 500, 1000, 9, 1, 'open', 1, 2, 3)"
)
_COUPON = text("INSERT INTO coupons VALUES ('cpn_1', 'cpd_1', :account, 1)")
_USE = text("UPDATE orders SET coupon_id = 'cpn_1', discount_fen = 500 WHERE id = :id")


async def _run(url: str, *statements: tuple[Any, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """All in one transaction. Returns the last one's rows."""
    database = Database(url)
    try:
        async with database.transaction() as session:
            result: Any = None
            for statement, values in statements:
                result = await session.execute(statement, values)
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        await database.close()


async def test_up_and_down_with_orders(database_url: str) -> None:
    database = Database(database_url)
    await seed(database, buyers=2)
    await database.close()
    await asyncio.to_thread(downgrade, database_url, "0007")
    orders = [an_order(buyer(n)) for n in range(2)]
    rows = [{name: order._asdict()[name] for name in _COLUMNS} for order in orders]
    await _run(database_url, *((_ORDER, row) for row in rows))
    await asyncio.to_thread(upgrade, database_url)

    select = text("SELECT coupon_id, discount_fen, amount_fen FROM orders")
    assert await _run(database_url, (select, {})) == [(None, 0, orders[0].amount_fen)] * 2
    await _run(
        database_url,
        (_DROP, {"id": "cpd_1", "event_id": EVENT}),
        (_COUPON, {"account": buyer(0)}),
        (_USE, {"id": orders[0].id}),
    )
    for broken in ((_USE, {"id": orders[1].id}), (_DROP, {"id": "cpd_2", "event_id": EVENT})):
        with pytest.raises(IntegrityError, match=r"(?i)unique"):
            await _run(database_url, broken)

    await asyncio.to_thread(downgrade, database_url, "0007")
    kept = text("SELECT id, offer_id, amount_fen, status FROM orders ORDER BY id")
    expected = sorted((order.id, OFFER, order.amount_fen, "reserved") for order in orders)
    assert await _run(database_url, (kept, {})) == expected
    await asyncio.to_thread(upgrade, database_url)
    assert await _run(database_url, (select, {})) == [(None, 0, orders[0].amount_fen)] * 2
