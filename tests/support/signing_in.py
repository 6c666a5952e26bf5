"""A server on which people sign in for real, with a clock turned by hand and a phone to look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from live.accounts.feature import Accounts, accounts_feature
from live.accounts.people import find_or_make_account
from live.accounts.secrets import Keys
from live.accounts.staff import assign_role
from live.catalog.counties import seed_counties
from live.catalog.feature import catalog_feature
from live.clock import ManualClock
from live.config import Settings
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.values import Role
from live.web.application import build_application
from tests.support.serving import Answer, Caller, serving

SECRET = b"s" * 32


class KeptSms:
    """Keeps what was sent, by phone."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    async def send_code(self, phone: str, code: str, good_seconds: int) -> None:
        self.codes[phone] = code


@dataclass
class Town:
    """One server and its people."""

    caller: Caller
    accounts: Accounts
    database: Database
    clock: ManualClock
    sms: KeptSms
    _next_phone: int = 0
    tokens: dict[str, str] = field(default_factory=dict)

    def new_phone(self) -> str:
        self._next_phone += 1
        return f"+86139{self._next_phone:08d}"

    async def ask_for_code(self, phone: str) -> str:
        answer = await self.caller.post("/api/auth/codes", {"phone": phone})
        assert answer.status == 202, answer.raw
        return self.sms.codes[phone]

    async def try_code(self, phone: str, code: str) -> Answer:
        return await self.caller.post("/api/auth/sessions", {"phone": phone, "code": code})

    async def sign_in(self, role: Role = Role.VIEWER, phone: str | None = None) -> str:
        """The bearer token of somebody, new unless a phone is given, signed in by code."""
        phone = phone or self.new_phone()
        if role is not Role.VIEWER:
            async with self.database.transaction() as session:
                now_ms = self.clock.now_ms()
                account = await find_or_make_account(session, phone, now_ms)
                await assign_role(session, account, role, now_ms)
        answer = await self.try_code(phone, await self.ask_for_code(phone))
        assert answer.status == 201, answer.raw
        return str(answer.body["token"])

    async def account_of(self, token: str) -> dict[str, str]:
        answer = await self.caller.get("/api/me", token=token)
        assert answer.status == 200, answer.raw
        account: dict[str, str] = answer.body
        return account


@asynccontextmanager
async def town(
    database_url: str, redis: RedisClient, settings: Settings | None = None
) -> AsyncIterator[Town]:
    """Serve accounts and catalogue on a migrated database."""
    settings = settings or Settings(codes_per_address_hour=10_000)
    clock, sms = ManualClock(), KeptSms()
    database = Database(database_url, pool_connections=8)
    async with database.transaction() as session:
        await seed_counties(session)
    accounts = accounts_feature(database, redis, clock, settings, Keys(SECRET), sms)
    features = (accounts.feature, catalog_feature(database, clock, settings))
    application = build_application(
        features, authenticator=accounts.authenticator, settings=settings
    )
    async with serving(application, features) as caller:
        yield Town(caller, accounts, database, clock, sms)
    await database.close()
