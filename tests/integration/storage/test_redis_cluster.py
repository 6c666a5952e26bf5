"""The client of a Cluster: what is broken takes along no more than itself, and is left behind."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import MaxConnectionsError

from live.stock.guard import Position, StaleStock
from live.stock.redis_guard import OffersSection, RedisStockGuard
from live.stock.rules import Admission, UnitsIntent
from live.storage.redis import REDIS_AWAY, RedisClient, connect_redis, event_key, run_scripts
from tests.integration.realtime.rooms import eventually, stock_offer
from tests.support.live_server import free_port
from tests.support.redis_cluster import HOST, LoopbackCluster, Node

EVENTS = [f"evt_{number}" for number in range(12)]  # of all masters
TIMEOUT_MS = 1_000
SECONDS = 1.0  # for a pipeline
CONNECTIONS = 4
TURNS_OF_A_CALL = 12  # and some more
AT = Position("stock-1", 0)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackCluster]:
    """One for all tests that leave it whole; it gives nobody up in their time."""
    with LoopbackCluster(tmp_path_factory.mktemp("whole")) as formed:
        yield formed


@pytest.fixture
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackCluster]:
    """One to be broken, quick to replace a master."""
    with LoopbackCluster(tmp_path_factory.mktemp("doomed"), node_timeout_ms=1_000) as formed:
        yield formed


@pytest_asyncio.fixture
async def redis(cluster: LoopbackCluster) -> AsyncIterator[RedisClient]:
    async with connected(cluster.url) as client:
        await client.flushall()
        for event_id in EVENTS:
            await stock_offer(client, event_id)
        yield client


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[RedisClient]:
    client = connect_redis(url, timeout_ms=TIMEOUT_MS, connections_max=CONNECTIONS)
    try:
        yield client
    finally:
        await client.aclose()


async def look(redis: RedisClient) -> dict[str, Any]:
    """What a tick's pipeline brings for each event."""
    calls = [OffersSection().sample(event_id) for event_id in EVENTS]
    return dict(zip(EVENTS, await run_scripts(redis, calls, seconds=SECONDS), strict=True))


def is_answered(reply: Any) -> bool:
    return isinstance(reply, list) and reply[0] == AT.epoch.encode()


def master_of(cluster: LoopbackCluster, event_id: str) -> Node:
    return cluster.master_of(event_key(event_id, "stock"))


async def reserve(redis: RedisClient, event_id: str, order: str) -> tuple[int, list[Admission]]:
    guard = RedisStockGuard(redis)
    intent = UnitsIntent(order, "off_1", "acc_1", 1, 990)
    admitted = await guard.reserve(event_id, AT, [intent])
    return admitted.seq, admitted.words


async def test_more_callers_than_connections_wait_for_one(redis: RedisClient) -> None:
    keys = [event_key(event_id, "stock") for event_id in EVENTS * 20]
    found = await asyncio.gather(*[redis.hget(key, "epoch") for key in keys])
    assert set(found) == {AT.epoch.encode()}


async def test_redis_py_alone_refuses_them(cluster: LoopbackCluster, redis: RedisClient) -> None:
    """The control."""
    node = cluster.nodes[0]
    async with RedisCluster(HOST, node.port, max_connections=CONNECTIONS) as plain:
        keys = [event_key(event_id, "stock") for event_id in EVENTS * 20]
        found = await asyncio.gather(
            *[plain.hget(key, "epoch") for key in keys], return_exceptions=True
        )
    assert any(isinstance(reply, MaxConnectionsError) for reply in found)


async def closed_under(client: RedisCluster) -> list[Any]:
    """What callers hear whose connection is closed so many turns of the loop after their call."""
    key = event_key(EVENTS[0], "stock")
    heard: list[Any] = []
    for turns in range(TURNS_OF_A_CALL):
        await client.hget(key, "epoch")  # it is connected
        calling = asyncio.ensure_future(client.hget(key, "epoch"))
        for _ in range(turns):
            await asyncio.sleep(0)
        for node in client.get_nodes():
            for connection in node._connections:
                await connection.disconnect(nowait=True)
        heard += await asyncio.gather(calling, return_exceptions=True)
    return heard


async def test_connection_that_is_closed_under_a_caller_is_a_lost_one(redis: RedisClient) -> None:
    assert isinstance(redis, RedisCluster)
    for heard in await closed_under(redis):
        assert heard == AT.epoch.encode() or isinstance(heard, REDIS_AWAY), repr(heard)


async def test_redis_py_alone_trips_over_it(cluster: LoopbackCluster, redis: RedisClient) -> None:
    """The control."""
    node = cluster.nodes[0]
    async with RedisCluster(HOST, node.port, retry=Retry(NoBackoff(), 0)) as plain:
        heard = await closed_under(plain)
    assert any(isinstance(reply, AttributeError) for reply in heard), heard


async def test_a_master_that_hangs_takes_along_only_its_own_rooms(
    cluster: LoopbackCluster, redis: RedisClient
) -> None:
    assert all(map(is_answered, (await look(redis)).values()))
    hung = master_of(cluster, EVENTS[0])
    theirs = {event_id for event_id in EVENTS if master_of(cluster, event_id) == hung}
    assert 0 < len(theirs) < len(EVENTS)
    hung.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        replies = await look(redis)
        assert time.monotonic() - began < 3 * SECONDS
    finally:
        hung.signal(signal.SIGCONT)
    assert {event_id for event_id, reply in replies.items() if not is_answered(reply)} == theirs
    assert all(isinstance(replies[event_id], REDIS_AWAY) for event_id in theirs)
    await eventually(lambda: everybody_answers(redis))


async def everybody_answers(redis: RedisClient) -> bool:
    try:
        return all(map(is_answered, (await look(redis)).values()))
    except REDIS_AWAY:
        return False


async def test_any_of_the_named_nodes_may_be_away(
    cluster: LoopbackCluster, redis: RedisClient
) -> None:
    nobody = f"redis+cluster://{HOST}:{free_port()},{cluster.nodes[0].address}"
    async with connected(nobody) as other:
        assert await everybody_answers(other)


async def test_an_event_that_moves_to_another_node_goes_on_selling(
    cluster: LoopbackCluster, redis: RedisClient
) -> None:
    event_id = EVENTS[0]
    slot = key_slot(event_key(event_id, "stock").encode())
    source = master_of(cluster, event_id)
    masters = [node for node in cluster.nodes if node.is_master]
    target = next(node for node in masters if node != source)
    assert await reserve(redis, event_id, "o1") == (1, [Admission.RESERVED])
    target.ask("CLUSTER SETSLOT", slot, "IMPORTING", source.id)
    source.ask("CLUSTER SETSLOT", slot, "MIGRATING", target.id)
    assert await reserve(redis, event_id, "o2") == (2, [Admission.RESERVED])
    keys = source.ask("CLUSTER GETKEYSINSLOT", slot, 100)
    assert len(keys) > 1
    source.ask("MIGRATE", HOST, target.port, keys[0], 0, 5_000)
    # Here and there: no node can run the script. Nobody waits, and nothing is done by halves.
    with pytest.raises(REDIS_AWAY):
        await reserve(redis, event_id, "o3")
    for key in keys[1:]:
        source.ask("MIGRATE", HOST, target.port, key, 0, 5_000)
    # ASK: the other node has it all, but by whose word? Whoever asks will build it anew.
    with pytest.raises(StaleStock):
        await reserve(redis, event_id, "o3")
    for node in masters:
        node.ask("CLUSTER SETSLOT", slot, "NODE", target.id)
    with pytest.raises(StaleStock):  # MOVED
        await reserve(redis, event_id, "o3")
    await stock_offer(redis, event_id)
    assert await reserve(redis, event_id, "o3") == (1, [Admission.RESERVED])
    assert await everybody_answers(redis)


async def test_a_pipeline_alone_finds_the_replica_that_took_over(doomed: LoopbackCluster) -> None:
    async with connected(doomed.url) as redis:
        for event_id in EVENTS:
            await stock_offer(redis, event_id)
        assert await everybody_answers(redis)
        master = master_of(doomed, EVENTS[0])
        replica = doomed.replica_of(master)
        assert replica is not None
        master.kill()
        assert not is_answered((await look(redis))[EVENTS[0]])
        await eventually(lambda: replica.is_master)
        await eventually(lambda: everybody_answers(redis))
