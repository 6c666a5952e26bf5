"""One process of the crowd: viewers and buyers on one event loop, driven by its parent.

Run as ``python -m live.crowd.audience``. Reads a plan from stdin, plays it, and stops when told
to, or at once when the parent is gone (stdin ends).
"""

import asyncio
import heapq
import math
import random
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from live.crowd.buyer import Buyers, BuyerStats
from live.crowd.crew import Crew
from live.crowd.habits import Habits, Intent
from live.crowd.http_client import HttpPool, Origin
from live.crowd.ledger import RESERVED, UNKNOWN
from live.crowd.loop import run_fast
from live.crowd.plan import (
    PROGRESS_SECONDS,
    STOP_LINE,
    OfferProgress,
    Plan,
    Progress,
    decode_plan,
    encode_line,
)
from live.crowd.ramp import MAX_SPEED, OFFER_RUSH, ROOM_JOIN, arrival_seconds
from live.crowd.room_view import FeedEntry, RoomMessage, ShownOffer
from live.crowd.screen import Screen
from live.crowd.talk import keep_talking

STOP_SECONDS = 60.0  # seconds that orders under way get to finish
FEED_LINES_SHOWN = 6
CONNECTIONS_MAX = 512  # HTTP connections of one process
LATECOMERS_MAX = 50  # people who come at once for the last boxes of one offer
_RECENT_ORDERS = 2_000  # orders behind the reply times in the progress
_PLAN_BYTES_MAX = 64 * 1024


class Audience:
    """The people of one process."""

    def __init__(self, plan: Plan, pool: HttpPool, tokens: list[str]) -> None:
        self._plan = plan
        self._speed = plan.speed or MAX_SPEED
        self._random = random.Random(plan.seed)  # noqa: S311 (a simulation)
        self._people = len(tokens)
        self._screen = Screen(self._on_open)
        self._buyers = Buyers(
            pool,
            tokens,
            self._screen,
            habits=Habits(),
            speed=self._speed,
            run_id=plan.run_id,
            generator=self._random,
        )
        seats: list[str | None] = [*tokens[: plan.viewers]]
        seats += [None] * (plan.viewers - len(seats))  # who has no account watches all the same
        self._crew = Crew(pool.origin, plan.event_id, seats, self._on_message)
        self._intents_left = plan.intents
        self._coming: list[tuple[float, float, Intent]] = []  # heap: due, tie-break, intent
        self._arrived: asyncio.Queue[Intent | None] = asyncio.Queue()
        self._has_more_coming = asyncio.Event()
        self._waiting = 0  # people in lanes
        self._is_selling = True

    async def play(self, stopped: asyncio.Event) -> None:
        """Watch and buy until ``stopped``; then finish what is under way and close the books."""
        loop = asyncio.get_running_loop()
        joins = arrival_seconds(self._plan.viewers, ROOM_JOIN, self._plan.join_seconds, self._speed)
        helpers = [
            loop.create_task(self._crew.join(joins), name="crew"),
            loop.create_task(keep_talking(self._crew, self._random), name="talk"),
            loop.create_task(self._report_progress(), name="progress"),
            loop.create_task(self._let_arrive(), name="arrivals"),
        ]
        lanes = [loop.create_task(self._lane(), name="lane") for _ in range(self._plan.lanes)]
        try:
            await stopped.wait()
            self._send_home()
            await asyncio.wait(lanes, timeout=STOP_SECONDS)
            await self._buyers.resolve()
            audited = await self._buyers.audit(self._plan.audit_buyers_max)
            self._buyers.ledger.save(Path(self._plan.ledger_path))
            await self._crew.leave()
        finally:
            for task in (*helpers, *lanes):
                task.cancel()
            await asyncio.gather(*helpers, *lanes, return_exceptions=True)
        _print_line(self._progress(is_done=True, audited_buyers=audited))

    # Arrivals

    def _on_open(self, offer: ShownOffer) -> None:
        """An offer went on sale: its share of the people sets out."""
        allotted = sum(shown.allotment or 0 for shown in self._screen.view.offers.values())
        share = (offer.allotment or 0) / allotted if allotted else 1.0
        # Rounded up, so that every box of every offer has somebody who wants it.
        count = min(self._intents_left, math.ceil(self._plan.intents * share))
        self._intents_left -= count
        now = asyncio.get_running_loop().time()
        for seconds in arrival_seconds(count, OFFER_RUSH, self._plan.wave_seconds, self._speed):
            self._send_somebody(offer.id, now + seconds)

    def _bring_latecomers(self) -> None:
        """Nobody wants a box any more, and some are left: people tell others."""
        if self._wanting or not self._is_selling:
            return
        now = asyncio.get_running_loop().time()
        for offer_id, units in self._screen.units_left.items():
            for _ in range(min(units, LATECOMERS_MAX)):
                self._send_somebody(offer_id, now)

    def _send_somebody(self, offer_id: str, due: float) -> None:
        buyer = self._random.randrange(self._people)
        habit = self._buyers.habits.draw(self._random.random())
        intent = Intent(buyer, offer_id, habit)
        heapq.heappush(self._coming, (due, self._random.random(), intent))
        self._has_more_coming.set()

    @property
    def _wanting(self) -> int:
        """People who want a box and have none yet."""
        return self._waiting + self._arrived.qsize() + len(self._coming)

    async def _let_arrive(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._has_more_coming.clear()
            now = loop.time()
            while self._coming and self._coming[0][0] <= now:
                self._arrived.put_nowait(heapq.heappop(self._coming)[2])
            wait_seconds = self._coming[0][0] - now if self._coming else None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._has_more_coming.wait(), wait_seconds)

    async def _lane(self) -> None:
        while (intent := await self._arrived.get()) is not None:
            self._waiting += 1
            await self._buyers.satisfy(intent)
            self._waiting -= 1

    def _send_home(self) -> None:
        """Nobody orders any more; orders under way go on."""
        self._is_selling = False
        self._coming.clear()
        while not self._arrived.empty():
            self._arrived.get_nowait()
        self._screen.end()
        for _ in range(self._plan.lanes):
            self._arrived.put_nowait(None)

    # What the parent hears

    def _on_message(self, message: RoomMessage) -> None:
        if message.type == "notice" and message.kind == "order":
            self._buyers.ledger.hear(message.order_id, message.status)
        else:
            self._screen.show(message)
            if self._plan.brings_latecomers:
                self._bring_latecomers()

    async def _report_progress(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_SECONDS)
            _print_line(self._progress())

    def _progress(self, *, is_done: bool = False, audited_buyers: int = 0) -> Progress:
        room, bought, view = self._crew.stats, self._buyers.stats, self._screen.view
        accepted = bought.answers[RESERVED]
        unknown = bought.answers[UNKNOWN]
        recent = sorted(bought.order_seconds[-_RECENT_ORDERS:]) or [0.0]
        return Progress(
            connected=room.connected,
            ticks=room.ticks,
            holes=room.holes,
            orders=accepted,
            paying=bought.paying,
            refused=bought.answers.total() - accepted - unknown,
            unknown=unknown,
            waiting=self._wanting,
            room_viewers=view.viewers,
            room_likes=view.likes,
            offers=[_offer_progress(offer) for offer in view.offers.values()],
            lines=[_feed_line(entry) for entry in list(view.feed)[-FEED_LINES_SHOWN:]],
            faults=self._crew.faults(),
            closes=room.closes,
            problems=room.problems + _refusals(bought),
            order_p50_ms=recent[len(recent) // 2] * 1000,
            order_p99_ms=recent[len(recent) * 99 // 100] * 1000,
            is_full=room.joins >= self._plan.viewers,
            is_sold_out=self._screen.is_sold_out,
            is_done=is_done,
            audited_buyers=audited_buyers,
        )


def _refusals(bought: BuyerStats) -> Counter[str]:
    return Counter({code: n for code, n in bought.answers.items() if code != RESERVED})


def _offer_progress(offer: ShownOffer) -> OfferProgress:
    return OfferProgress(
        offer.id,
        offer.title or "",
        offer.available or 0,
        offer.reserved or 0,
        offer.sold or 0,
        offer.status or "",
    )


def _feed_line(entry: FeedEntry) -> str:
    return f"{entry.name}：{entry.text}" if entry.name else entry.text or entry.kind


def _print_line(progress: Progress) -> None:
    sys.stdout.buffer.write(encode_line(progress) + b"\n")
    sys.stdout.buffer.flush()


async def _wait_for_stop(reader: asyncio.StreamReader, stopped: asyncio.Event) -> bool:
    """Whether the parent said stop; False: it is gone, and nobody is left to report to."""
    if await reader.readline() != STOP_LINE:
        return False
    stopped.set()
    return True


def _tokens(plan: Plan) -> list[str]:
    tokens = Path(plan.tokens_path).read_text().split()
    return tokens[plan.tokens_start : plan.tokens_start + plan.tokens_count]


async def main() -> None:
    reader = asyncio.StreamReader(limit=_PLAN_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    plan = decode_plan(await reader.readline())
    tokens = _tokens(plan)
    stopped = asyncio.Event()
    # Ctrl-C reaches the whole terminal; the parent decides when the show is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    async with HttpPool(Origin.parse(plan.url), CONNECTIONS_MAX) as pool:
        playing = loop.create_task(Audience(plan, pool, tokens).play(stopped), name="audience")
        waiting = loop.create_task(_wait_for_stop(reader, stopped), name="stdin")
        await asyncio.wait((playing, waiting), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() and not waiting.result():
            playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
        waiting.cancel()


if __name__ == "__main__":
    run_fast(main())
