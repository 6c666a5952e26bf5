"""Before the draw nobody is told a seed: in no answer, no frame, no fact and no line of the log."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.fair import Fair, fair
from tests.support.serving import until

TERMS = {"title": "福袋", "prize": "菠萝一箱", "winners_count": 1, "seconds": 600}
SETTINGS: dict[str, Any] = {
    "giveaway_look_seconds": 0.05,
    # Longer than the test: it is looked at while it is frozen too.
    "giveaway_draw_seconds": 1_000.0,
    "definition_seconds": 0.2,
}


async def test_a_seed_is_nowhere_to_be_read_before_the_draw(
    database_url: str, redis: RedisClient, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fair(database_url, redis, **SETTINGS) as ground:
        event_id = await ground.live_event()
        frames: list[str | bytes] = []
        watching = asyncio.create_task(_watch(ground, event_id, frames))
        host = await ground.token(Role.HOST)
        opened = await ground.caller.post(f"/api/events/{event_id}/giveaways", TERMS, token=host)
        assert opened.status == 201
        path = f"/api/giveaways/{opened.body['id']}"
        said = [opened.raw, *await _everything(ground, event_id, path)]
        await ground.caller.post(f"/api/events/{event_id}/end", token=host)

        async def is_frozen() -> bool:
            answer = await ground.caller.get(path)
            said.append(answer.raw)
            return bool(answer.body["status"] == "frozen")

        await until(is_frozen)
        await until(_true_when(lambda: any("frozen" in str(frame) for frame in frames)))
        said += await _everything(ground, event_id, path)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        async with ground.platform.database.reading() as session:
            (seed,) = await session.scalars(text("SELECT seed FROM giveaways"))
            facts = list(await session.scalars(text("SELECT body FROM facts")))
        assert len(seed) == 64
        keys: Any = await redis.keys("*")
        kept = [await redis.dump(key) for key in keys]
    output = capsys.readouterr()
    everything = [*said, *frames, *facts, *kept, output.out, output.err]
    assert len(said) > 20
    for words in everything:
        assert seed not in (words.decode("latin-1") if isinstance(words, bytes) else str(words))
    assert opened.body["commitment"] in str(frames), "the control: what is told is found"


async def _everything(ground: Fair, event_id: str, path: str) -> list[bytes]:
    """What everybody hears who asks for anything about it."""
    said: list[bytes] = []
    for role in (None, *Role):
        token = None if role is None else await ground.token(role)
        for method, where in (
            ("POST", f"{path}/entries"),
            ("GET", path),
            ("GET", f"{path}/entries"),
            ("GET", f"{path}/entry"),
            ("GET", f"{path}/winners"),
            ("GET", f"/api/events/{event_id}/giveaways"),
            ("GET", "/api/giveaways/won"),
            ("POST", f"/api/events/{event_id}/giveaways"),
        ):
            body = TERMS if where.endswith("giveaways") and method == "POST" else None
            said.append((await ground.caller.call(method, where, body, token=token)).raw)
    return said


async def _watch(ground: Fair, event_id: str, frames: list[str | bytes]) -> None:
    headers = {"Authorization": f"Bearer {await ground.token(Role.OPERATOR)}"}
    address = f"{ground.caller.origin.replace('http', 'ws')}/api/events/{event_id}/room"
    async with connect(address, additional_headers=headers, proxy=None) as socket:
        while True:
            frames.append(await socket.recv())


def _true_when(is_so: Any) -> Any:
    async def ask() -> bool:
        return bool(is_so())

    return ask
