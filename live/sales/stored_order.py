"""An order as its row has it: what flows between checkout, SQL and the edges."""

from typing import NamedTuple


class StoredOrder(NamedTuple):
    """An order's row: the columns of ``orders``, in the order of ``ORDER_COLUMNS``."""

    id: str
    event_id: str
    offer_id: str
    buyer_id: str
    request_digest: str
    units: int
    price_fen: int
    shipping_fen: int
    amount_fen: int
    grams: int
    status: str
    hold_no: int
    ship_name: str
    ship_phone: str
    ship_province_code: str
    ship_address: str
    created_ms: int
    pay_by_ms: int
    paid_ms: int | None
    closed_ms: int | None
    coupon_id: str | None = None
    discount_fen: int = 0


ORDER_COLUMNS = StoredOrder._fields
