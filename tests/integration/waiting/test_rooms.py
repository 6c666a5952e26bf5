"""What a process holds: who may order is decided from memory."""

from typing import Any

from live.config import Settings
from live.errors import TooMany
from live.storage.redis import RedisClient
from live.waiting.gate import WaitingGate
from live.waiting.queue import Queue
from live.waiting.rooms import WaitingRooms
from tests.support.queues import NO_LOAD, StandingClock, open_queue

EVENT, OTHER_EVENT = "evt_1", "evt_2"
SETTINGS = Settings(waiting_pace_start=1)


class Switches:
    """Which events have a waiting room, as SQL would say."""

    def __init__(self, *event_ids: str) -> None:
        self.event_ids = set(event_ids)

    async def find(self) -> set[str]:
        return self.event_ids


def process(redis: RedisClient, switches: Switches) -> WaitingRooms:
    return WaitingRooms(Queue(redis, SETTINGS), switches.find, SETTINGS, monotonic=StandingClock())


async def scripts_run(redis: RedisClient) -> int:
    stats: Any = await redis.info("commandstats")
    return sum(
        int(stats.get(f"cmdstat_{name}", {"calls": 0})["calls"]) for name in ("evalsha", "eval")
    )


async def test_an_event_without_a_waiting_room_is_open_and_asks_nobody(redis: RedisClient) -> None:
    rooms = process(redis, Switches(EVENT))
    await rooms.refresh()
    gate = WaitingGate(rooms)
    before = await scripts_run(redis)
    assert gate.is_open_to(OTHER_EVENT, "acc_1")
    assert await gate.refusal(OTHER_EVENT, "acc_1") is None
    assert await scripts_run(redis) == before


async def test_an_account_is_looked_up_once(redis: RedisClient) -> None:
    await open_queue(Queue(redis, SETTINGS), EVENT)
    rooms = process(redis, Switches(EVENT))
    await rooms.refresh()
    gate = WaitingGate(rooms)
    assert not gate.is_open_to(EVENT, "acc_1")  # not known yet
    before = await scripts_run(redis)
    assert await gate.refusal(EVENT, "acc_1") is None
    assert isinstance(await gate.refusal(EVENT, "acc_2"), TooMany)
    assert await scripts_run(redis) - before == 2
    for _ in range(100):
        assert gate.is_open_to(EVENT, "acc_1")
        assert not gate.is_open_to(EVENT, "acc_2")
        assert isinstance(await gate.refusal(EVENT, "acc_2"), TooMany)
    assert await scripts_run(redis) - before == 2


async def test_a_switch_turned_is_learned(redis: RedisClient) -> None:
    switches = Switches()
    rooms = process(redis, switches)
    await rooms.refresh()
    gate = WaitingGate(rooms)
    assert gate.is_open_to(EVENT, "acc_1")
    switches.event_ids = {EVENT}
    await rooms.refresh()
    assert not gate.is_open_to(EVENT, "acc_1")
    switches.event_ids = set()
    await rooms.refresh()
    assert gate.is_open_to(EVENT, "acc_1")


async def test_a_round_of_looks_reports_what_checkout_did(redis: RedisClient) -> None:
    rooms, other = process(redis, Switches(EVENT)), process(redis, Switches(EVENT))
    for one in (rooms, other):
        await one.refresh()
        await one.look(NO_LOAD)
    held = rooms.of(EVENT)
    assert held is not None
    assert held.state is not None
    loads = await Queue(redis, SETTINGS).loads(EVENT, held.state.now_ms)
    assert list(loads.values()) == [NO_LOAD, NO_LOAD]
