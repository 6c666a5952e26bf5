"""Reading orders, and moving their status by compare-and-set."""

from collections.abc import Iterable, Mapping, Sequence
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
    if connection.dialect.name == "sqlite":
        # Nobody else writes meanwhile, and rows come cheaper by a query than by RETURNING.
        before = read_orders(connection, ids).values()
        held = [order for order in before if order.status in sources]
        return move_held_orders(connection, held, to, only_from=sources, **values)
    changes = {"status": to.value, **values}
    statement = move_statement(sources, tuple(changes)).returning(*COLUMNS)
    moved = connection.execute(statement, {"ids": ids, **_new(changes)})
    return [StoredOrder(*row) for row in moved]


def move_held_orders(
    connection: Connection,
    /,
    orders: Sequence[StoredOrder],
    to: OrderStatus,
    *,
    only_from: Iterable[OrderStatus],
    **values: int | str | None,
) -> list[StoredOrder]:
    """Move orders that this transaction has read, with their fences held.

    Args:
        only_from: statuses that the orders were seen to have.
        values: as in ``move_orders``.

    Raises: RuntimeError where one of them has changed since.
    """
    if not orders:
        return []
    changes = {"status": to.value, **values}
    statement = move_statement(tuple(sorted(only_from)), tuple(changes))
    ids = [order.id for order in orders]
    moved = connection.execute(statement, {"ids": ids, **_new(changes)}).rowcount
    if moved != len(ids):
        raise RuntimeError(f"{len(ids) - moved} of {len(ids)} orders changed under their fence")
    kept = {name: value for name, value in changes.items() if name in ORDER_COLUMNS}
    return [order._replace(**kept) for order in orders]  # type: ignore[arg-type]


def _new(changes: Mapping[str, int | str | None]) -> dict[str, int | str | None]:
    """The parameters of ``move_statement`` besides the ids."""
    return {f"new_{name}": value for name, value in changes.items()}


@cache
def move_statement(sources: tuple[OrderStatus, ...], columns: tuple[str, ...]) -> Update:
    changes = {name: bindparam(f"new_{name}", type_=ORDERS.c[name].type) for name in columns}
    return (
        update(ORDERS)
        .where(among(ORDERS.c.id, "ids"))
        .where(or_(*[unindexed(ORDERS.c.status) == source.value for source in sources]))
        .values(changes)
    )
