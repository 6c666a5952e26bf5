"""The queue in a real Redis: one place an account, a fair draw, a pointer that keeps its pace."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest_asyncio
from redis.crc import key_slot

from live.config import Settings
from live.storage.redis import RedisClient, connect_redis, event_key
from live.waiting.pacing import Load, Pace, ReportedLoad
from live.waiting.places import QueueState, Standing, Step, drawn
from live.waiting.queue import HAS_NONE, IN_DRAW, IS_FULL, Queue, _keys
from tests.support.queues import NO_LOAD, held_queue, numbers_of, open_queue, pass_time

EVENT = "evt_1"
PASS_SECONDS = 60
SETTINGS = Settings(
    waiting_pass_seconds=PASS_SECONDS, waiting_pace_start=10, waiting_places_max=1_000
)
PEOPLE = [f"acc_{n:03}" for n in range(100)]


@pytest_asyncio.fixture
async def queue(redis: RedisClient) -> Queue:
    return Queue(redis, SETTINGS)


@pytest_asyncio.fixture
async def other_redis(redis_url: str, redis: RedisClient) -> AsyncIterator[RedisClient]:
    """Another process's."""
    client = connect_redis(redis_url, timeout_ms=5_000, connections_max=64)
    try:
        yield client
    finally:
        await client.aclose()


class CheckThenTakeQueue(Queue):
    """The control: looks whether there is a place, and takes one a moment later."""

    def __init__(self, redis: RedisClient, settings: Settings, meeting: asyncio.Barrier) -> None:
        super().__init__(redis, settings)
        self._meeting = meeting
        self._has_met = False

    async def visit(
        self,
        event_id: str,
        known: QueueState | None,
        *,
        take: Sequence[str] = (),
        ask: Sequence[str] = (),
        report: tuple[str, Load] | None = None,
    ) -> tuple[QueueState, list[int]]:
        state, numbers = await super().visit(event_id, known, ask=[*take, *ask], report=report)
        if take and not self._has_met:
            self._has_met = True
            await self._meeting.wait()
        for at, account in enumerate(take):
            if numbers[at] == HAS_NONE:
                numbers[at] = await self._redis.hincrby(event_key(event_id, "waiting"), "issued", 1)
                await self._redis.hset(
                    event_key(event_id, "waiting:places"), account, str(numbers[at])
                )
        return state, numbers


async def rush(one: Queue, other: Queue) -> dict[str, set[int | None]]:
    """Everybody takes a place in six tabs, on two processes; account → the numbers they hear."""
    processes = [held_queue(EVENT, one, SETTINGS), held_queue(EVENT, other, SETTINGS)]
    for process in processes:
        await process.look()
    tabs = [account for account in PEOPLE for _ in range(6)]
    random.Random(5).shuffle(tabs)
    places = await asyncio.gather(
        *(processes[at % 2].take(account) for at, account in enumerate(tabs))
    )
    heard: dict[str, set[int | None]] = {account: set() for account in PEOPLE}
    for account, place in zip(tabs, places, strict=True):
        heard[account].add(place.number)
    return heard


async def test_many_takes_of_one_account_on_two_processes_are_one_place(
    queue: Queue, other_redis: RedisClient
) -> None:
    await open_queue(queue, EVENT)
    heard = await rush(queue, Queue(other_redis, SETTINGS))
    assert all(len(numbers) == 1 for numbers in heard.values())
    assert {number for numbers in heard.values() for number in numbers} == {*range(1, 101)}
    assert (await queue.visit(EVENT, None))[0].issued == len(PEOPLE)


async def test_without_the_script_somebody_has_two_places(
    queue: Queue, redis: RedisClient, other_redis: RedisClient
) -> None:
    await open_queue(queue, EVENT)
    meeting = asyncio.Barrier(2)
    await rush(
        CheckThenTakeQueue(redis, SETTINGS, meeting),
        CheckThenTakeQueue(other_redis, SETTINGS, meeting),
    )
    assert (await queue.visit(EVENT, None))[0].issued > len(PEOPLE)


async def test_before_the_opening_too(queue: Queue, other_redis: RedisClient) -> None:
    heard = await rush(queue, Queue(other_redis, SETTINGS))
    assert all(numbers == {None} for numbers in heard.values())
    assert (await queue.visit(EVENT, None))[0].gathered == len(PEOPLE)


async def test_numbers_are_those_of_the_draw_and_later_ones_follow(queue: Queue) -> None:
    for account in PEOPLE:  # the first to come is not the first to be let in
        await queue.visit(EVENT, None, take=[account])
    state = await open_queue(queue, EVENT)
    expected = drawn(state.seed, PEOPLE)
    assert expected != PEOPLE
    assert await numbers_of(queue, EVENT, expected) == [*range(1, 101)]
    _, late = await queue.visit(EVENT, None, take=["acc_late", "acc_later", PEOPLE[0]])
    assert late == [101, 102, expected.index(PEOPLE[0]) + 1]


async def test_coming_again_does_not_change_the_draw(queue: Queue, redis: RedisClient) -> None:
    await queue.visit(EVENT, None, take=PEOPLE)
    state, numbers = await queue.visit(EVENT, None, take=PEOPLE * 3)
    assert set(numbers) == {IN_DRAW}
    assert state.gathered == len(PEOPLE)
    kept: Any = await redis.zrange(event_key(EVENT, "waiting:draw"), 0, -1)
    assert [account.decode() for account in kept] == drawn(state.seed, PEOPLE)


async def test_only_the_pace_lets_people_in(queue: Queue, redis: RedisClient) -> None:
    await queue.visit(EVENT, None, take=PEOPLE)
    state = await open_queue(queue, EVENT, per_second=10)
    opened_ms, steps = state.now_ms, []
    for _ in range(12):
        await pass_time(redis, EVENT, 1)
        await queue.steer(EVENT, state.epoch, Pace(10), has_sale_opened=True)
        before = state
        # Two processes look in the same instant: that lets nobody more in.
        (state, _), _ = await asyncio.gather(queue.visit(EVENT, None), queue.visit(EVENT, None))
        steps.append(state.admitted - before.admitted)
        assert state.admitted <= state.issued
    # The bucket holds a second's worth: whatever a slow test machine does, no step is greater.
    assert max(steps) <= 10
    assert state.admitted == len(PEOPLE)
    assert opened_ms <= state.now_ms


async def test_where_nobody_steers_the_pointer_stands(queue: Queue, redis: RedisClient) -> None:
    await queue.visit(EVENT, None, take=PEOPLE)
    state = await open_queue(queue, EVENT, per_second=10)
    await pass_time(redis, EVENT, 5)
    later, _ = await queue.visit(EVENT, None)
    assert later.admitted == state.admitted < len(PEOPLE)
    await queue.steer(EVENT, state.epoch, Pace(10), has_sale_opened=True)
    await pass_time(redis, EVENT, 1)
    assert (await queue.visit(EVENT, None))[0].admitted > later.admitted


async def test_with_few_people_a_place_is_a_turn(queue: Queue) -> None:
    await open_queue(queue, EVENT)
    place = await held_queue(EVENT, queue, SETTINGS).take("acc_only")
    assert place.standing is Standing.ADMITTED


async def test_a_turn_ends_and_a_new_place_is_the_last(queue: Queue, redis: RedisClient) -> None:
    await queue.visit(EVENT, None, take=PEOPLE)
    await open_queue(queue, EVENT)
    process = held_queue(EVENT, queue, SETTINGS)
    await process.look()
    first = drawn(process.state.seed, PEOPLE)[0] if process.state else ""
    assert (await process.take(first)).standing is Standing.ADMITTED
    await pass_time(redis, EVENT, PASS_SECONDS + 2)
    await process.look()
    assert process.place(first) is None  # nobody knows by heart whether there is a new one
    assert (await process.ask(first)).standing is Standing.OVER
    again = await process.take(first)
    assert (again.standing, again.number) == (Standing.WAITING, 101)
    assert (await process.take(first)).number == 101
    elsewhere = held_queue(EVENT, queue, SETTINGS)
    assert (await elsewhere.ask(first)).number == 101


async def test_coming_again_does_not_stretch_a_turn(queue: Queue, redis: RedisClient) -> None:
    await queue.visit(EVENT, None, take=PEOPLE[:1])
    await open_queue(queue, EVENT)
    before = await held_queue(EVENT, queue, SETTINGS).take(PEOPLE[0])
    await pass_time(redis, EVENT, PASS_SECONDS // 2)
    after = await held_queue(EVENT, queue, SETTINGS).take(PEOPLE[0])
    assert after.number == before.number
    assert before.until_ms is not None
    assert after.until_ms is not None
    assert after.until_ms == before.until_ms - PASS_SECONDS // 2 * 1000  # moved with the clock


async def test_what_a_process_holds_is_what_redis_says(queue: Queue, redis: RedisClient) -> None:
    """Steps that come look by look add up to those read at once."""
    await queue.visit(EVENT, None, take=[*PEOPLE, *(f"acc_more_{n}" for n in range(900))])
    held = await open_queue(queue, EVENT, per_second=10)
    for _ in range(30):
        second = held.now_ms // 1000
        await pass_time(redis, EVENT, 1)
        held = replace(held, steps=[Step(s.admitted, s.second - 1) for s in held.steps])
        await queue.steer(EVENT, held.epoch, Pace(10), has_sale_opened=True)
        held, _ = await queue.visit(EVENT, held)
        fresh, _ = await queue.visit(EVENT, None)
        held, _ = await queue.visit(EVENT, held)
        assert list(held.steps) == list(fresh.steps)
        assert held.now_ms // 1000 >= second
    assert len(held.steps) > 20
    await pass_time(redis, EVENT, PASS_SECONDS + 2)
    held, _ = await queue.visit(EVENT, held)
    assert held.ended > 200
    assert len(held.steps) <= 1


async def test_after_a_loss_those_who_come_are_drawn_and_not_raced(
    queue: Queue, redis: RedisClient
) -> None:
    process = held_queue(EVENT, queue, SETTINGS)
    await queue.visit(EVENT, None, take=PEOPLE)
    await open_queue(queue, EVENT)
    before = await process.take(PEOPLE[0])
    assert before.number is not None
    await redis.flushall()
    assert (await process.take(PEOPLE[1])).standing is Standing.GATHERING
    assert (await process.take(PEOPLE[0])).standing is Standing.GATHERING  # the old one is void
    state, _ = await queue.visit(EVENT, None, take=PEOPLE)
    assert await queue.steer(EVENT, state.epoch, Pace(0), has_sale_opened=True) is None
    await pass_time(redis, EVENT, 6)
    assert await queue.steer(EVENT, state.epoch, Pace(0), has_sale_opened=True) == len(PEOPLE)
    assert await numbers_of(queue, EVENT, drawn(state.seed, PEOPLE)) == [*range(1, 101)]


async def test_a_first_queue_in_the_middle_of_a_sale_opens_at_once(queue: Queue) -> None:
    assert (await open_queue(queue, EVENT)).is_open


async def test_an_older_copy_of_redis_gives_no_number_twice(
    queue: Queue, redis: RedisClient
) -> None:
    await open_queue(queue, EVENT)
    process = held_queue(EVENT, queue, SETTINGS)
    for account in PEOPLE[:20]:
        await process.take(account)
    assert process.state is not None
    epoch = process.state.epoch
    await redis.hset(event_key(EVENT, "waiting"), "issued", "5")
    await process.look()
    assert process.state.epoch != epoch


async def test_an_owner_of_a_lost_queue_steers_nothing(queue: Queue, redis: RedisClient) -> None:
    state, _ = await queue.visit(EVENT, None)
    await redis.flushall()
    await queue.visit(EVENT, None)
    assert await queue.steer(EVENT, state.epoch, Pace(500), has_sale_opened=True) is None
    reading = await queue.read(EVENT)
    assert reading is not None
    assert reading.pace.per_second == SETTINGS.waiting_pace_start


async def test_a_full_queue_takes_nobody(redis: RedisClient) -> None:
    queue = Queue(redis, Settings(waiting_places_max=3, waiting_pace_start=1))
    _, numbers = await queue.visit(EVENT, None, take=PEOPLE[:5])
    assert numbers == [IN_DRAW, IN_DRAW, IN_DRAW, IS_FULL, IS_FULL]
    await open_queue(queue, EVENT)
    _, numbers = await queue.visit(EVENT, None, take=["acc_late", "acc_later"])
    assert numbers == [4, IS_FULL]  # one of three was let in


async def test_reports_are_heard_while_they_are_fresh(queue: Queue) -> None:
    load = ReportedLoad(orders_per_second=12.5, failed=1, queued=7, reply_ms=250)
    state, _ = await queue.visit(EVENT, None, report=("p1", load))
    await queue.visit(EVENT, state, report=("p2", NO_LOAD))
    assert await queue.loads(EVENT, state.now_ms) == {"p1": load, "p2": NO_LOAD}
    assert await queue.loads(EVENT, state.now_ms + 10_000) == {}


def test_all_keys_of_an_event_lie_on_one_node() -> None:
    assert len({key_slot(key.encode()) for key in _keys(EVENT)}) == 1
