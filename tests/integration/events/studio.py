"""A server of events, beside the town whose people use it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from live.config import Settings
from live.events.feature import events_feature
from live.events.rows import read_event
from live.events.tables import EventRow
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.storage.tables import FactRow
from live.values import Role
from live.web.application import build_application
from live.web.routes import Route
from tests.support.serving import Answer, Caller, serving
from tests.support.signing_in import Town, town

XUWEN = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2020-02-19T10:00:00+08:00"}


@dataclass
class Neighbours:
    """What the rest of the platform hears of events.

    Args:
        changed: event ids in the order heard, with the revision that was committed by then.
        commits: how often the relay was woken.
    """

    database: Database
    changed: list[tuple[str, int]] = field(default_factory=list)
    commits: int = 0

    async def hear(self, event_id: str) -> None:
        async with self.database.reading() as session:
            self.changed.append((event_id, (await read_event(session, event_id)).revision))

    def wake(self) -> None:
        self.commits += 1


@dataclass
class Studio:
    """Where events are made."""

    caller: Caller
    town: Town
    neighbours: Neighbours
    routes: Sequence[Route]

    async def sign_in(self, role: Role) -> str:
        return await self.town.sign_in(role)

    async def create(self, token: str, **more: Any) -> dict[str, Any]:
        answer = await self.caller.post("/api/events", XUWEN | more, token=token)
        assert answer.status == 201, answer.raw
        event: dict[str, Any] = answer.body
        return event

    async def step(self, event_id: str, verb: str, token: str | None) -> Answer:
        return await self.caller.post(f"/api/events/{event_id}/{verb}", token=token)

    async def edit(self, event_id: str, token: str | None, **changes: Any) -> Answer:
        return await self.caller.call("PATCH", f"/api/events/{event_id}", changes, token=token)

    async def row(self, event_id: str) -> EventRow:
        async with self.town.database.reading() as session:
            return await read_event(session, event_id)

    async def facts(self) -> list[str]:
        async with self.town.database.reading() as session:
            query = select(FactRow.kind).order_by(FactRow.id)  # type: ignore[call-overload]
            return list(await session.scalars(query))


@asynccontextmanager
async def open_studio(database_url: str, redis: RedisClient) -> AsyncIterator[Studio]:
    """Serve events on a migrated database."""
    settings = Settings(codes_per_address_hour=10_000, sign_in_tries_per_address_minute=10_000)
    async with town(database_url, redis, settings) as people:
        neighbours = Neighbours(people.database)
        events = events_feature(
            people.database,
            people.clock,
            on_change=neighbours.hear,
            on_commit=neighbours.wake,
        )
        authenticator = people.accounts.authenticator
        application = build_application((events,), authenticator=authenticator, settings=settings)
        async with serving(application, (events,)) as caller:
            yield Studio(caller, people, neighbours, events.routes)
