"""Controls: a server with one of its guards taken out, which the checker must not let pass."""

from hashlib import sha1

from live.sales import intake
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


GUARDS = {"idempotency": forget_keys, "hold receipt": keep_receipts}


def environment(guard: str) -> dict[str, str]:
    """What a server's environment must say so that it works without this guard."""
    return {"FAULT_WITHOUT": guard}
