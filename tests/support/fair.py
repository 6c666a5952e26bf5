"""The whole platform on a real port, with people signed in and boxes to sell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from live.accounts.feature import tokens_of
from live.accounts.secrets import Keys
from live.accounts.simulated import sign_in_simulated
from live.app import Platform, compose
from live.catalog.counties import seed_counties
from live.clock import SystemClock
from live.config import Settings
from live.sales.payments.configured import configured_providers
from live.sales.payments.sandbox import SandboxProvider
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.values import Role
from tests.support.serving import Answer, Caller, serving
from tests.support.signing_in import KeptSms

KEYS = Keys(b"s" * 32)
PRICE_FEN = 1990
SHIP_TO = {
    "name": "王小明",
    "phone": "13812345678",
    "province_code": "440000",
    "address": "广州市天河区体育西路 1 号",
}


@dataclass
class Fair:
    """One server, and who goes there."""

    caller: Caller
    platform: Platform
    sandbox: SandboxProvider
    sms: KeptSms

    async def tokens(self, count: int, role: Role = Role.VIEWER) -> list[str]:
        """Bearer tokens of so many people; the same ones with each call."""
        return await sign_in_simulated(
            self.platform.database, tokens_of(KEYS), SystemClock(), role, count, days=1
        )

    async def token(self, role: Role = Role.VIEWER) -> str:
        return (await self.tokens(1, role))[0]

    async def live_event(self) -> str:
        """The id of an event that is live."""
        host = await self.token(Role.HOST)
        event = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2026-02-19T02:00:00Z"}
        event_id = _id(await self.caller.post("/api/events", event, token=host))
        answer = await self.caller.post(f"/api/events/{event_id}/start", token=host)
        assert answer.status == 200, answer.raw
        return event_id

    async def open_offer(self, event_id: str | None = None, **changes: Any) -> str:
        """The id of an offer on sale; of a new event unless one is given."""
        host = await self.token(Role.HOST)
        event_id = event_id or await self.live_event()
        offer = {
            "kind": "flash_sale",
            "title": "菠萝 6斤装",
            "unit_grams": 3000,
            "price_fen": PRICE_FEN,
            "allotment": 10,
            "per_buyer_limit": 5,
            **changes,
        }
        path = f"/api/events/{event_id}/offers"
        offer_id = _id(await self.caller.post(path, offer, token=host))
        answer = await self.caller.post(f"/api/offers/{offer_id}/open", token=host)
        assert answer.status == 200, answer.raw
        return offer_id

    async def order(
        self, offer_id: str, token: str, key: str | None = "key-1", **changes: Any
    ) -> Answer:
        body = {"units": 1, "price_fen": PRICE_FEN, "ship_to": SHIP_TO, **changes}
        headers = {} if key is None else {"Idempotency-Key": key}
        path = f"/api/offers/{offer_id}/orders"
        return await self.caller.post(path, body, token=token, headers=headers)

    async def offer(self, offer_id: str) -> dict[str, Any]:
        """The offer as its host sees it."""
        events = await self.caller.get("/api/events", token=await self.token(Role.HOST))
        offers = [offer for event in events.body["items"] for offer in event["offers"]]
        (found,) = [offer for offer in offers if offer["id"] == offer_id]
        result: dict[str, Any] = found
        return result


@asynccontextmanager
async def fair(
    database_url: str, redis: RedisClient, reminders: Any = None, **settings: Any
) -> AsyncIterator[Fair]:
    """Serve everything on a migrated database.

    Args:
        reminders: a ``ReminderSms`` that sends them to phones; None: nobody does.
        settings: fields of ``Settings``.
    """
    database = Database(database_url)
    async with database.transaction() as session:
        await seed_counties(session)
    chosen = Settings(**{"allow_sandbox": True, **settings})
    payment = configured_providers(
        chosen, SystemClock(), sandbox_key=KEYS.key("sandbox"), own_url=""
    )
    sandbox = payment.providers["sandbox"]
    assert isinstance(sandbox, SandboxProvider)
    sms = KeptSms()
    platform = compose(
        chosen,
        database,
        redis,
        keys=KEYS,
        sms=sms,
        providers=payment.providers,
        lives=[payment.feature],
        reminders=reminders,
    )
    async with platform.running(), serving(platform.application()) as caller:
        sandbox.notify_url = f"{caller.origin}/api/payments/sandbox/notify"
        yield Fair(caller, platform, sandbox, sms)
    await database.close()


def _id(answer: Answer) -> str:
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])
