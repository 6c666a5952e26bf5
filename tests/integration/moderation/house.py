"""An event whose chat is moderated, served by two processes' worth of the platform."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect

from live.storage.redis import RedisClient
from live.values import Role
from tests.integration.realtime.rooms import Viewer
from tests.support.fair import Fair, fair
from tests.support.serving import Answer

SETTINGS: dict[str, Any] = {
    "tick_hz": 20,
    "chat_interval_ms": 0,
    "save_seconds": 0.1,
    "definition_seconds": 0.5,
    "frames_per_second_max": 1_000,
    "chat_per_second_room": 1_000,
    "behind_snapshot_seconds": 0.05,
}


@dataclass
class House:
    """Two servers of one event, and who comes there: ``ann`` and ``bob`` speak, ``eve`` helps."""

    first: Fair
    second: Fair
    redis: RedisClient
    event_id: str
    host: str
    operator: str
    ann: str
    bob: str
    eve: str
    ids: dict[str, str] = field(default_factory=dict)  # token → account

    async def chat(
        self, path: str, token: str, body: Any = None, *, method: str = "", at: Fair | None = None
    ) -> Answer:
        """A call about the event's chat, of the second server unless one is named."""
        address = f"/api/events/{self.event_id}/chat{path}"
        method = method or ("GET" if body is None else "POST")
        return await (at or self.second).caller.call(method, address, body, token=token)

    async def slow_down(self, token: str, seconds: int | None) -> Answer:
        return await self.chat("", token, {"interval_seconds": seconds}, method="PATCH")

    async def delete(self, token: str, message_id: str, reason: str = "") -> Answer:
        return await self.chat(f"/messages/{message_id}/delete", token, {"reason": reason})

    async def mute(self, token: str, **asked: Any) -> Answer:
        return await self.chat("/silences", token, {"kind": "mute", **asked})

    async def ban(self, token: str, **asked: Any) -> Answer:
        return await self.chat("/silences", token, {"kind": "ban", **asked})

    async def lift(self, token: str, account_id: str) -> Answer:
        return await self.chat(f"/silences/{account_id}", token, method="DELETE")

    async def name(self, token: str, **whom: str) -> Answer:
        return await self.chat("/assistants", token, whom)

    async def unname(self, token: str, account_id: str) -> Answer:
        return await self.chat(f"/assistants/{account_id}", token, method="DELETE")

    async def newcomer(self, phone: str) -> str:
        """The token of somebody who has signed in with this phone."""
        caller = self.first.caller
        await caller.post("/api/auth/codes", {"phone": phone})
        code = self.first.sms.codes[f"+86{phone}"]
        answer = await caller.post("/api/auth/sessions", {"phone": phone, "code": code})
        token = str(answer.body["token"])
        self.ids[token] = answer.body["account"]["id"]
        return token

    @asynccontextmanager
    async def room(
        self, token: str | None, *, at: Fair | None = None, since: str = ""
    ) -> AsyncIterator["Seat"]:
        """In the room, at the first server unless one is named."""
        origin = (at or self.first).caller.origin.replace("http", "ws", 1)
        address = f"{origin}/api/events/{self.event_id}/room?since={since}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with connect(
            address, additional_headers=headers, compression=None, proxy=None
        ) as socket:
            seat = Seat(socket)
            seat.snapshot = await seat.until_type("snapshot")
            yield seat

    async def said(self, seat: "Seat", text: str) -> str:
        """Say it, and return its id as everybody sees it."""
        assert (await seat.say_aloud(text))["type"] == "ack"
        return await seat.id_of(text)


class Seat(Viewer):
    """A viewer that keeps what its screen shows, as ``docs/protocol.md`` has it."""

    def __init__(self, socket: Any) -> None:
        super().__init__(socket)
        self.snapshot: dict[str, Any] = {}  # the first
        self.feed: dict[str, dict[str, Any]] = {}
        self.dropped: set[str] = set()
        self.chat: dict[str, Any] = {}

    async def hear(self) -> dict[str, Any]:
        message = await super().hear()
        for entry in message.get("feed", ()):
            self.feed[entry["id"]] = entry
        for id_ in message.get("retracted", ()):
            self.feed.pop(id_, None)
            self.dropped.add(id_)
        if message.get("chat"):
            self.chat |= message["chat"][0]
        return message

    @property
    def texts(self) -> list[str]:
        return [entry["text"] for entry in self.feed.values() if entry["kind"] == "chat"]

    async def say_aloud(self, text: str) -> dict[str, Any]:
        return await self.ask(type="chat", text=text)

    async def shows(self, text: str, *, is_shown: bool = True) -> None:
        """Wait until the screen does, or does no more."""
        while (text in self.texts) is not is_shown:
            await self.hear()

    async def id_of(self, text: str) -> str:
        await self.shows(text)
        return next(id_ for id_, entry in self.feed.items() if entry.get("text") == text)


@asynccontextmanager
async def house(database_url: str, redis: RedisClient, **settings: Any) -> AsyncIterator[House]:
    chosen = SETTINGS | settings
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(fair(database_url, redis, **chosen))
        second = await stack.enter_async_context(fair(database_url, redis, **chosen))
        ann, bob, eve = await first.tokens(3)
        host, operator = await first.token(Role.HOST), await first.token(Role.OPERATOR)
        event_id = await first.live_event()
        ids = {
            token: (await first.caller.get("/api/me", token=token)).body["id"]
            for token in (host, operator, ann, bob, eve)
        }
        yield House(first, second, redis, event_id, host, operator, ann, bob, eve, ids)
