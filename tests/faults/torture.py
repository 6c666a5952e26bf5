"""Many seeded runs, one after the other: ``make torture`` or ``python -m tests.faults.torture``.

Each verdict is a line of the journal as soon as it is known. Started again, it goes on where it
was stopped: what the journal has is not run again. ``--seed N --runs 1`` plays one run once more.
The server's log of a run that did not end well is kept beside the journal.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from live.crowd.loop import run_fast
from tests.faults.faults import FAULTS
from tests.faults.scenario import Verdict, run
from tests.faults.world import SERVER_LOG

RUNS = 200
INTENTS = 5_000
FAULTS_A_RUN = 3
JOURNAL = Path("torture.jsonl")


def main(arguments: argparse.Namespace) -> int:
    """Returns the exit code: 1 where any of these runs, old or new, had a fault or a delay."""
    journal: Path = arguments.journal
    done = {(line["seed"], line["kind"]): line for line in _lines(journal)}
    wanted = [
        (seed, _kind(seed, arguments.only))
        for seed in range(arguments.seed, arguments.seed + arguments.runs)
    ]
    for place, (seed, kind) in enumerate(wanted, 1):
        if (seed, kind) in done:
            continue
        verdict = _played(seed, kind, arguments.intents, journal.with_suffix(f".{seed}-{kind}.log"))
        done[seed, kind] = asdict(verdict)
        with journal.open("a") as lines:
            lines.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
        print(f"{place}/{len(wanted)} {_told(verdict)}", flush=True)
    faulty = [key for key in wanted if done[key]["faults"]]
    late = [key for key in wanted if done[key]["delays"]]
    for seed, kind in sorted({*faulty, *late}):
        print(f"seed {seed} on {kind}: {_found(done[seed, kind])}")
    print(json.dumps({"runs": len(wanted), "faulty": len(faulty), "late": len(late)}))
    return 1 if faulty or late else 0


def _played(seed: int, kind: str, intents: int, kept_log: Path) -> Verdict:
    """Play one run; where it does not end well, or not at all, the server's log is kept."""
    with tempfile.TemporaryDirectory(prefix="live-torture-") as scratch:
        directory = Path(scratch)
        has_ended_well = False
        try:
            verdict = run_fast(run(seed, kind, directory, intents=intents, number=FAULTS_A_RUN))
            has_ended_well = not (verdict.faults or verdict.delays)
        finally:
            log = directory / SERVER_LOG
            if not has_ended_well and log.exists():
                shutil.copyfile(log, kept_log)
    return verdict


def _kind(seed: int, only: str | None) -> str:
    """Databases take turns."""
    return only or sorted(FAULTS)[seed % len(FAULTS)]


def _lines(journal: Path) -> Iterator[dict[str, Any]]:
    if journal.exists():
        yield from map(json.loads, journal.read_text().splitlines())


def _told(verdict: Verdict) -> str:
    return (
        f"seed {verdict.seed} {verdict.kind}: {', '.join(verdict.plan)}; {verdict.step}"
        f"{'' if verdict.has_died_at_step else ' (not met)'}: {verdict.asked:,} intents,"
        f" resumed after {verdict.resumed_seconds} s, {verdict.seconds:.0f} s:"
        f" {_found(asdict(verdict))}"
    )


def _found(line: dict[str, Any]) -> str:
    return "; ".join([*line["faults"][:3], *line["delays"][:1]]) or "all well"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--intents", type=int, default=INTENTS, help="orders asked for in a run")
    parser.add_argument("--only", choices=sorted(FAULTS), help="one database")
    parser.add_argument("--journal", type=Path, default=JOURNAL)
    sys.exit(main(parser.parse_args()))
