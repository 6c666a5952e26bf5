"""Reading orders, and moving their status by compare-and-set."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.engine import Connection

from live.sales.orders import sources_of
from live.sales.schemas import OrderStatus
from live.sales.stored_order import ORDER_COLUMNS, StoredOrder
from live.sales.tables import OrderRow
from live.storage.among import among, unindexed

ORDERS: Any = OrderRow.__table__  # type: ignore[attr-defined]
COLUMNS = [ORDERS.c[name] for name in ORDER_COLUMNS]


def select_orders() -> Select[Any]:
    """All columns of orders; rows fit ``StoredOrder(*row)``."""
    return select(*COLUMNS)


READ = select_orders().where(among(ORDERS.c.id, "ids"))


def read_orders(connection: Connection, order_ids: Iterable[str]) -> dict[str, StoredOrder]:
    """Those of the orders that exist, by id."""
    rows = connection.execute(READ, {"ids": list(order_ids)})
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
    ids = list(order_ids)
    if not ids:
        return []
    sources = only_from if only_from is not None else sources_of(to)
    changes = {"status": to.value, **values}
    statement = move_statement(tuple(sorted(sources)), tuple(changes))
    new = {f"new_{name}": value for name, value in changes.items()}
    return [StoredOrder(*row) for row in connection.execute(statement, {"ids": ids, **new})]


@cache
def move_statement(sources: tuple[OrderStatus, ...], columns: tuple[str, ...]) -> Any:
    changes = {name: bindparam(f"new_{name}", type_=ORDERS.c[name].type) for name in columns}
    return (
        update(ORDERS)
        .where(among(ORDERS.c.id, "ids"))
        .where(or_(*[unindexed(ORDERS.c.status) == source.value for source in sources]))
        .values(changes)
        .returning(*COLUMNS)
    )
