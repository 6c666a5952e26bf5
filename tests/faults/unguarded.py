"""Controls: a server with one of its guards taken out, which the checker must not let pass."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha1

from sqlalchemy.engine import Connection

from live.sales import commit_sqlite, intake
from live.sales.commit import EventBatch, Ledger
from live.stock import redis_guard
from live.values import OrderId, new_id


def forget_keys() -> None:
    """Every request is a new order, whatever its idempotency key."""

    def order_id_of_nothing(_buyer_id: str, _offer_id: str, _key: str) -> OrderId:
        return OrderId(new_id("ord"))

    intake.order_id_for = order_id_of_nothing  # type: ignore[attr-defined, assignment]


def keep_receipts() -> None:
    """A hold that was settled stays, so that a settlement that comes again takes effect again."""
    script = redis_guard._SETTLE
    whole = script.text
    script.text = whole.replace("redis.call('HDEL', KEYS[2], order_id)", "")
    assert script.text != whole, "the script takes no receipts any more"
    script.sha = sha1(script.text.encode(), usedforsecurity=False).hexdigest()


def sell_without_looking() -> None:
    """Counters that see more units than there are, and a commit that takes their word for it."""
    script = redis_guard._RESERVE
    whole = script.text
    script.text = whole.replace("available = row[1] -", "available = 1e6 + row[1] -")
    assert script.text != whole, "the script counts otherwise now"
    script.sha = sha1(script.text.encode(), usedforsecurity=False).hexdigest()
    commit_sqlite._TAKE_UNITS = commit_sqlite._TAKE_UNITS.rpartition("AND")[0]
    read = commit_sqlite._read

    def read_plenty(connection: Connection, batches: Sequence[EventBatch]) -> Ledger:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        ledger = read(connection, batches)
        return replace(ledger, available=dict.fromkeys(ledger.available, 1_000_000))

    commit_sqlite._read = read_plenty


GUARDS = {
    "idempotency": forget_keys,
    "hold receipt": keep_receipts,
    "stock": sell_without_looking,
}


def environment(guard: str) -> dict[str, str]:
    """What a server's environment must say so that it works without this guard."""
    return {"FAULT_WITHOUT": guard}
