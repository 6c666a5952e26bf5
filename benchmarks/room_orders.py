"""Orders over a room's WebSocket: one connection a buyer, one order in flight on each.

The protocol is the ``websockets`` library's without its I/O. What the room tells everybody (ticks,
toasts, notices) comes along and is read past, as on a buyer's phone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import cast

import msgspec
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from benchmarks.order_load import IN_FLIGHT, Round, order_body, timed_round
from benchmarks.platform_server import RunningPlatform

OPEN_SECONDS = 30.0
_ANSWERS = ('"type":"order"', '"type":"problem"')


class _Order(msgspec.Struct):
    id: str


class _Answer(msgspec.Struct):
    type: str
    order: _Order | None = None
    code: str = ""


_decode = msgspec.json.Decoder(_Answer).decode


class _Buyer(asyncio.Protocol):
    """One signed-in connection."""

    def __init__(self, platform: RunningPlatform, event_id: str, token: str) -> None:
        address = f"ws://{platform.origin.authority}/api/events/{event_id}/room"
        self._ws = ClientProtocol(parse_uri(address), max_size=None)
        self._token = token
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[_Answer] | None = None
        self.is_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def order(self, message: bytes) -> "asyncio.Future[_Answer]":
        answer = self._answer = asyncio.get_running_loop().create_future()
        self._ws.send_text(message)
        self._flush()
        return answer

    def leave(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being instances of asyncio.Transport.
        self._transport = cast(asyncio.Transport, transport)
        request = self._ws.connect()
        request.headers["Authorization"] = f"Bearer {self._token}"
        self._ws.send_request(request)
        self._flush()

    def data_received(self, received: bytes) -> None:
        self._ws.receive_data(received)
        for event in self._ws.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._hear(bytes(event.data))
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        lost = ConnectionResetError(f"the room has closed: {self._ws.close_code}")
        for future in (self.is_in, self._answer):
            if future is not None and not future.done():
                future.set_exception(lost)

    def _hear(self, message: bytes) -> None:
        if not self.is_in.done():  # the snapshot comes first
            self.is_in.set_result(None)
            return
        if self._answer is None or self._answer.done():
            return
        head = message[:40].decode(errors="replace")
        if any(answer in head for answer in _ANSWERS):
            self._answer.set_result(_decode(message))

    def _flush(self) -> None:
        if self._transport is not None:
            for chunk in self._ws.data_to_send():
                self._transport.write(chunk)


class RoomLoad:
    """The load of one room; the same idempotency key never comes twice."""

    def __init__(self, platform: RunningPlatform, buyers: list[_Buyer]) -> None:
        self._pid = platform.pid
        self._offer_id = platform.sales[0].offer_id
        self._buyers = buyers
        self._bodies = [order_body(place)[1:].decode() for place in range(len(buyers))]
        self._numbers = count()
        self.order_ids: set[str] = set()

    async def orders(self, seconds: float) -> Round:
        async def ask(lane: int, number: int) -> None:
            message = (
                f'{{"type":"order","ref":{number},"offer_id":"{self._offer_id}",'
                f'"key":"room-{number}",{self._bodies[lane]}'
            )
            answer = await self._buyers[lane].order(message.encode())
            if answer.order is None:
                raise SystemExit(f"refused in the room: {answer.code}")
            self.order_ids.add(answer.order.id)

        return await timed_round(self._pid, seconds, ask, self._numbers)


@asynccontextmanager
async def in_the_room(platform: RunningPlatform) -> AsyncIterator[RoomLoad]:
    """IN_FLIGHT buyers in the room of the platform's first sale."""
    loop = asyncio.get_running_loop()
    event_id = platform.sales[0].event_id
    buyers: list[_Buyer] = []
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            for token in platform.tokens[:IN_FLIGHT]:
                _, buyer = await loop.create_connection(
                    partial(_Buyer, platform, event_id, token),
                    platform.origin.host,
                    platform.origin.port,
                )
                buyers.append(buyer)
                await buyer.is_in
        yield RoomLoad(platform, buyers)
    finally:
        for buyer in buyers:
            buyer.leave()
