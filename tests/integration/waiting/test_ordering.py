"""Ordering in an event with a waiting room: over HTTP, on both databases, on one worker and two.

The pace is so slow that one is let in at once, and nobody after within a test.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from live.accounts.feature import tokens_of
from live.accounts.simulated import sign_in_simulated
from live.clock import SystemClock
from live.config import Settings
from live.storage.redis import RedisClient
from live.values import Role
from live.waiting.places import drawn
from live.waiting.queue import Queue
from tests.integration.realtime.rooms import Viewer, eventually
from tests.support.fair import KEYS, Fair, fair
from tests.support.queues import pass_time
from tests.support.serving import Answer

PASS_SECONDS = 60
RULES: dict[str, Any] = {
    "waiting_look_seconds": 0.05,
    "waiting_pass_seconds": PASS_SECONDS,
    "waiting_pace_start": 0.0001,
    "waiting_pace_max": 0.0001,
    "waiting_regather_seconds": 10_000,
    "orders_per_minute": 10_000,
}


@dataclass
class Sale:
    """A live event with a waiting room."""

    fair: Fair
    redis: RedisClient
    queue: Queue
    event_id: str = ""
    offer_id: str = ""

    async def set_up(self) -> None:
        self.event_id = await self.fair.live_event()
        answer = await self.switch(is_on=True)
        assert answer.status == 200, answer.raw
        assert answer.body["waiting_room"] is True

    async def open(self) -> None:
        """Put something on sale, and wait for the draw that this brings."""
        self.offer_id = await self.fair.open_offer(self.event_id, allotment=100)
        probe = (await self.fair.tokens(60))[-1]

        async def is_open() -> bool:
            reading = await self.queue.read(self.event_id)
            if reading is None or not reading.state.is_open:
                return False
            asked = await self.fair.caller.get(f"/api/events/{self.event_id}", token=probe)
            return asked.status == 200

        await eventually(is_open)

    async def switch(self, *, is_on: bool) -> Answer:
        host = await self.fair.token(Role.HOST)
        path = f"/api/events/{self.event_id}"
        return await self.fair.caller.call("PATCH", path, {"waiting_room": is_on}, token=host)

    async def stand(self, token: str) -> dict[str, Any]:
        answer = await self.fair.caller.post(f"/api/events/{self.event_id}/queue", token=token)
        assert answer.status == 200, answer.raw
        place: dict[str, Any] = answer.body
        return place

    async def until_standing(self, token: str, standing: str) -> dict[str, Any]:
        """What a look brings a moment later."""
        found: dict[str, Any] = {}

        async def is_there() -> bool:
            found.update(await self.stand(token))
            return bool(found["standing"] == standing)

        await eventually(is_there)
        return found

    async def order(self, token: str, key: str = "key-1") -> Answer:
        return await self.fair.order(self.offer_id, token, key)

    async def end_passes(self) -> None:
        await pass_time(self.redis, self.event_id, PASS_SECONDS + 2)


@pytest_asyncio.fixture
async def gathering(database_url: str, redis: RedisClient) -> AsyncIterator[Sale]:
    """Before its opening."""
    async with fair(database_url, redis, **RULES) as whole:
        sale = Sale(whole, redis, Queue(redis, Settings(**RULES)))
        await sale.set_up()
        yield sale


@pytest_asyncio.fixture
async def sale(gathering: Sale) -> Sale:
    """Open, with nobody in the draw."""
    await gathering.open()
    return gathering


async def test_with_few_people_nobody_notices_it(sale: Sale) -> None:
    (token,) = await sale.fair.tokens(1)
    assert (await sale.order(token)).status == 201
    assert (await sale.order(token, "key-2")).status == 201


async def test_an_order_before_its_turn_hears_its_position(sale: Sale) -> None:
    first, second, third = await sale.fair.tokens(3)
    assert (await sale.order(first)).status == 201
    refused = await sale.order(second)
    assert (refused.status, refused.code) == (429, "waiting")
    assert refused.body["position"] == 1
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await sale.order(third)).body["position"] == 2


async def test_reloading_and_asking_again_change_nothing(sale: Sale) -> None:
    first, second, third = await sale.fair.tokens(3)
    await sale.stand(first)
    mine = await sale.stand(second)
    assert (mine["standing"], mine["number"], mine["position"]) == ("waiting", 2, 1)
    assert (await sale.stand(third))["number"] == 3
    for attempt in range(20):
        assert await sale.stand(second) == mine
        assert (await sale.order(second, f"key-{attempt}")).body["position"] == 1


async def test_another_sign_in_of_the_same_person_is_the_same_place(sale: Sale) -> None:
    tokens = await sale.fair.tokens(3)
    for token in tokens:
        await sale.stand(token)
    elsewhere = await sign_in_simulated(
        sale.fair.platform.database, tokens_of(KEYS), SystemClock(), Role.VIEWER, 3, days=2
    )
    assert elsewhere[2] != tokens[2]
    assert (await sale.stand(elsewhere[2]))["number"] == 3


async def test_a_repeat_of_an_accepted_key_is_answered_whoever_may_order(sale: Sale) -> None:
    first, second = await sale.fair.tokens(2)
    placed = await sale.order(first)
    assert placed.status == 201
    await sale.stand(second)
    await sale.end_passes()
    await sale.until_standing(first, "waiting")
    again = await sale.order(first)
    assert (again.status, again.body["id"]) == (200, placed.body["id"])
    assert (await sale.order(first, "key-2")).code == "waiting"
    assert (await sale.order(second)).code == "waiting"


async def test_a_new_place_after_the_turn_is_the_last(sale: Sale) -> None:
    first, second, third = await sale.fair.tokens(3)
    for token in (first, second, third):
        await sale.stand(token)
    await sale.end_passes()
    assert (await sale.until_standing(first, "waiting"))["number"] == 4
    assert (await sale.stand(third))["number"] == 3


@pytest.mark.parametrize("role", [Role.HOST, Role.OPERATOR])
async def test_nobody_has_a_way_round(sale: Sale, role: Role) -> None:
    await sale.stand((await sale.fair.tokens(1))[0])
    refused = await sale.order(await sale.fair.token(role))
    assert (refused.status, refused.body["position"]) == (429, 1)


async def test_before_the_opening_people_are_gathered_and_then_drawn(gathering: Sale) -> None:
    tokens = await gathering.fair.tokens(8)
    for token in tokens:
        assert (await gathering.stand(token))["standing"] == "gathering"
    await gathering.open()
    refused = [await gathering.order(token) for token in tokens]
    assert {answer.status for answer in refused} <= {201, 429}
    people = [await gathering.fair.caller.get("/api/me", token=token) for token in tokens]
    reading = await gathering.queue.read(gathering.event_id)
    assert reading is not None
    order = drawn(reading.state.draw, [person.body["id"] for person in people])
    for token, person in zip(tokens, people, strict=True):
        await eventually(partial(_has_number, gathering, token))
        place = await gathering.stand(token)
        assert place["number"] == order.index(person.body["id"]) + 1


async def _has_number(sale: Sale, token: str) -> bool:
    return (await sale.stand(token))["number"] is not None


async def test_an_order_before_the_opening_is_in_the_draw(gathering: Sale) -> None:
    host = await gathering.fair.token(Role.HOST)
    gathering.offer_id = await gathering.fair.open_offer(
        gathering.event_id, opens_at="2099-01-01T00:00:00Z"
    )
    (token,) = await gathering.fair.tokens(1)
    refused = await gathering.order(token)
    assert (refused.status, refused.code) == (429, "waiting")
    assert "position" not in refused.body
    assert (await gathering.stand(token))["standing"] == "gathering"
    assert (await gathering.order(host)).code == "waiting"


async def test_off_it_lets_everybody_order_and_knows_no_places(sale: Sale) -> None:
    tokens = await sale.fair.tokens(4)
    assert (await sale.switch(is_on=False)).body["waiting_room"] is False
    for token in tokens:
        assert (await sale.order(token)).status == 201
    answer = await sale.fair.caller.post(f"/api/events/{sale.event_id}/queue", token=tokens[0])
    assert answer.code == "no_waiting_room"


async def test_two_workers_have_one_queue(
    sale: Sale, database_url: str, redis: RedisClient
) -> None:
    first, second, third = await sale.fair.tokens(3)
    async with fair(database_url, redis, **RULES) as other:
        there = Sale(other, redis, sale.queue, sale.event_id, sale.offer_id)
        assert (await sale.stand(first))["number"] == 1
        assert (await there.stand(second))["number"] == 2
        assert (await sale.stand(second))["number"] == 2
        assert (await there.order(first)).status == 201  # let in on the other worker
        assert (await there.order(third)).body["position"] == 2
        assert (await sale.order(third)).body["position"] == 2


async def test_after_redis_was_lost_places_are_taken_again(sale: Sale) -> None:
    first, second = await sale.fair.tokens(2)
    assert (await sale.order(first)).status == 201
    await sale.stand(second)
    await sale.redis.flushall()
    for token in (first, second):
        await sale.until_standing(token, "gathering")
    assert (await sale.order(first)).status == 200
    assert (await sale.order(first, "key-2")).code == "waiting"


async def test_a_room_shows_the_queue_and_answers_for_ones_own_place(sale: Sale) -> None:
    first, second = await sale.fair.tokens(2)
    address = sale.fair.caller.origin.replace("http", "ws")
    async with connect(
        f"{address}/api/events/{sale.event_id}/room",
        additional_headers={"Authorization": f"Bearer {second}"},
        proxy=None,
    ) as socket:
        viewer = Viewer(socket)
        snapshot = await viewer.until_type("snapshot")
        (queue,) = snapshot["queue"]
        assert queue["status"] == "open"
        assert (await viewer.ask(type="queue", take=False))["queue"]["standing"] == "none"
        await sale.stand(first)
        answer = await viewer.ask(type="queue")
        assert (answer["queue"]["number"], answer["queue"]["position"]) == (2, 1)
        assert answer["queue"]["epoch"] == queue["epoch"]
        tick = await viewer.until(lambda said: _waiting(said) == 1)
        assert tick["queue"][0]["admitted"] == 1
        refused = await viewer.ask(
            type="order", offer_id=sale.offer_id, units=1, price_fen=1990, key="k-1",
            ship_to={
                "name": "王小明", "phone": "13812345678", "province_code": "440000",
                "address": "广州市天河区体育西路 1 号",
            },
        )  # fmt: skip
        assert (refused["code"], refused["position"]) == ("waiting", 1)
        assert json.dumps(refused)


def _waiting(said: dict[str, Any]) -> int | None:
    return said["queue"][0]["waiting"] if said.get("queue") else None
