"""``live demo``: the Xuwen event, end to end, on this machine.

Starts a server on a database of its own, sends a crowd through its front door, lets the host
play the script, and closes with a report counted from SQL and from what the crowd was told.
"""

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from live.cli.demo_people import DemoPeople, create_people
from live.cli.demo_store import DemoStore, demo_store
from live.cli.open_files import allow_many_open_files
from live.cli.server_process import ServerProcess, check_port_is_free, reachable
from live.cli.signals import interrupts_as_event
from live.cli.speed import read_speed
from live.clock import SystemClock
from live.config import settings_from_environment
from live.crowd import xuwen
from live.crowd.api import ApiRefusal
from live.crowd.console import CrowdConsole
from live.crowd.http_client import HttpPool, Origin, Unanswered
from live.crowd.performance import Outcome, Performance, Scale, Stuck
from live.crowd.processes import CrowdFailed
from live.crowd.ramp import MAX_SPEED
from live.crowd.show import Show
from live.crowd.truth import Books
from live.errors import StartupError

HOLD_SECONDS = 45  # payment window at speed 1; shorter when hours pass faster
HOLD_SECONDS_MIN = 2
# At full speed the crowd takes all of the machine, and every tick is written to all of its
# viewers by the workers and read by the crowd: at 5 a second that was an eighth of the CPU.
TICK_HZ_AT_MAX_SPEED = 2
# Python works on one core a process, and the crowd and Redis leave room for two.
WORKERS = min(2, os.cpu_count() or 1)
_FAILURES = (StartupError, CrowdFailed, ApiRefusal, Unanswered, Stuck, TimeoutError)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the command line asked for; ``speed`` is ``MAX_SPEED`` for ``max``."""

    orders: int
    viewers: int
    speed: float
    host: str
    port: int
    exits: bool
    waiting_room: bool

    @property
    def hold_seconds(self) -> int:
        return max(HOLD_SECONDS_MIN, round(HOLD_SECONDS / self.speed))

    @property
    def tick_settings(self) -> dict[str, str]:
        return {"LIVE_TICK_HZ": str(TICK_HZ_AT_MAX_SPEED)} if self.speed == MAX_SPEED else {}

    @property
    def address(self) -> str:
        return f"http://{reachable(self.host)}:{self.port}"


def demo(
    orders: Annotated[int, typer.Option(min=1, help="boxes for sale, one an order")] = 3_000,
    viewers: Annotated[int, typer.Option(min=1, help="people in the room")] = 300,
    speed: Annotated[str, typer.Option(help="times faster than life, or max")] = "1",
    exits: Annotated[
        bool, typer.Option("--exit", help="end when sold out; the last line is a JSON summary")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8080,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    waiting_room: Annotated[
        bool, typer.Option("--waiting-room", help="buyers wait in a queue for their turn")
    ] = False,
) -> None:
    """The Xuwen pineapple event with a simulated crowd, on a database of its own."""
    allow_many_open_files()
    options = DemoOptions(orders, viewers, read_speed(speed), host, port, exits, waiting_room)
    try:
        is_clean = asyncio.run(_run(options, Console(highlight=False)))
    except _FAILURES as error:
        print(f"live demo: {str(error) or 'timed out'}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        # The usual way to end a demo that stays up; a cut-off count has no summary to print.
        raise typer.Exit(130 if exits else 0) from None
    raise typer.Exit(0 if is_clean else 1)


async def _run(options: DemoOptions, console: Console) -> bool:
    """Returns whether the books are clean."""
    check_port_is_free(options.host, options.port)
    console.print(f"Preparing a database, buyers for {options.orders:,} boxes and a server …")
    with (
        demo_store(settings_from_environment()) as store,
        tempfile.TemporaryDirectory(prefix="live-demo-") as scratch,
    ):
        await store.prepare()
        people = await create_people(store, options.orders)
        settings = {
            **store.settings,
            "LIVE_ALLOW_SANDBOX": "1",
            "LIVE_SMS_URL": "",  # codes are shown here; the demo sends nobody a message
            "LIVE_HOLD_SECONDS": str(options.hold_seconds),
            "LIVE_DRAIN_SECONDS": "1",  # there is no other server to go to
            **options.tick_settings,
        }

        def hear(line: str) -> None:
            if (code := people.code_in(line)) is not None:
                console.print(code, markup=False)

        async with ServerProcess(
            options.host, options.port, settings, store.log_path, hear, workers=WORKERS
        ) as server:
            _introduce(options, people, console)
            outcome = await _perform(options, store, people, Path(scratch), server, console)
            _report(outcome, console)
            if options.exits:
                print(outcome.summary.to_json(), flush=True)
            else:
                console.print(f"Still at {options.address} · Ctrl-C ends", markup=False)
                with interrupts_as_event() as interrupted:
                    await interrupted.wait()
        return outcome.summary.is_clean


async def _perform(
    options: DemoOptions,
    store: DemoStore,
    people: DemoPeople,
    scratch: Path,
    server: ServerProcess,
    console: Console,
) -> Outcome:
    books = Books(store.database_url)
    terms: dict[str, tuple[int, int]] = {}

    def on_set_up(show: Show) -> None:
        for place, offer_id in show.offers.items():
            terms[offer_id] = (xuwen.OFFERS[place].price_fen, xuwen.OFFERS[place].unit_grams)
        console.print(f"Room      {options.address}/events/{show.event_id}", markup=False)

    try:
        async with HttpPool(Origin.parse(options.address), connections_max=8) as pool:
            with CrowdConsole(console, xuwen.EVENT_TITLE, terms) as view:
                performance = Performance(
                    pool,
                    books,
                    people.write_cast(scratch),
                    SystemClock(),
                    Scale(
                        options.orders,
                        options.viewers,
                        options.speed,
                        options.hold_seconds,
                        options.waiting_room,
                    ),
                    scratch=scratch,
                    on_set_up=on_set_up,
                    on_progress=view.show,
                    check=server.check,
                )
                return await performance.play()
    finally:
        await books.close()


def _introduce(options: DemoOptions, people: DemoPeople, console: Console) -> None:
    for line in (
        f"Server    {options.address}",
        f"Host      sign in with {people.host_phone}",
        f"Operator  sign in with {people.operator_phone}",
        "Anybody   sign in with any mainland phone number; every code is printed here",
    ):
        console.print(line, markup=False)


def _report(outcome: Outcome, console: Console) -> None:
    summary, progress = outcome.summary, outcome.progress
    lines = [
        (
            f"Sold      {summary.units_sold:,} boxes in {summary.orders:,} paid orders,"
            f" {summary.jin_sold:,.0f} jin, in {summary.seconds:,.1f} s"
        ),
        (
            f"Oversold  {summary.oversold_units} · lost {summary.lost_orders}"
            f" · leaked {summary.leaked_units}"
        ),
        (
            f"Room      {progress.ticks:,} ticks delivered, {progress.holes} holes,"
            f" broken promises {progress.faults or 'none'}"
        ),
        f"Answers   {_counts(progress.problems)}",
        f"Audit     {progress.audited_buyers:,} buyers read their own orders once more",
        *outcome.findings.sentences,
    ]
    for line in lines:
        console.print(line, markup=False)


def _counts(counts: dict[str, int]) -> str:
    return (
        " · ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "all accepted"
    )
