"""A rush of buyers over real HTTP, who write down everything: what they ask, what they hear."""

import asyncio
import random
import time
from dataclasses import dataclass

import aiohttp
import msgspec

from live.coupons.rules import coupon_id_for
from live.crowd.http_client import HttpPool, Unanswered, request_bytes
from live.crowd.http_parse import HttpReply
from live.crowd.people import ship_to_json
from live.sales.payments.sandbox import SIGNATURE_HEADER, SandboxProvider
from live.values import order_id_for
from tests.faults.history import History, Told, Wish
from tests.faults.world import HOLD_SECONDS, World

LANES = 64
KEYS_PER_BUYER = 40
REFUNDED = 0.2  # share of payments after which an operator gives the money back
COUPON_EVERY = 4  # orders; so most of a buyer's meet one that uses the coupon already
VANISHING = 0.01  # share of requests whose client is gone before the answer
_PATIENCE_SECONDS = (0.05, 0.3)  # before a buyer who was turned away asks again


class _Order(msgspec.Struct):
    id: str
    status: str
    amount_fen: int


class _Payment(msgspec.Struct):
    id: str


class _Problem(msgspec.Struct):
    code: str


_order_of = msgspec.json.Decoder(_Order).decode
_payment_of = msgspec.json.Decoder(_Payment).decode
_problem_of = msgspec.json.Decoder(_Problem).decode


@dataclass(frozen=True, slots=True)
class Shelf:
    """An offer as buyers see it."""

    offer_id: str
    price_fen: int


class Rush:
    """So many order requests, from ``LANES`` clients at a time; what follows them comes on top.

    Args:
        drop_id: of which every buyer has the coupon.
        dice: decides who asks for what; what is answered decides the rest.
    """

    def __init__(
        self,
        world: World,
        buyer_ids: list[str],
        shelves: list[Shelf],
        drop_id: str,
        dice: random.Random,
    ) -> None:
        self.history = History()
        self.asked = 0
        self._world = world
        self._buyer_ids = buyer_ids
        self._shelves = shelves
        self._drop_id = drop_id
        self._dice = dice
        self._sandbox = SandboxProvider(world.keys.key("sandbox"))

    async def run(self, intents: int, *, may_end: asyncio.Event) -> None:
        """Until so many were asked and ``may_end`` is set."""
        async with (
            HttpPool(self._world.origin, LANES + 8) as pool,
            aiohttp.ClientSession() as provider,
            asyncio.TaskGroup() as tasks,
        ):
            lanes = [
                tasks.create_task(self._lane(pool, provider, intents, may_end))
                for _ in range(LANES)
            ]
            await asyncio.wait(lanes)

    async def _lane(
        self,
        pool: HttpPool,
        provider: aiohttp.ClientSession,
        intents: int,
        may_end: asyncio.Event,
    ) -> None:
        while self.asked < intents or not may_end.is_set():
            number = self._dice.randrange(len(self._buyer_ids))
            shelf = self._dice.choice(self._shelves)
            key = f"key-{self._dice.randrange(KEYS_PER_BUYER)}"
            order = await self._order(pool, number, shelf, key)
            if order is None:
                continue
            fate = self._dice.random()
            if fate < 0.6:
                if fate < 0.05:  # at the very second at which the window ends
                    await asyncio.sleep(HOLD_SECONDS + self._dice.uniform(-0.3, 0.3))
                await self._pay(pool, provider, number, order)
            elif fate < 0.7:
                path = f"/api/orders/{order.id}/cancel"
                await self._other(pool, self._request(number, path))

    async def _order(self, pool: HttpPool, number: int, shelf: Shelf, key: str) -> _Order | None:
        """The order as it was accepted now, if it was and is not over."""
        buyer_id = self._buyer_ids[number]
        order_id = order_id_for(buyer_id, shelf.offer_id, key)
        # The same key always asks for the same: another body would be refused, rightly.
        units = 1 + hash_of(order_id) % 2
        wish = self.history.wishes.setdefault(order_id, Wish(order_id, shelf.offer_id, units))
        has_coupon = hash_of(order_id) % COUPON_EVERY == 0
        coupon = f',"coupon_id":"{coupon_id_for(self._drop_id, buyer_id)}"' if has_coupon else ""
        ship_to = ship_to_json(number)
        body = f'{{"units":{units},"price_fen":{shelf.price_fen},"ship_to":{ship_to}{coupon}}}'
        path = f"/api/offers/{shelf.offer_id}/orders"
        request = self._request(number, path, body.encode(), key)
        self.asked += 1
        if self._dice.random() < VANISHING:
            wish.answers.append(await self._vanish(request))
            return None
        told, reply = await _ask(pool, request)
        wish.answers.append(told)
        if told.status in (200, 201):
            order = _order_of(reply.body) if reply is not None else None
            assert order is not None
            wish.answers[-1] = told._replace(order_id=order.id)
            return order if order.status == "reserved" else None
        if told.status in (0, 503):
            await asyncio.sleep(self._dice.uniform(*_PATIENCE_SECONDS))
        return None

    async def _pay(
        self, pool: HttpPool, provider: aiohttp.ClientSession, number: int, order: _Order
    ) -> None:
        path = f"/api/orders/{order.id}/payment"
        reply = await self._other(pool, self._request(number, path, b'{"provider":"sandbox"}'))
        if reply is None or reply.status != 201:
            return
        if self._dice.random() < 0.1:  # the provider's word comes again, and out of turn
            await asyncio.sleep(self._dice.uniform(0.0, 2 * HOLD_SECONDS))
            await self._notify(provider, _payment_of(reply.body).id, order.amount_fen)
        elif self._dice.random() < REFUNDED:
            await asyncio.sleep(self._dice.uniform(0.0, 0.5))
            path = f"/api/orders/{order.id}/refund"
            token = self._world.operator_token
            await self._other(pool, request_bytes(self._world.origin, "POST", path, token=token))

    async def _notify(
        self, provider: aiohttp.ClientSession, payment_id: str, amount_fen: int
    ) -> None:
        item = {
            "payment_id": payment_id, "provider_ref": f"sandbox-{payment_id}",
            "amount_fen": amount_fen, "is_paid": True,
        }  # fmt: skip
        body = msgspec.json.encode({"items": [item, item]})
        url = f"http://{self._world.origin.authority}/api/payments/sandbox/notify"
        headers = {SIGNATURE_HEADER: self._sandbox.sign(body), "Content-Type": "application/json"}
        try:
            async with provider.post(url, data=body, headers=headers) as answer:
                await answer.read()
        except aiohttp.ClientError:
            return  # its first word is on its way

    async def _vanish(self, request: bytes) -> Told:
        """Ask, and be gone before the answer."""
        origin = self._world.origin
        try:
            _, writer = await asyncio.open_connection(origin.host, origin.port)
            writer.write(request)
            await writer.drain()
            await asyncio.sleep(self._dice.uniform(0.0, 0.02))
            writer.transport.abort()
        except OSError:
            pass
        return Told(0, "vanished", "", 0.0, None)

    async def _other(self, pool: HttpPool, request: bytes) -> HttpReply | None:
        told, reply = await _ask(pool, request)
        self.history.others.append(told)
        return reply

    def _request(
        self, number: int, path: str, body: bytes | None = None, key: str | None = None
    ) -> bytes:
        token = self._world.tokens[number]
        return request_bytes(self._world.origin, "POST", path, token=token, body=body, key=key)


def hash_of(text: str) -> int:
    """The same in every run, unlike ``hash``."""
    return sum(text.encode())


async def _ask(pool: HttpPool, request: bytes) -> tuple[Told, HttpReply | None]:
    started = time.monotonic()
    try:
        reply = await pool.send(request)
    except (Unanswered, TimeoutError) as error:
        return Told(0, str(error) or "no reply", "", time.monotonic() - started, None), None
    seconds = time.monotonic() - started
    code = _problem_of(reply.body).code if reply.status >= 400 else ""
    return Told(reply.status, code, "", seconds, reply.retry_after_seconds), reply
