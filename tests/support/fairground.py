"""A fair where something of everything has happened, and the names of what is there."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from live.events.record import FeedRecord
from live.realtime.position import FeedPosition
from live.realtime.ring import feed_entry
from live.storage.redis import connect_redis
from live.values import Role
from tests.support.fair import PRICE_FEN, SHIP_TO, Fair, fair
from tests.support.serving import Answer, until

# Everybody's limits are out of the way here: what they answer has tests of its own.
_SETTINGS = {
    "orders_per_minute": 100_000,
    "codes_per_phone_hour": 100_000,
    "codes_per_address_hour": 100_000,
    "sign_in_tries_per_address_minute": 100_000,
    "giveaway_draw_seconds": 0.0,
    "giveaway_look_seconds": 0.1,
}
_COUNTY = "440825"
_PHONE = "13800138000"
# By somebody who knows what is in one, and what no database takes.
_FORGED_CURSORS = [
    urlsafe_b64encode(msgspec.json.encode(key)).decode() for key in ([2**63, "x"], [1, "\0"])
]


@dataclass
class Fairground:
    """One server with a past.

    Args:
        tokens: of nobody, and of one person of each role.
        known: parameter or field → values that name or fit something here.
        is_as_set_up: for whoever changes something to deny.
    """

    fair: Fair
    tokens: dict[Role | None, str | None] = field(default_factory=dict)
    known: Mapping[str, Sequence[object]] = field(default_factory=dict)
    is_as_set_up: bool = False
    _viewers: int = 0

    @property
    def origin(self) -> str:
        return self.fair.caller.origin

    async def set_up(self) -> None:
        """Let it all happen anew, to another viewer."""
        self._viewers += 2
        viewer, bystander = (await self.fair.tokens(self._viewers))[-2:]
        self.tokens = {
            None: None,
            Role.VIEWER: viewer,
            Role.HOST: await self.fair.token(Role.HOST),
            Role.OPERATOR: await self.fair.token(Role.OPERATOR),
        }
        events = await self._events()
        offers, orders, claims = await self._sales(events["live"], events["waiting"])
        drop, coupon = await self._coupons(events["live"])
        address = await self._made("/api/addresses", {**SHIP_TO}, Role.VIEWER)
        giveaways = await self._giveaways(events["ended"], events["waiting"], address)
        self.known = {
            "event_id": list(events.values()),
            "message_id": [await self._said(*map(str, events.values()))],
            "offer_id": offers,
            "order_id": orders,
            "claim_id": claims,
            "giveaway_id": giveaways,
            "place": ["1"],
            "drop_id": [drop],
            "coupon_id": [coupon, None],
            "off_fen": [500],
            "min_spend_fen": [1_000, 5_000],
            "quantity": [10],
            "claim_seconds": [60],
            "use_seconds": [3_600],
            "winners_count": [1, 2],
            "seconds": [60, 1_800],
            "provider": ["sandbox"],
            "pay_with": ["sandbox"],
            "host_id": [(await self._get("/api/me", self.tokens[Role.HOST]))["id"]],
            "account_id": [(await self._get("/api/me", bystander))["id"]],
            "address_id": [address],
            **await self._catalogue(),
            "county_code": [_COUNTY],
            "province_code": [SHIP_TO["province_code"]],
            "undeliverable_provinces": [[], ["540000"]],
            "phone": [_PHONE],
            "code": [await self._code()],
            "price_fen": [PRICE_FEN],
            "list_price_fen": [None, PRICE_FEN + 1],
            "list_price_basis": ["上周价"],
            "starts_at": ["2026-02-19T02:00:00Z"],
            "opens_at": [None, "2026-02-19T02:00:00Z"],
            "closes_at": [None, "2090-02-19T02:00:00Z"],
            "cursor": [(await self._get("/api/events?limit=1", None))["next"], *_FORGED_CURSORS],
        }  # fmt: skip
        self.is_as_set_up = True

    async def _said(self, *event_ids: str) -> str:
        """The id of a message that was said at each of these."""
        position = FeedPosition("f1", 1_582_077_600_000, 0)
        said = feed_entry(position, "chat", '{"text":"真甜"}'.encode())
        record = FeedRecord(self.fair.platform.database)
        for event_id in event_ids:
            await record.save_feed(event_id, [said])
        return said.id

    async def _events(self) -> dict[str, object]:
        event = {"title": "徐闻菠萝", "county_code": _COUNTY, "starts_at": "2026-02-19T02:00:00Z"}
        ended = await self.fair.live_event()
        won = await self._given_away(ended)
        await self._made(f"/api/giveaways/{won}/entries", None, Role.VIEWER)
        await self._done(f"/api/events/{ended}/end", Role.HOST)
        waiting = await self.fair.live_event()
        await self._done(f"/api/events/{waiting}", Role.HOST, {"waiting_room": True}, "PATCH")
        return {
            "live": await self.fair.live_event(),
            "scheduled": await self._made("/api/events", event, Role.HOST),
            "ended": ended,
            "waiting": waiting,
        }

    async def _sales(
        self, live: object, waiting: object
    ) -> tuple[list[object], list[object], list[object]]:
        """Offers on sale, one of them drafted, one waited for; orders of every age; a claim."""
        offer = await self.fair.open_offer(str(live), allotment=1_000, per_buyer_limit=1_000)
        queued = await self.fair.open_offer(str(waiting))
        draft_body = {
            "kind": "fixed_price", "title": "菠萝", "unit_grams": 3000, "price_fen": PRICE_FEN,
            "allotment": 10, "per_buyer_limit": 5,
        }  # fmt: skip
        draft = await self._made(f"/api/events/{live}/offers", draft_body, Role.HOST)
        orders = await asyncio.gather(*(self._ordered(offer, number) for number in range(6)))
        await asyncio.gather(*(self._paid(order) for order in orders[1:]))
        parcel = {"carrier": "顺丰", "tracking_number": "SF1"}
        for verb, packed, body in (("pack", 2, None), ("ship", 3, parcel), ("deliver", 4, None)):
            for order in orders[packed:]:
                await self._done(f"/api/orders/{order}/{verb}", Role.HOST, body)
        claim = await self._made(f"/api/orders/{orders[5]}/claims", {"units": 1}, Role.VIEWER)
        return [offer, queued, draft], list(orders), [claim]

    async def _given_away(self, event_id: object) -> str:
        """A giveaway that may be entered."""
        terms = {"title": "福袋", "prize": "菠萝一箱", "winners_count": 2, "seconds": 1_800}
        return await self._made(f"/api/events/{event_id}/giveaways", terms, Role.HOST)

    async def _giveaways(self, ended: object, live: object, address: str) -> list[object]:
        """One that may be entered, and one that the viewer has won, whose prize goes there."""
        listed = await self._get(f"/api/events/{ended}/giveaways", None)
        (drawn,) = [giveaway["id"] for giveaway in listed["items"]]  # type: ignore[attr-defined]

        async def is_drawn() -> bool:
            return bool((await self._get(f"/api/giveaways/{drawn}", None))["status"] == "drawn")

        await until(is_drawn)
        to = {"address_id": address}
        await self._done(f"/api/giveaways/{drawn}/address", Role.VIEWER, to, "PUT")
        return [await self._given_away(live), drawn]

    async def _coupons(self, live: object) -> tuple[object, object]:
        """A drop that may be claimed, and a coupon of it."""
        terms = {
            "title": "满10减5", "off_fen": 500, "min_spend_fen": 1_000, "quantity": 1_000,
            "claim_seconds": 1_800, "use_seconds": 3_600,
        }  # fmt: skip
        drop = await self._made(f"/api/events/{live}/coupon-drops", terms, Role.HOST)
        return drop, await self._made(f"/api/coupon-drops/{drop}/coupons", None, Role.VIEWER)

    async def _catalogue(self) -> dict[str, list[object]]:
        named = {"county_code": _COUNTY, "name": "愚公楼"}
        producer = await self._made("/api/producers", named, Role.HOST)
        product = await self._made("/api/products", named, Role.HOST)
        lot = {
            "producer_id": producer, "product_id": product, "harvested_on": "2026-02-18",
            "grams": 1000,
        }  # fmt: skip
        made = await self._made("/api/lots", lot, Role.HOST)
        return {"producer_id": [producer], "product_id": [product], "lot_id": [made]}

    async def _code(self) -> str:
        """The one that was sent to the known phone."""
        answer = await self.fair.caller.post("/api/auth/codes", {"phone": _PHONE})
        assert answer.status == 202, answer.raw
        return self.fair.sms.codes[f"+86{_PHONE}"]

    async def _ordered(self, offer: str, number: int) -> str:
        token = self.tokens[Role.VIEWER]
        assert token is not None
        answer = await self.fair.order(offer, token, key=f"order-{number}", units=2)
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])

    async def _paid(self, order: str) -> None:
        token = self.tokens[Role.VIEWER]
        await self._made(f"/api/orders/{order}/payment", {"provider": "sandbox"}, Role.VIEWER)

        async def is_paid() -> bool:
            return bool((await self._get(f"/api/orders/{order}", token))["status"] == "paid")

        await until(is_paid)

    async def _get(self, path: str, token: str | None) -> Mapping[str, object]:
        answer = await self.fair.caller.get(path, token=token)
        assert answer.status == 200, answer.raw
        found: Mapping[str, object] = answer.body
        return found

    async def _made(self, path: str, body: object, role: Role) -> str:
        answer = await self.fair.caller.post(path, body, token=self.tokens[role])
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])

    async def _done(
        self, path: str, role: Role, body: object = None, method: str = "POST"
    ) -> Answer:
        answer = await self.fair.caller.call(method, path, body, token=self.tokens[role])
        assert answer.status == 200, answer.raw
        return answer


@asynccontextmanager
async def fairground(database_url: str, redis_url: str) -> AsyncIterator[Fairground]:
    """Serve it, on a migrated database and an emptied Redis; ``set_up`` is still to come."""
    redis = connect_redis(redis_url, timeout_ms=5_000, connections_max=64)
    await redis.flushall()
    async with fair(database_url, redis, **_SETTINGS) as whole:
        yield Fairground(whole)
    await redis.aclose()
