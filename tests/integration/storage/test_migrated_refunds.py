"""Money that was on its way back when refunds got rows of their own: nothing is lost or doubled."""

import asyncio
from typing import Any

import msgspec
from sqlalchemy import insert, text

from live.sales.facts import RefundDue
from live.sales.order_rows import ORDERS
from live.storage.database import Database
from live.storage.schema import downgrade, upgrade
from tests.support.selling import EVENT, an_order, buyer, seed

_PAYMENT = text(
    "INSERT INTO payments (id, order_id, provider, amount_fen, status, provider_ref, created_ms,"
    " refunded_ms) VALUES (:id, :order_id, 'sandbox', 4580, :status, 'ref', 1, :refunded_ms)"
)
_FACT = text(
    "INSERT INTO facts (kind, event_id, body, at_ms) VALUES (:kind, :event_id, :body, :at_ms)"
)


async def _run(database: Database, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
    async with database.transaction() as session:
        result: Any = await session.execute(statement, values)
        return [tuple(row) for row in result] if result.returns_rows else []


async def test_what_was_going_back_has_a_row_and_what_was_kept_has_its_sum(
    database_url: str,
) -> None:
    database = Database(database_url)
    await seed(database, buyers=4)
    orders = [an_order(buyer(n)) for n in range(4)]
    for order, status in zip(orders, ("refunded", "expired", "delivered", "reserved"), strict=True):
        await _run(database, insert(ORDERS).values(order._replace(status=status)._asdict()))
    await database.close()
    await asyncio.to_thread(downgrade, database_url, "0001")

    database = Database(database_url)
    states = [("refunded", 7), ("refunding", None), ("settled", None), ("started", None)]
    for n, (order, (status, at_ms)) in enumerate(zip(orders, states, strict=True)):
        names = {"id": f"pay_{n}", "order_id": order.id}
        await _run(database, _PAYMENT, **names, status=status, refunded_ms=at_ms)
    told: list[tuple[str, dict[str, str | int], int]] = [
        ("RefundDue", {"payment_id": "pay_1", "order_id": orders[1].id, "amount_fen": 99}, 5),
        ("OrderDelivered", {"order_id": orders[2].id}, 6),
    ]
    for kind, more, at_ms in told:
        body: dict[str, str | int] = {
            "event_id": EVENT,
            "at_ms": at_ms,
            "provider": "sandbox",
            **more,
        }
        text_of_body = msgspec.json.encode(body).decode()
        await _run(database, _FACT, kind=kind, event_id=EVENT, body=text_of_body, at_ms=at_ms)
    await database.close()
    await asyncio.to_thread(upgrade, database_url)

    database = Database(database_url)
    payments = "SELECT id, status, paid_fen, refunded_fen FROM payments ORDER BY id"
    assert await _run(database, text(payments)) == [
        ("pay_0", "settled", 4580, 4580),
        ("pay_1", "settled", 99, 99),  # what had come in was not what was asked for
        ("pay_2", "settled", 4580, 0),
        ("pay_3", "started", 0, 0),
    ]
    refunds = "SELECT id, payment_id, amount_fen, reason, status, done_ms FROM refunds ORDER BY id"
    assert await _run(database, text(refunds)) == [
        ("rfd_0", "pay_0", 4580, "order_refunded", "done", 7),
        ("rfd_1", "pay_1", 99, "order_over", "due", None),
    ]
    delivered = "SELECT delivered_ms FROM orders WHERE status = 'delivered'"
    assert await _run(database, text(delivered)) == [(6,)]
    # The fact of before still finds what is due.
    waiting = await _run(database, text("SELECT body FROM facts WHERE kind = 'RefundDue'"))
    assert msgspec.json.decode(waiting[0][0], type=RefundDue).payment_id == "pay_1"
    await database.close()

    await asyncio.to_thread(downgrade, database_url, "0001")
    database = Database(database_url)
    assert await _run(database, text("SELECT id, status FROM payments ORDER BY id")) == [
        ("pay_0", "refunded"), ("pay_1", "refunding"), ("pay_2", "settled"), ("pay_3", "started"),
    ]  # fmt: skip
    await database.close()
