"""Following hosts: the use cases, one transaction each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.rows import ACCOUNTS
from live.clock import Clock
from live.errors import Conflict, NotFound
from live.events.rows import EVENTS
from live.following.schemas import FollowedHost, Host, HostEvent
from live.following.tables import FollowRow
from live.storage.database import Database
from live.values import MS_PER_SECOND, AccountId, EventId, EventStatus, Role, rfc3339
from live.web.pages import PageRequest, page_of
from live.web.routes import Identity, Page

# A room's viewers all ask how many follow its host, and counting a million rows takes SQL a while.
COUNT_FRESH_MS = 5 * MS_PER_SECOND
COUNTS_MAX = 10_000  # hosts whose count is kept

_FOLLOWS: Any = FollowRow.__table__  # type: ignore[attr-defined]
_HOSTING = (Role.HOST.value, Role.OPERATOR.value)


class Hosts:
    """What anyone sees of hosts, and who follows them.

    Args:
        follows_max: hosts that one account may follow.
    """

    def __init__(self, database: Database, clock: Clock, *, follows_max: int) -> None:
        self._database = database
        self._clock = clock
        self._follows_max = follows_max
        self._counts: dict[str, tuple[int, int]] = {}  # host → followers, until ms

    async def read(self, host_id: str, caller: Identity | None) -> Host:
        """Raises: NotFound."""
        async with self._database.reading() as session:
            return await self._host(session, host_id, caller)

    async def follow(self, who: Identity, host_id: str) -> Host:
        """Follow a host; a repeat changes nothing.

        Raises: NotFound; Conflict ``own_account``, ``too_many_follows``.
        """
        if who.id == host_id:
            raise Conflict("own_account", "Nobody follows themselves.")
        async with self._database.transaction() as session:
            host = await self._host(session, host_id, who)
            if not host.is_followed:
                await self._insert(session, who.id, host_id)
        return await self._changed(who, host_id)

    async def unfollow(self, who: Identity, host_id: str) -> Host:
        """Follow them no longer; a repeat changes nothing. Raises: NotFound."""
        async with self._database.transaction() as session:
            await self._host(session, host_id, who)
            mine = (_FOLLOWS.c.account_id == who.id, _FOLLOWS.c.host_id == host_id)
            await session.execute(delete(_FOLLOWS).where(*mine))
        return await self._changed(who, host_id)

    async def followed(self, page: PageRequest, who: Identity) -> Page[FollowedHost]:
        """Whom the caller follows, the latest first."""
        query = (
            select(_FOLLOWS.c.host_id, _FOLLOWS.c.since_ms, ACCOUNTS.c.name)
            .join(ACCOUNTS, ACCOUNTS.c.id == _FOLLOWS.c.host_id)
            .where(_FOLLOWS.c.account_id == who.id)
            .order_by(_FOLLOWS.c.since_ms.desc(), _FOLLOWS.c.host_id.desc())
        )
        if page.after is not None:
            query = query.where(tuple_(_FOLLOWS.c.since_ms, _FOLLOWS.c.host_id) < page.after)
        async with self._database.reading() as session:
            rows = list(await session.execute(query.limit(page.limit + 1)))
            ids = [row.host_id for row in rows]
            counts = await self._followers(session, ids)
            events = await _events_of(session, ids)
        return page_of(
            rows,
            page.limit,
            lambda row: FollowedHost(
                id=AccountId(row.host_id),
                name=row.name,
                followers=counts[row.host_id],
                is_followed=True,
                followed_at=rfc3339(row.since_ms),
                event=events.get(row.host_id),
            ),
            lambda row: (row.since_ms, row.host_id),
        )

    async def _host(self, session: AsyncSession, host_id: str, caller: Identity | None) -> Host:
        query = select(ACCOUNTS.c.name).where(
            ACCOUNTS.c.id == host_id,
            ACCOUNTS.c.role.in_(_HOSTING),
            ACCOUNTS.c.banned_ms.is_(None),
        )
        name = await session.scalar(query)
        if name is None:
            raise NotFound(detail="There is no such host.")
        is_followed = False
        if caller is not None:
            mine = (_FOLLOWS.c.account_id == caller.id, _FOLLOWS.c.host_id == host_id)
            is_followed = await session.scalar(select(_FOLLOWS.c.since_ms).where(*mine)) is not None
        followers = (await self._followers(session, [host_id]))[host_id]
        return Host(id=AccountId(host_id), name=name, followers=followers, is_followed=is_followed)

    async def _insert(self, session: AsyncSession, account_id: str, host_id: str) -> None:
        mine = select(func.count()).where(_FOLLOWS.c.account_id == account_id)
        if (await session.scalar(mine) or 0) >= self._follows_max:
            raise Conflict("too_many_follows", f"Nobody follows more than {self._follows_max}.")
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
        row = {"account_id": account_id, "host_id": host_id, "since_ms": self._clock.now_ms()}
        await session.execute(insert(_FOLLOWS).values(row).on_conflict_do_nothing())

    async def _changed(self, who: Identity, host_id: str) -> Host:
        self._counts.pop(host_id, None)
        return await self.read(host_id, who)

    async def _followers(self, session: AsyncSession, host_ids: Sequence[str]) -> Mapping[str, int]:
        """Each host's, a few seconds old at most."""
        now_ms = self._clock.now_ms()
        stale = [host for host in host_ids if self._counts.get(host, (0, 0))[1] <= now_ms]
        if stale:
            query = (
                select(_FOLLOWS.c.host_id, func.count())
                .where(_FOLLOWS.c.host_id.in_(sorted(stale)))
                .group_by(_FOLLOWS.c.host_id)
            )
            found = {row[0]: row[1] for row in await session.execute(query)}
            if len(self._counts) + len(stale) > COUNTS_MAX:
                self._counts.clear()
            fresh = {host: (found.get(host, 0), now_ms + COUNT_FRESH_MS) for host in stale}
            self._counts.update(fresh)
        return {host: self._counts[host][0] for host in host_ids}


async def _events_of(session: AsyncSession, host_ids: Iterable[str]) -> dict[str, HostEvent]:
    """Host → their live event, or else the next one."""
    query = (
        select(EVENTS.c.host_id, EVENTS.c.id, EVENTS.c.title, EVENTS.c.status, EVENTS.c.starts_ms)
        .where(EVENTS.c.host_id.in_(sorted(host_ids)))
        .where(EVENTS.c.status.in_([EventStatus.LIVE.value, EventStatus.SCHEDULED.value]))
        .order_by(EVENTS.c.status, EVENTS.c.starts_ms)  # "live" comes before "scheduled"
    )
    events: dict[str, HostEvent] = {}
    for host_id, event_id, title, status, starts_ms in await session.execute(query):
        event = HostEvent(EventId(event_id), title, EventStatus(status), rfc3339(starts_ms))
        events.setdefault(host_id, event)
    return events
