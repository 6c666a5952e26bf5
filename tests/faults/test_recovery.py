"""The real server is broken in a rush, on both databases; ``make torture`` does so for hours."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults import faults
from tests.faults.faults import Fault
from tests.faults.scenario import run
from tests.faults.world import CLUSTER

INTENTS = 1_500


class Plan(NamedTuple):
    kind: str
    faults: tuple[Fault, ...]
    step: str


_PLANS = [
    Plan(
        "sqlite",
        (
            faults.kill_worker, faults.restore_old_redis, faults.fill_disk, faults.kill_writer,
            faults.kill_redis, faults.kill_all_workers,
        ),
        "between commit and reply",
    ),
    Plan(
        "postgresql",
        (
            faults.kill_postgres, faults.flush_redis, faults.refuse_connections,
            faults.pause_redis,
        ),
        "between a rebuild and its commit",
    ),
]  # fmt: skip


@pytest.mark.parametrize("plan", _PLANS, ids=[plan.kind for plan in _PLANS])
async def test_nothing_is_sold_twice_lost_or_forgotten(plan: Plan, tmp_path: Path) -> None:
    verdict = await run(
        1, plan.kind, tmp_path / "world", intents=INTENTS, faults=plan.faults, step=plan.step
    )
    assert verdict.faults == []
    assert verdict.has_died_at_step
    assert verdict.asked >= INTENTS
    assert verdict.answers["201"] > 0
    assert verdict.answers["vanished"] > 0


async def test_a_master_that_is_killed_stops_the_sale_until_its_replica_is_promoted(
    tmp_path: Path,
) -> None:
    """And not much longer; meanwhile everybody is told to come again, and soon."""
    verdict = await run(
        1, CLUSTER, tmp_path / "world", intents=INTENTS, faults=(faults.kill_master,),
        step="between admission and commit",
    )  # fmt: skip
    assert verdict.faults == []
    assert verdict.delays == []
    assert verdict.answers["stock_unavailable"] > 0
    assert verdict.answers["201"] > 0
