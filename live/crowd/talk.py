"""Chat and likes at the rate of people, whatever the speed of the sale."""

import asyncio
import random

import msgspec

from live.crowd.crew import Crew
from live.crowd.people import CHAT_LINES

CHAT_EVERY_SECONDS = 90.0  # seconds between one viewer's chat messages, on average
LIKE_EVERY_SECONDS = 20.0  # seconds between one viewer's bursts of likes, on average
CHAT_PER_SECOND_MAX = 12.0  # chat messages a second of the whole crew; more nobody can read
LIKE_PER_SECOND_MAX = 40.0  # bursts of likes a second of the whole crew
LIKES_IN_BURST_MAX = 12

_encode = msgspec.json.Encoder().encode


async def keep_talking(crew: Crew, generator: random.Random) -> None:
    """Some viewer says or likes something every now and then, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_chat(crew, generator), name="chat")
        tasks.create_task(_like(crew, generator), name="likes")


async def _chat(crew: Crew, generator: random.Random) -> None:
    while True:
        per_second = min(crew.stats.connected / CHAT_EVERY_SECONDS, CHAT_PER_SECOND_MAX)
        await _pause(per_second, generator)
        if viewer := crew.open_viewer(generator):
            viewer.say(_encode({"type": "chat", "text": generator.choice(CHAT_LINES)}))


async def _like(crew: Crew, generator: random.Random) -> None:
    while True:
        per_second = min(crew.stats.connected / LIKE_EVERY_SECONDS, LIKE_PER_SECOND_MAX)
        await _pause(per_second, generator)
        if viewer := crew.open_viewer(generator):
            count = generator.randint(1, LIKES_IN_BURST_MAX)
            viewer.say(_encode({"type": "like", "count": count}))


async def _pause(per_second: float, generator: random.Random) -> None:
    """The time to the next of events that come at this rate, independent of each other."""
    await asyncio.sleep(min(1.0, generator.expovariate(per_second)) if per_second else 1.0)
