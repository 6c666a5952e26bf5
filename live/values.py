"""The vocabulary every package shares: ids, money, weight and time, as plain values.

Pure: standard library only. Money is integer fen, weight integer grams, time integer
milliseconds since the Unix epoch (UTC); the edges of the system show yuan, jin and RFC 3339.
"""

import secrets
import time
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import NewType

AccountId = NewType("AccountId", str)
EventId = NewType("EventId", str)
OfferId = NewType("OfferId", str)
OrderId = NewType("OrderId", str)
PaymentId = NewType("PaymentId", str)
ClaimId = NewType("ClaimId", str)
GiveawayId = NewType("GiveawayId", str)
CouponDropId = NewType("CouponDropId", str)
CouponId = NewType("CouponId", str)

GRAMS_PER_JIN = 500
FEN_PER_YUAN = 100
MS_PER_SECOND = 1000
MS_PER_HOUR = 3_600 * MS_PER_SECOND

_NS_PER_MS = 1_000_000
_TIME_DIGITS = 12  # 48 bits: until the year 10889
_RANDOM_BYTES = 10
_ORDER_DIGEST_BYTES = 15  # 120 bits: no birthday collision in any real event


class Role(StrEnum):
    """What a person may do; each role may also do what the ones before it may."""

    VIEWER = "viewer"
    HOST = "host"
    OPERATOR = "operator"


class EventStatus(StrEnum):
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class OfferKind(StrEnum):
    FLASH_SALE = "flash_sale"
    FIXED_PRICE = "fixed_price"


def new_id(prefix: str) -> str:
    """A fresh opaque id such as ``evt_019a…``: the time in ms, then 80 random bits, in hexadecimal.

    The time comes first so that rows made together lie together in an index: a batch of payments
    writes a few of its pages, not one for each.
    """
    now_ms = time.time_ns() // _NS_PER_MS  # not clock.py's, which needs asyncio
    return f"{prefix}_{now_ms:0{_TIME_DIGITS}x}{secrets.token_hex(_RANDOM_BYTES)}"


def order_id_for(buyer_id: str, offer_id: str, idempotency_key: str) -> OrderId:
    """The one id of the order that this buyer places on this offer under this key.

    Deterministic, so a repeated request meets its own row instead of making a second order.
    """
    # "\n" cannot occur in an id or in an HTTP header value, so no two triples share a text.
    text = f"{buyer_id}\n{offer_id}\n{idempotency_key}".encode()
    return OrderId("ord_" + blake2b(text, digest_size=_ORDER_DIGEST_BYTES).hexdigest())


def rfc3339(ms: int) -> str:
    """Milliseconds since the epoch as RFC 3339 in UTC, ``2020-02-19T02:00:00.000Z``."""
    seconds, rest = divmod(ms, MS_PER_SECOND)
    return f"{_second(seconds)}.{rest:03d}Z"


# Every order's reply and fact names two moments, nearly all of them within the same few
# seconds: 0.4 µs instead of 2.
@lru_cache(maxsize=4_096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def ms_of(moment: datetime) -> int:
    """An aware datetime as milliseconds since the epoch."""
    return round(moment.timestamp() * MS_PER_SECOND)


def jin(grams: int) -> float:
    """Grams as jin (斤), for showing only."""
    return grams / GRAMS_PER_JIN
