"""Orders as CSV for a spreadsheet, and for nothing that a spreadsheet would run. Pure."""

import csv
import io
from collections.abc import Iterable

from live.sales.schemas import Order

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page

COLUMNS = (
    "order_id", "status", "created_at", "paid_at", "closed_at", "offer_id", "offer_title",
    "units", "grams", "price_fen", "shipping_fen", "discount_fen", "amount_fen",
    "ship_name", "ship_phone", "ship_province_code", "ship_address",
    "carrier", "tracking_number",
)  # fmt: skip

# What begins a formula, in the full-width spelling too, or smuggles one past a quick look:
# https://owasp.org/www-community/attacks/CSV_Injection
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def header() -> bytes:
    """The first bytes of the file."""
    return (BOM + _lines([COLUMNS])).encode()


def rows(orders: Iterable[Order]) -> bytes:
    """One line per order."""
    return _lines(_cells(order) for order in orders).encode()


def safe(cell: object) -> str:
    """The text of a cell, with an apostrophe before whatever a spreadsheet would run."""
    text = "" if cell is None else str(cell)
    is_dangerous = text.startswith(_DANGEROUS) or text.lstrip().startswith(_DANGEROUS)
    return "'" + text if is_dangerous else text


def _cells(order: Order) -> tuple[str, ...]:
    to = order.ship_to
    cells = (
        order.id, order.status, order.created_at, order.paid_at, order.closed_at,
        order.offer_id, order.offer_title,
        order.units, order.grams, order.price_fen, order.shipping_fen, order.discount_fen,
        order.amount_fen,
        to.name, to.phone, to.province_code, to.address,
        order.carrier, order.tracking_number,
    )  # fmt: skip
    return tuple(safe(cell) for cell in cells)


def _lines(table: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(table)  # commas, quotes where needed, CRLF: RFC 4180
    return text.getvalue()
