"""The real server is broken in a rush, on both databases; ``make torture`` does so for hours."""

from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.faults import Fault
from tests.faults.scenario import run

INTENTS = 1_500
_PLANS: dict[str, list[Fault]] = {
    "sqlite": [
        faults.kill_worker, faults.restore_old_redis, faults.fill_disk, faults.kill_writer,
        faults.kill_redis, faults.kill_all_workers,
    ],
    "postgresql": [
        faults.kill_postgres, faults.flush_redis, faults.refuse_connections, faults.pause_redis,
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(_PLANS))
async def test_nothing_is_sold_twice_lost_or_forgotten(kind: str, tmp_path: Path) -> None:
    verdict = await run(1, kind, tmp_path / "world", intents=INTENTS, faults=_PLANS[kind])
    assert verdict.faults == []
    assert verdict.asked >= INTENTS
    assert verdict.answers["201"] > 0
    assert verdict.answers["vanished"] > 0
