"""Reading orders, and moving their status by compare-and-set."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningUpdate

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
    ids = list(order_ids)
    if not ids:
        return {}
    return {order.id: order for order in READ.read(connection, {"ids": ids})}


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
    sources = frozenset(only_from if only_from is not None else sources_of(to))
    if connection.dialect.name == "sqlite":
        # Nobody else writes meanwhile, and rows come cheaper by a query than by RETURNING.
        before = read_orders(connection, ids).values()
        held = [order for order in before if order.status in sources]
        return move_held_orders(connection, held, to, only_from=sources, **values)
    changes = {"status": to.value, **values}
    statement = move_statement(sources, tuple(changes), returns_orders=True)
    moved = connection.execute(statement, _parameters(ids, changes))
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
    statement = move_statement(frozenset(only_from), tuple(changes))
    ids = [order.id for order in orders]
    moved = connection.execute(statement, _parameters(ids, changes)).rowcount
    if moved != len(ids):
        raise RuntimeError(f"{len(ids) - moved} of {len(ids)} orders changed under their fence")
    # A parcel's number, say, is a column of the table that StoredOrder leaves out.
    kept = {name: value for name, value in changes.items() if name in ORDER_COLUMNS}
    # By name, since which columns change is the caller's business; so their types are too.
    return [order._replace(**kept) for order in orders]  # type: ignore[arg-type]


def _parameters(ids: list[str], changes: Mapping[str, int | str | None]) -> dict[str, Any]:
    """Those of ``move_statement``."""
    return {"ids": ids, **{f"new_{name}": value for name, value in changes.items()}}


@cache
def move_statement(
    sources: frozenset[OrderStatus], columns: tuple[str, ...], *, returns_orders: bool = False
) -> Update | ReturningUpdate[Any]:
    """Set the columns of those orders that have one of the source statuses."""
    changes = {name: bindparam(f"new_{name}", type_=ORDERS.c[name].type) for name in columns}
    statement = (
        update(ORDERS)
        .where(among(ORDERS.c.id, "ids"))
        .where(or_(*[unindexed(ORDERS.c.status) == source.value for source in sorted(sources)]))
        .values(changes)
    )
    return statement.returning(*COLUMNS) if returns_orders else statement
