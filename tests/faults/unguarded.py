"""Controls: a server with one of its guards taken out, which the checker must not let pass."""

from live.sales import intake
from live.values import OrderId, new_id


def forget_keys() -> None:
    """Every request is a new order, whatever its idempotency key."""

    def order_id_of_nothing(_buyer_id: str, _offer_id: str, _key: str) -> OrderId:
        return OrderId(new_id("ord"))

    intake.order_id_for = order_id_of_nothing  # type: ignore[attr-defined, assignment]


GUARDS = {"idempotency": forget_keys}


def environment(guard: str) -> dict[str, str]:
    """What a server's environment must say so that it works without this guard."""
    return {"FAULT_WITHOUT": guard}
