"""Reading orders, and moving their status by compare-and-set."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, or_, select, update
from sqlalchemy.engine import Connection

from live.sales.orders import sources_of
from live.sales.schemas import OrderStatus
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.sales.tables import OrderRow
from live.storage.among import among, unindexed
from live.storage.many_rows import ManyRows

ORDERS: Any = OrderRow.__table__  # type: ignore[attr-defined]
COLUMNS = [ORDERS.c[name] for name in ORDER_COLUMNS]


def select_orders() -> Select[Any]:
    """All columns of orders; rows fit ``StoredOrder(*row)``."""
    return select(*COLUMNS)


READ = ManyRows(select_orders().where(among(ORDERS.c.id, "ids")), StoredOrder)


def read_orders(connection: Connection, order_ids: Iterable[str]) -> dict[str, StoredOrder]:
    """Those of the orders that exist, by id."""
    return {order.id: order for order in READ.read(connection, {"ids": list(order_ids)})}


def move_orders(
    connection: Connection,
    /,
    order_ids: Iterable[str],
    to: OrderStatus,
    *,
    only_from: Iterable[OrderStatus] | None = None,
    **values: int | str | None,
) -> list[StoredOrder]:
    """Compare-and-set: those orders that may become ``to`` do. Returns them as they now are.

    Args:
        only_from: narrows the legal source statuses.
        values: further columns to set, such as ``paid_ms``.
    """
    ids = list(order_ids)
    if not ids:
        return []
    sources = tuple(sorted(only_from if only_from is not None else sources_of(to)))
    changes = {"status": to.value, **values}
    new = {f"new_{name}": value for name, value in changes.items()}
    statement = move_statement(sources, tuple(changes))
    if connection.dialect.name != "sqlite":
        moved = connection.execute(statement.returning(*COLUMNS), {"ids": ids, **new})
        return [StoredOrder(*row) for row in moved]
    # Nobody else writes meanwhile, and rows come cheaper by a query than by RETURNING.
    before = [order for order in read_orders(connection, ids).values() if order.status in sources]
    connection.execute(statement, {"ids": [order.id for order in before], **new})
    kept = {name: value for name, value in changes.items() if name in ORDER_COLUMNS}
    return [order._replace(**kept) for order in before]  # type: ignore[arg-type]


@cache
def move_statement(sources: tuple[OrderStatus, ...], columns: tuple[str, ...]) -> Update:
    changes = {name: bindparam(f"new_{name}", type_=ORDERS.c[name].type) for name in columns}
    return (
        update(ORDERS)
        .where(among(ORDERS.c.id, "ids"))
        .where(or_(*[unindexed(ORDERS.c.status) == source.value for source in sources]))
        .values(changes)
    )
