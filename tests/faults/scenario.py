"""One run: a rush on a real server, faults at seeded moments, and the verdict on its books."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import select

from live.accounts.rows import ACCOUNTS
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Unanswered, request_bytes
from live.sales.order_rows import ORDERS
from live.sales.payments.ledger import REFUNDS
from live.sales.payments.rows import PAYMENTS
from live.stock.redis_guard import RedisStockGuard
from live.storage.database import Database
from live.values import Role
from tests.faults import steps, unguarded
from tests.faults.buyers import LANES, Rush, Shelf
from tests.faults.faults import FAULTS, Fault
from tests.faults.history import History, delays_of, faults_of
from tests.faults.redis_servers import client_of
from tests.faults.steps import STEPS
from tests.faults.world import World, world
from tests.support.stock_audit import audit, audit_guard

BUYERS = 300
PRICES_FEN = (1_990, 2_990)
ALLOTMENT = 700  # units of each offer: fewer than are asked for, so that it sells out
PER_BUYER_LIMIT = 6
RESUME_SECONDS = 3.0  # from a part's return until orders are answered again
SETTLE_SECONDS = 60.0
_READ_SECONDS = 0.1


@dataclass
class Verdict:
    """What became of one run; nothing is in ``faults`` and ``delays`` when all is well.

    A fault is wrong on any machine; a delay may be the machine's.
    """

    seed: int
    kind: str
    plan: list[str]
    step: str
    has_died_at_step: bool = False
    faults: list[str] = field(default_factory=list)
    delays: list[str] = field(default_factory=list)
    asked: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    resumed_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0


async def run(
    seed: int,
    kind: str,
    directory: Path,
    *,
    intents: int,
    faults: Sequence[Fault] | None = None,
    number: int = 3,
    step: str | None = None,
    without: str | None = None,
    settle_seconds: float = SETTLE_SECONDS,
) -> Verdict:
    """Play one run to its end.

    Args:
        faults: in this order; otherwise ``number`` of them, as the seed decides.
        step: at which a worker dies, besides; otherwise the seed's choice.
        without: the guard that is taken out of the server, for a control.
        settle_seconds: until everything that is under way must have ended.
    """
    dice = random.Random(seed)
    plan = faults if faults is not None else dice.sample(FAULTS[kind], number)
    step = step or dice.choice(list(STEPS))
    passage = dice.randint(1, STEPS[step].passages_max)
    verdict = Verdict(seed, kind, [fault.__name__ for fault in plan], step)
    started = time.monotonic()
    variables = steps.environment(step, passage, directory)
    if without is not None:
        variables |= unguarded.environment(without)
    async with world(kind, directory, buyers=BUYERS) as here, here.serving(**variables):
        here.event_id, shelves = await _open_sale(here)
        drop_id = await _hand_out_coupons(here)
        rush = Rush(here, await _buyer_ids(here), shelves, drop_id, dice)
        steps.begin(directory)
        may_end = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(_read_stock(here, rush.history))
            crowd = tasks.create_task(rush.run(intents, may_end=may_end))
            for place, fault in enumerate(plan, 1):
                moment = intents * (place - dice.uniform(0.2, 0.8)) / (len(plan) + 0.5)
                while rush.asked < moment:
                    await asyncio.sleep(0.01)
                await fault(here, dice)
                verdict.resumed_seconds.append(await _resumed(rush, fault, verdict))
            may_end.set()
            await crowd
            reader.cancel()
        await here.has_healed()
        verdict.faults += await _settled(here, rush.history, settle_seconds)
        verdict.delays += delays_of(rush.history)
    verdict.has_died_at_step = steps.has_died(directory)
    verdict.asked = rush.asked
    verdict.answers = dict(rush.history.statuses())
    verdict.seconds = time.monotonic() - started
    return verdict


async def _resumed(rush: Rush, fault: Fault, verdict: Verdict) -> float:
    """Seconds from now until the next order is decided on; beyond the promise, a delay."""
    started = time.monotonic()
    before = _decided(rush.history)
    while _decided(rush.history) <= before:
        if time.monotonic() - started > SETTLE_SECONDS:
            break
        await asyncio.sleep(0.01)
    seconds = time.monotonic() - started
    if seconds > RESUME_SECONDS:
        verdict.delays.append(f"after {fault.__name__} the sale stood for {seconds:.1f} s")
    return round(seconds, 2)


def _decided(history: History) -> int:
    return sum(told.status in (200, 201, 409) for told in history.answers)


async def _settled(here: World, history: History, seconds: float) -> list[str]:
    """What is still wrong once everything has had the time to end."""
    deadline = time.monotonic() + seconds
    async with client_of(here.servers.url) as client, here.database() as database:
        guard = RedisStockGuard(client)
        while True:
            found = [
                *await audit(database),
                *await audit_guard(database, guard, here.event_id),
                *await _under_way(database),
            ]
            if not found or time.monotonic() > deadline:
                return found + await faults_of(history, database)
            await asyncio.sleep(0.5)


async def _under_way(database: Database) -> list[str]:
    orders = select(ORDERS.c.id).where(ORDERS.c.status == "reserved")
    payments = select(PAYMENTS.c.id).where(PAYMENTS.c.status == "started")
    refunds = select(REFUNDS.c.id).where(REFUNDS.c.status == "due")
    async with database.reading() as session:
        waiting = [
            name for query in (orders, payments, refunds) for name in await session.scalars(query)
        ]
    return [f"{what} is under way" for what in waiting]


async def _read_stock(here: World, history: History) -> None:
    """Look at the stock all the time, as every viewer does."""
    request = request_bytes(here.origin, "GET", f"/api/events/{here.event_id}")
    async with HttpPool(here.origin, 1) as pool:
        while True:
            await asyncio.sleep(_READ_SECONDS)
            try:
                reply = await pool.send(request)
            except (Unanswered, TimeoutError):
                continue
            if reply.status != 200:
                continue
            history.readings += 1
            for offer in msgspec.json.decode(reply.body)["offers"]:
                parts = [offer["available"], offer["reserved"], offer["sold"]]
                if sum(parts) != offer["allotment"] or min(parts) < 0:
                    history.torn_readings.append(f"{parts} of {offer['allotment']} units")


async def _open_sale(here: World) -> tuple[str, list[Shelf]]:
    async with HttpPool(here.origin, 1) as pool:
        host = Api(pool, here.host_token)
        event = await host.post("/api/events", {
            "title": "A rush", "county_code": "440825", "starts_at": datetime.now(UTC).isoformat(),
        })  # fmt: skip
        shelves = []
        for price_fen in PRICES_FEN:
            offer = await host.post(f"/api/events/{event['id']}/offers", {
                "kind": "flash_sale", "title": "A box", "unit_grams": 3_000,
                "price_fen": price_fen, "allotment": ALLOTMENT, "per_buyer_limit": PER_BUYER_LIMIT,
            })  # fmt: skip
            shelves.append(Shelf(offer["id"], price_fen))
        await host.post(f"/api/events/{event['id']}/start")
        for shelf in shelves:
            await host.post(f"/api/offers/{shelf.offer_id}/open")
    return event["id"], shelves


async def _hand_out_coupons(here: World) -> str:
    """The id of a drop of which every buyer has a coupon."""
    async with HttpPool(here.origin, LANES) as pool:
        host = Api(pool, here.host_token)
        drop = await host.post(f"/api/events/{here.event_id}/coupon-drops", {
            "title": "A rush", "off_fen": 100, "min_spend_fen": min(PRICES_FEN),
            "quantity": BUYERS, "claim_seconds": 600, "use_seconds": 86_400,
        })  # fmt: skip
        path = f"/api/coupon-drops/{drop['id']}/coupons"
        await asyncio.gather(*(Api(pool, token).post(path) for token in here.tokens))
    return str(drop["id"])


async def _buyer_ids(here: World) -> list[str]:
    """In the order of their tokens."""
    viewers = select(ACCOUNTS.c.id).where(ACCOUNTS.c.role == Role.VIEWER.value)
    async with here.database() as database, database.reading() as session:
        return list(await session.scalars(viewers.order_by(ACCOUNTS.c.phone)))
