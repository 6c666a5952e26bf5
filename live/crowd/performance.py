"""One whole performance of the Xuwen event: set up, gather, sell, settle, count.

The conductor behind ``live demo``: everything it does to the server goes through the public
API; only the closing count reads SQL.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from live.clock import Clock
from live.crowd import ledger, show, xuwen
from live.crowd.api import Api
from live.crowd.host_voice import HostVoice
from live.crowd.http_client import HttpPool
from live.crowd.plan import Plan, Progress
from live.crowd.probe import probe_offers
from live.crowd.processes import CrowdProcesses, process_count, split
from live.crowd.ramp import MAX_SPEED
from live.crowd.report import Findings, Probe, Summary, summarize
from live.crowd.show import Show
from live.crowd.truth import Books

# People who want a box, for each box: some give up, some come too late.
DEMAND = 1.12
DEMAND_SPARE = 5
LANES_AT_MAX_SPEED = 512  # orders under way at once when nobody hesitates
LANES = 2_000  # at other speeds, when most of them are thinking
GATHER_SECONDS = 60.0  # seconds that viewers get to join before a sale at full speed
STUCK_SECONDS = 60.0  # seconds without a sale until a performance is called stuck
SETTLE_SECONDS = 60.0  # seconds from sold out until no order is open in SQL
POLL_SECONDS = 0.25


class Stuck(Exception):
    """Nothing was sold for too long, and boxes are left."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays.

    Args:
        host_token: of the account whose event it is.
        tokens_path, tokens_count: file with a bearer token a line, and how many of them buy.
        probe_tokens: accounts that buy nothing until the closing probe.
    """

    host_token: str
    tokens_path: Path
    tokens_count: int
    probe_tokens: list[str]


@dataclass(frozen=True, slots=True)
class Scale:
    """How big and how fast.

    Args:
        orders: boxes for sale.
        speed: times faster than life, or ``MAX_SPEED``.
        hold_seconds: the server's payment window.
        has_waiting_room: whether buyers need a turn.
    """

    orders: int
    viewers: int
    speed: float
    hold_seconds: float
    has_waiting_room: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a performance came to."""

    summary: Summary
    findings: Findings
    progress: Progress
    next_event_id: str


class Performance:
    """Plays the event once.

    Args:
        scratch: a directory for the crowd's ledgers.
        on_set_up: told the show once its offers exist.
        on_progress: told the crowd's progress a few times a second.
        check: raises when the server is gone.
    """

    def __init__(
        self,
        pool: HttpPool,
        books: Books,
        cast: Cast,
        clock: Clock,
        scale: Scale,
        *,
        scratch: Path,
        on_set_up: Callable[[Show], None],
        on_progress: Callable[[Progress], None],
        check: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._books = books
        self._cast = cast
        self._clock = clock
        self._orders = scale.orders
        self._viewers = scale.viewers
        self._speed = scale.speed
        self._hold_seconds = scale.hold_seconds
        self._has_waiting_room = scale.has_waiting_room
        self._scratch = scratch
        self._on_set_up = on_set_up
        self._on_progress = on_progress
        self._check = check
        self._api = Api(pool, cast.host_token)
        self._run_id = secrets.token_hex(4)

    async def play(self) -> Outcome:
        """Raises: Stuck, CrowdFailed, ApiRefusal, Unanswered, TimeoutError."""
        event = await show.set_up(self._api, self._orders, has_waiting_room=self._has_waiting_room)
        self._on_set_up(event)
        plans = split(self._plan(event.event_id), process_count(self._viewers))
        voice = HostVoice(self._pool.origin, event.event_id, self._cast.host_token)
        async with CrowdProcesses(plans) as crowd, voice:
            if self._speed == MAX_SPEED:
                await self._gather(crowd)
            opened_ms = await show.open_sale(self._api, event, self._clock.now_ms(), self._speed)
            script = asyncio.create_task(
                show.play_script(self._api, voice, event, self._speed), name="script"
            )
            try:
                await self._watch(crowd, event, script)
            finally:
                script.cancel()
                await asyncio.gather(script, return_exceptions=True)
            voice.say(xuwen.CLOSING_LINE)
            paths = await self._finish(crowd)
            progress = crowd.progress
        probes = await self._settle(event)
        truth = await self._books.read(event.event_id)
        next_event_id = await show.close_show(self._api, event)
        entries = ledger.load(paths)
        summary, findings = summarize(entries, truth, probes, first_opened_ms=opened_ms)
        return Outcome(summary, findings, progress, next_event_id)

    def _plan(self, event_id: str) -> Plan:
        is_max = self._speed == MAX_SPEED
        return Plan(
            url=f"http://{self._pool.origin.authority}",
            event_id=event_id,
            tokens_path=str(self._cast.tokens_path),
            tokens_start=0,
            tokens_count=self._cast.tokens_count,
            viewers=self._viewers,
            intents=round(self._orders * DEMAND) + DEMAND_SPARE,
            speed=0 if is_max else self._speed,
            lanes=LANES_AT_MAX_SPEED if is_max else LANES,
            wave_seconds=xuwen.WAVE_SECONDS,
            join_seconds=xuwen.JOIN_SECONDS,
            run_id=self._run_id,
            ledger_path=str(self._scratch / "ledger"),
            brings_latecomers=True,
        )

    async def _gather(self, crowd: CrowdProcesses) -> None:
        async with asyncio.timeout(GATHER_SECONDS):
            while not crowd.progress.is_full:
                await self._look(crowd)

    async def _watch(
        self, crowd: CrowdProcesses, event: Show, script: "asyncio.Task[None]"
    ) -> None:
        """Until every box is paid for."""
        loop = asyncio.get_running_loop()
        sold, last_sale_at = -1, loop.time()
        while not crowd.progress.is_sold_out or await self._books.unsettled_count(event.event_id):
            await self._look(crowd)
            if script.done():
                script.result()  # a host whose hands fail is not a quiet host
            now = loop.time()
            sold_now = sum(offer.sold for offer in crowd.progress.offers)
            if sold_now != sold or not script.done():
                sold, last_sale_at = sold_now, now
            if now - last_sale_at > STUCK_SECONDS + self._hold_seconds:
                raise Stuck(
                    f"nothing sold for {now - last_sale_at:.0f} s;"
                    f" {sold} of {self._orders} boxes are sold"
                )

    async def _look(self, crowd: CrowdProcesses) -> None:
        await asyncio.sleep(POLL_SECONDS)
        self._check()
        crowd.check()
        self._on_progress(crowd.progress)

    async def _finish(self, crowd: CrowdProcesses) -> list[Path]:
        """Close the crowd's books, and go on showing them meanwhile."""
        finishing = asyncio.create_task(crowd.finish(), name="finish")
        while not finishing.done():
            await asyncio.wait((finishing,), timeout=POLL_SECONDS)
            self._on_progress(crowd.progress)
        return finishing.result()

    async def _settle(self, event: Show) -> list[Probe]:
        """Wait until no order is open, then try to buy what should be left: nothing."""
        async with asyncio.timeout(SETTLE_SECONDS + self._hold_seconds):
            while await self._books.unsettled_count(event.event_id):
                self._check()
                await asyncio.sleep(POLL_SECONDS)
        return await probe_offers(
            self._pool,
            event.event_id,
            await self._books.read(event.event_id),
            self._cast.probe_tokens,
            units_per_token=xuwen.PER_BUYER_LIMIT,
            run_id=self._run_id,
        )
