"""Coupons on a real database: several processes' worth of them, and people who claim."""

from collections import Counter
from functools import partial

from sqlalchemy import func, select, text
from sqlalchemy.engine import Connection

from live.accounts.tables import AccountRow
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.coupons.claiming import ClaimAsk, Claimed, Claiming
from live.coupons.hosting import Hosting
from live.coupons.rows import COUPONS, DROPS, read_drop
from live.coupons.rules import Drop, Limits
from live.coupons.schemas import CouponDropCreate
from live.events.tables import EventRow
from live.sales.coupon_use import orders_with
from live.storage.database import Database
from live.values import AccountId, Role
from live.web.routes import Identity

EVENT, HOST = "evt_1", "acc_host"
LIMITS = Limits(
    quantity_max=10_000, claim_seconds_min=1, claim_seconds_max=1_800, use_seconds_max=3_600
)
BY_HOST = Identity(AccountId(HOST), Role.HOST, "县长", "ses_1")
CLAIM_SECONDS, USE_SECONDS = 60, 600
OFF_FEN, MIN_SPEND_FEN = 500, 5_000


def person(number: int) -> str:
    return f"acc_{number}"


class Stand:
    """The coupons of one process, with connections of its own."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.hosting = Hosting(database, clock, LIMITS, _ignored)
        self.claiming = Claiming(
            database, clock, orders_with, _ignored, batch_max=40, queue_max=100_000
        )

    async def set_up(self, people: int) -> None:
        """A live event, its host, and so many people."""
        rows = [
            AccountRow(id=id_, phone=f"+86139{n:08}", name=id_, role="viewer", created_ms=0)
            for n, id_ in enumerate([HOST, *(person(number) for number in range(people))])
        ]
        async with self.database.transaction() as session:
            await seed_counties(session)
            session.add_all(rows)
            await session.flush()
            session.add(
                EventRow(
                    id=EVENT, host_id=HOST, county_code="440825", title="徐闻菠萝", status="live",
                    starts_ms=0, started_ms=0, created_ms=0,
                )
            )  # fmt: skip

    async def open(self, quantity: int = 3, by: Identity = BY_HOST, event_id: str = EVENT) -> Drop:
        asked = CouponDropCreate(
            "满50减5", OFF_FEN, MIN_SPEND_FEN, quantity, CLAIM_SECONDS, USE_SECONDS
        )
        return await self.hosting.open(by, event_id, asked)

    async def end(self, drop_id: str) -> Drop:
        return await self.hosting.end(BY_HOST, drop_id)

    async def claim(self, drop_id: str, account_id: str) -> Claimed:
        return await self.claiming.claim(ClaimAsk(drop_id, account_id, is_operator=False))

    async def read(self, drop_id: str) -> Drop:
        found = await self.database.read(partial(_read, drop_id))
        assert found is not None
        return found

    async def holders(self, drop_id: str) -> list[str]:
        """Accounts, one for each coupon."""
        query = select(COUPONS.c.account_id).where(COUPONS.c.drop_id == drop_id)
        async with self.database.reading() as session:
            return sorted(await session.scalars(query))

    async def facts(self, kind: str) -> int:
        """How often it was told."""
        query = text("SELECT count(*) FROM facts WHERE kind = :kind")
        async with self.database.reading() as session:
            return int((await session.execute(query, {"kind": kind})).scalar_one())

    async def close(self) -> None:
        await self.claiming.close()
        await self.database.close()


async def faults_found(stand: Stand, drop_id: str) -> list[str]:
    """What must never be of a drop, whoever claimed how."""
    terms = select(DROPS.c.quantity, DROPS.c.claimed).where(DROPS.c.id == drop_id)
    count = select(func.count()).select_from(COUPONS).where(COUPONS.c.drop_id == drop_id)
    async with stand.database.reading() as session:
        quantity, claimed = (await session.execute(terms)).one()
        coupons = int((await session.execute(count)).scalar_one())
    faults = []
    if coupons > quantity:
        faults.append(f"{coupons} coupons of {quantity}")
    if coupons != claimed:
        faults.append(f"{coupons} coupons, counted as {claimed}")
    each: Counter[str] = Counter(await stand.holders(drop_id))
    faults += [f"{who} has {number}" for who, number in each.items() if number > 1]
    return faults


def _read(drop_id: str, connection: Connection) -> Drop | None:
    return read_drop(connection, drop_id)


def _ignored() -> None:
    """Nobody relays facts here."""
