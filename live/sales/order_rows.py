"""Reading orders, and moving their status by compare-and-set."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.engine import Connection

from live.sales.orders import sources_of
from live.sales.schemas import OrderStatus
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.sales.tables import OrderRow
from live.storage.among import among

ORDERS: Any = OrderRow.__table__  # type: ignore[attr-defined]
COLUMNS = [ORDERS.c[name] for name in ORDER_COLUMNS]


def select_orders() -> Select[Any]:
    """All columns of orders; rows fit ``StoredOrder(*row)``."""
    return select(*COLUMNS)


def read_orders(connection: Connection, order_ids: Iterable[str]) -> dict[str, StoredOrder]:
    """Those of the orders that exist, by id."""
    rows = connection.execute(select_orders().where(among(ORDERS.c.id, order_ids)))
    return {row[0]: StoredOrder(*row) for row in rows}


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
    sources = sorted(only_from if only_from is not None else sources_of(to))
    rows = connection.execute(
        update(ORDERS)
        .where(among(ORDERS.c.id, sorted(order_ids)), ORDERS.c.status.in_(sources))
        .values(status=to.value, **values)
        .returning(*COLUMNS)
    )
    return [StoredOrder(*row) for row in rows]
