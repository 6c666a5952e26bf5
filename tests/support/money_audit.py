"""Does the money add up? From the provider's book and the rows, trusting no running total."""

from collections import Counter

from sqlalchemy import select

from live.sales.order_rows import ORDERS
from live.sales.orders import SELLING
from live.sales.payments.book import Book
from live.sales.payments.ledger import REFUNDS
from live.sales.payments.rows import PAYMENTS
from live.storage.database import Database


async def ledger_faults(database: Database) -> list[str]:
    """What is wrong within SQL, at any moment."""
    async with database.reading() as session:
        payments = (await session.execute(select(PAYMENTS))).all()
        refunds = (await session.execute(select(REFUNDS))).all()
    sums: Counter[str] = Counter()
    for refund in refunds:
        sums[refund.payment_id] += refund.amount_fen
    return [
        f"{payment.id}: {payment.paid_fen} paid, {payment.refunded_fen} counted as refunded,"
        f" refunds add up to {sums[payment.id]}"
        for payment in payments
        if not sums[payment.id] == payment.refunded_fen <= payment.paid_fen
    ]


async def money_faults(database: Database, book: Book, claimed_fen: Counter[str]) -> list[str]:
    """Where provider and orders differ once everything is told and nothing is owed any more.

    Args:
        claimed_fen: what was approved of claims, by order.
    """
    async with database.reading() as session:
        orders = (await session.execute(select(ORDERS))).all()
        payments = (await session.execute(select(PAYMENTS))).all()
        due = (await session.scalars(select(REFUNDS.c.id).where(REFUNDS.c.status == "due"))).all()
    faults = [f"{refund_id} is still owed" for refund_id in due]
    has: Counter[str] = Counter()
    for payment in payments:
        has[payment.order_id] += book.balance_fen(payment.id)
    kept = {
        order.id: order.amount_fen - claimed_fen[order.id] if order.status in SELLING else 0
        for order in orders
    }
    faults += [
        f"{order_id}: the provider has {has[order_id]} fen, {fen} are to be kept"
        for order_id, fen in kept.items()
        if has[order_id] != fen
    ]
    if has.total() != sum(kept.values()):
        faults.append(f"the provider has {has.total()} fen in all, not {sum(kept.values())}")
    return faults
