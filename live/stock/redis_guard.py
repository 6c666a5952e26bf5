"""The stock guard in Redis: one script call per batch, single server or Cluster.

All keys of an event share its hash tag. Only these scripts touch them, so the counters are
always consistent with each other; whether they are consistent with SQL is what epochs,
sequence numbers and reconciliation are for.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from live.clock import Clock
from live.stock.guard import Admitted, Move, Position, Settled, StaleStock, StockReading
from live.stock.rules import Admission, Hold, HoldState, OfferStock, OfferTerms, UnitsIntent
from live.storage.redis import RedisClient, Script, ScriptCall, event_key

_PACKAGE = "live.stock"
_RESERVE = Script(_PACKAGE, "life", "reserve")
_SETTLE = Script(_PACKAGE, "life", "settle")
_ADOPT = Script(_PACKAGE, "life", "adopt")
_PREPARE = Script(_PACKAGE, "life", "prepare")
_PUT_OFFERS = Script(_PACKAGE, "put_offers")
_BEGIN = Script(_PACKAGE, "life", "begin")
_READ = Script(_PACKAGE, "life", "read")
_HELD = Script(_PACKAGE, "life", "held")
_UNVERIFIED = Script(_PACKAGE, "unverified")
_VERIFIED = Script(_PACKAGE, "verified")
_MISSING = Script(_PACKAGE, "missing")

_INSTALL_CHUNK = 2_000  # holds in one script call of a rebuild: ~10 ms of Redis
_pack = msgspec.msgpack.Encoder().encode
_DRAFT = b"draft"
_ADMISSIONS = {word.value.encode(): word for word in Admission}


class RedisStockGuard:
    """See ``StockGuard`` for what each call promises.

    Args:
        clock: by which holds grow old; Redis's own, which no worker's can contradict, where none
            is given.
    """

    def __init__(self, redis: RedisClient, clock: Clock | None = None) -> None:
        self._redis = redis
        self._clock = clock

    async def reserve(
        self, event_id: str, at: Position, intents: Sequence[UnitsIntent]
    ) -> Admitted:
        rows = [
            (i.order_id, i.offer_id, i.buyer_id, i.units, i.price_fen, i.hold_no) for i in intents
        ]
        reply = await _RESERVE.run(self._redis, _keys(event_id), (at.epoch, at.seq, _pack(rows)))
        if reply[0] == b"stale":
            raise StaleStock(event_id)
        return Admitted(reply[0], [_ADMISSIONS[word] for word in reply[1:]])

    async def settle(self, event_id: str, moves: Sequence[Move]) -> Settled:
        rows = [(m.order_id, m.hold_no, m.to) for m in moves]
        reply = await _SETTLE.run(self._redis, _keys(event_id), (_pack(rows),))
        if not reply:
            return Settled(None, 0)
        return Settled(Position(reply[0].decode(), reply[1]), reply[2])

    async def adopt(self, event_id: str, epoch: str, holds: Sequence[Hold]) -> int:
        return await self._adopt(event_id, "epoch", epoch, holds)

    async def _adopt(self, event_id: str, field: str, epoch: str, holds: Sequence[Hold]) -> int:
        rows = [(h.order_id, h.offer_id, h.buyer_id, h.units, h.hold_no, h.state) for h in holds]
        reply = await _ADOPT.run(self._redis, _keys(event_id), (field, epoch, _pack(rows)))
        if reply == b"stale":
            raise StaleStock(event_id)
        return int(reply)

    async def put_offer(self, event_id: str, terms: OfferTerms) -> None:
        await self._put_offers(event_id, "epoch", [terms])

    async def _put_offers(self, event_id: str, field: str, offers: Sequence[OfferTerms]) -> None:
        rows = [
            (
                terms.offer_id,
                terms.revision,
                terms.allotment,
                terms.price_fen,
                terms.per_buyer_limit,
                terms.status,
                "" if terms.opens_ms is None else terms.opens_ms,
                "" if terms.closes_ms is None else terms.closes_ms,
            )
            for terms in offers
        ]
        await _PUT_OFFERS.run(self._redis, _keys(event_id)[:1], (field, _pack(rows)))

    async def install(
        self, event_id: str, epoch: str, offers: Sequence[OfferTerms], holds: Sequence[Hold]
    ) -> None:
        keys = _keys(event_id)
        await _PREPARE.run(self._redis, keys, (epoch,))
        await self._put_offers(event_id, "building", offers)
        for chunk in _chunks(holds, _INSTALL_CHUNK):
            await self._adopt(event_id, "building", epoch, chunk)
        if await _BEGIN.run(self._redis, keys[:1], (epoch,)) == b"stale":
            raise StaleStock(event_id)

    async def read(self, event_id: str) -> StockReading | None:
        return reading_of(await _READ.run(self._redis, _keys(event_id)[:1], ("this life",)))

    async def unverified(self, event_id: str, older_than_ms: int, limit: int) -> list[Hold]:
        _, holds, _, ages = _keys(event_id)
        now_ms = "" if self._clock is None else self._clock.now_ms()
        reply = await _UNVERIFIED.run(self._redis, [holds, ages], (older_than_ms, limit, now_ms))
        return [
            _hold_of(order.decode(), text.decode())
            for order, text in zip(reply[::2], reply[1::2], strict=True)
        ]

    async def verified(self, event_id: str, order_ids: Sequence[str]) -> None:
        if order_ids:
            await _VERIFIED.run(self._redis, _keys(event_id)[3:], (_pack(order_ids),))

    async def missing(self, event_id: str, order_ids: Sequence[str]) -> list[str]:
        if not order_ids:
            return []
        reply = await _MISSING.run(self._redis, _keys(event_id)[1:2], (_pack(order_ids),))
        return [order.decode() for order in reply]

    async def held(self, event_id: str, at: Position, order_ids: Sequence[str]) -> set[str]:
        arguments = (at.epoch, at.seq, _pack(order_ids))
        reply = await _HELD.run(self._redis, _keys(event_id)[:2], arguments)
        if reply[0] == b"stale":
            raise StaleStock(event_id)
        return {order.decode() for order in reply[1:]}


def reading_of(reply: list[Any]) -> StockReading | None:
    if not reply:
        return None
    offers: dict[str, OfferStock] = {}
    for row in reply[2:]:
        terms = OfferTerms(
            offer_id=row[0].decode(),
            revision=row[8],
            allotment=row[1],
            price_fen=row[9],
            per_buyer_limit=row[10],
            status=row[5].decode(),
            opens_ms=int(row[6]) if row[6] else None,
            closes_ms=int(row[7]) if row[7] else None,
        )
        offers[terms.offer_id] = OfferStock(terms, reserved=row[2], sold=row[3])
    return StockReading(Position(reply[0].decode(), reply[1]), offers)


class OffersSection:
    """The part of a room's state that shows stock: one read-only script call per tick."""

    name = "offers"

    def sample(self, event_id: str) -> ScriptCall:
        return _READ.call(_keys(event_id)[:1], ())

    def read(self, reply: list[Any]) -> dict[str, dict[str, Any]] | None:
        """Offer id → allotment, available, reserved, sold, status; None without counters.

        Drafts are left out, as they are from the room's definition.
        """
        if not reply:
            return None
        return {
            row[0].decode(): {
                "allotment": row[1],
                "available": row[1] - row[2] - row[3],
                "reserved": row[2],
                "sold": row[3],
                "status": row[4].decode(),
            }
            for row in reply[2:]
            if row[4] != _DRAFT
        }


def _keys(event_id: str) -> list[str]:
    return [event_key(event_id, name) for name in ("stock", "holds", "buyers", "unverified")]


def _hold_of(order_id: str, text: str) -> Hold:
    offer_id, buyer_id, units, hold_no, state = text.split(" ")
    return Hold(order_id, offer_id, buyer_id, int(units), int(hold_no), HoldState(state))


def _chunks(holds: Sequence[Hold], size: int) -> Iterator[list[Hold]]:
    remaining = iter(holds)
    while chunk := list(islice(remaining, size)):
        yield chunk
