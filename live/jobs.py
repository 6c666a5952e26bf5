"""Runs the features' periodic jobs, each in one process at a time."""

import asyncio
from collections.abc import Iterable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from live.clock import Clock, is_set_within
from live.errors import Problem
from live.feature import Job
from live.storage.database import Database
from live.storage.lease import Lease
from live.storage.redis import REDIS_AWAY

log = structlog.get_logger(__name__)


async def run_jobs(
    database: Database, clock: Clock, jobs: Iterable[Job], holder: str, stopping: asyncio.Event
) -> None:
    """Run every job until told to stop. One that fails is logged and runs again next time."""
    async with asyncio.TaskGroup() as tasks:
        for job in jobs:
            lease = Lease(database, clock, job.name, holder)
            tasks.create_task(_run_job(job, lease, stopping), name=f"job {job.name}")


async def _run_job(job: Job, lease: Lease, stopping: asyncio.Event) -> None:
    while not await is_set_within(stopping, job.every_seconds):
        try:
            if await lease.hold():
                await job.run()
        except (SQLAlchemyError, Problem, *REDIS_AWAY) as error:
            log.warning("job waits", job=job.name, error=repr(error))
        except Exception:
            log.exception("job failed", job=job.name)
    await lease.release()
