"""``live crowd``: a simulated audience against any running server."""

import asyncio
import json
import secrets
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from live.cli.open_files import allow_many_open_files
from live.cli.signals import interrupts_as_event
from live.cli.speed import read_speed
from live.crowd import ledger, xuwen
from live.crowd.api import Api, ApiRefusal
from live.crowd.console import CrowdConsole
from live.crowd.http_client import HttpPool, Origin, Unanswered
from live.crowd.ledger import Entry
from live.crowd.performance import LANES, LANES_AT_MAX_SPEED
from live.crowd.plan import Plan, Progress
from live.crowd.processes import CrowdFailed, CrowdProcesses, process_count, split
from live.crowd.ramp import MAX_SPEED
from live.crowd.report import Findings, compare, outcome_counts
from live.crowd.truth import Books
from live.errors import StartupError

POLL_SECONDS = 0.25
SETTLE_SECONDS = 10.0  # seconds that payments under way get to arrive before the books are compared


@dataclass(frozen=True, slots=True)
class CrowdOptions:
    """What the command line asked for; ``speed`` is ``MAX_SPEED`` for ``max``."""

    origin: Origin
    event_id: str
    tokens_path: Path
    viewers: int
    orders: int
    speed: float
    seconds: float | None
    database_url: str | None


def crowd(
    *,
    event: Annotated[str, typer.Option(help="id of the event")],
    tokens: Annotated[Path, typer.Option(help="bearer tokens, one a line: live accounts tokens")],
    url: Annotated[str, typer.Option(help="address of the server")] = "http://127.0.0.1:8080",
    viewers: Annotated[int, typer.Option(min=1, help="people in the room")] = 300,
    orders: Annotated[int, typer.Option(min=0, help="people who want a box")] = 300,
    speed: Annotated[str, typer.Option(help="times faster than life, or max")] = "1",
    seconds: Annotated[
        float | None, typer.Option(min=0, help="leave after so long, sold out or not")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="URL of the server's database: compare the books at the end")
    ] = None,
) -> None:
    """Send viewers and buyers to an event; they leave when all have their box, or on Ctrl-C.

    The last line is a JSON object of what the clients were told.
    """
    allow_many_open_files()
    try:
        options = CrowdOptions(
            Origin.parse(url), event, tokens, viewers, orders, read_speed(speed), seconds, database
        )
        is_clean = asyncio.run(_run(options, Console(highlight=False)))
    except (StartupError, CrowdFailed, ApiRefusal, Unanswered, OSError, ValueError) as error:
        print(f"live crowd: {str(error) or 'timed out'}", file=sys.stderr)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if is_clean else 1)


async def _run(options: CrowdOptions, console: Console) -> bool:
    count = len(options.tokens_path.read_text().split())
    if not count:
        raise StartupError(f"{options.tokens_path} holds no tokens")
    async with HttpPool(options.origin) as pool:
        shown = await Api(pool).get(f"/api/events/{options.event_id}")
    terms = {offer["id"]: (offer["price_fen"], offer["unit_grams"]) for offer in shown["offers"]}
    with (
        tempfile.TemporaryDirectory(prefix="live-crowd-") as scratch,
        CrowdConsole(console, shown["title"], terms) as view,
    ):
        plan = _plan(options, count, Path(scratch))
        async with CrowdProcesses(split(plan, process_count(options.viewers))) as processes:
            with suppress(TimeoutError), interrupts_as_event() as interrupted:
                async with asyncio.timeout(options.seconds):
                    await _watch(processes, view, interrupted, options.orders)
            entries = ledger.load(await processes.finish())
            progress = processes.progress
    return await _report(options, progress, entries)


def _plan(options: CrowdOptions, tokens_count: int, scratch: Path) -> Plan:
    is_max = options.speed == MAX_SPEED
    scheme = "https" if options.origin.is_tls else "http"
    return Plan(
        url=f"{scheme}://{options.origin.authority}",
        event_id=options.event_id,
        tokens_path=str(options.tokens_path.resolve()),
        tokens_start=0,
        tokens_count=tokens_count,
        viewers=options.viewers,
        intents=options.orders,
        speed=0 if is_max else options.speed,
        lanes=LANES_AT_MAX_SPEED if is_max else LANES,
        wave_seconds=xuwen.WAVE_SECONDS,
        join_seconds=xuwen.JOIN_SECONDS,
        run_id=secrets.token_hex(4),
        ledger_path=str(scratch / "ledger"),
    )


async def _watch(
    processes: CrowdProcesses, view: CrowdConsole, interrupted: asyncio.Event, orders: int
) -> None:
    """Until everything is sold, everybody has what they came for, or somebody says stop."""
    while not interrupted.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(interrupted.wait(), POLL_SECONDS)
        processes.check()
        progress = processes.progress
        view.show(progress)
        has_bought = orders > 0 and progress.orders > 0 and progress.waiting == 0
        if progress.is_sold_out or has_bought:
            return


async def _report(options: CrowdOptions, progress: Progress, entries: list[Entry]) -> bool:
    paid = sum(entry.is_told_paid for entry in entries)
    line: dict[str, object] = {
        "requests": len(entries),
        "accepted": sum(entry.is_accepted for entry in entries),
        "told_paid": paid,
        "answers": dict(outcome_counts(entries)),
        "ticks": progress.ticks,
        "holes": progress.holes,
        "faults": progress.faults,
        "closes": progress.closes,
    }
    lost = 0
    if options.database_url is not None:
        findings = await _compare(options.database_url, options.event_id, entries)
        lost = line["lost_orders"] = findings.lost_order_count
        for sentence in findings.sentences:
            print(sentence, file=sys.stderr)
    print(json.dumps(line, ensure_ascii=False))
    return not lost and not progress.faults


async def _compare(database_url: str, event_id: str, entries: list[Entry]) -> Findings:
    """What is not as the clients were told, once payments under way have arrived."""
    books = Books(database_url)
    try:
        findings = compare(entries, await books.read(event_id))
        deadline = time.monotonic() + SETTLE_SECONDS
        while findings.lost_order_count and time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            findings = compare(entries, await books.read(event_id))
    finally:
        await books.close()
    return findings
