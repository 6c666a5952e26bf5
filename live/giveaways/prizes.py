"""What was won: for the winner, who says where to, and for those who send it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.masks import mask_address, mask_name, mask_phone
from live.accounts.rows import ACCOUNTS
from live.accounts.schemas import Shipment, ShipTo
from live.clock import Clock
from live.errors import Conflict, NotFound
from live.events.access import require_host
from live.events.rows import EVENTS, read_event
from live.giveaways.rows import GIVEAWAYS, WINNERS, find_giveaway
from live.giveaways.schemas import WinnersToServe, WinnerToServe, WonPrize
from live.storage.database import Database, within
from live.values import EventId, GiveawayId, rfc3339
from live.web.pages import CursorKey, PageRequest, page_of
from live.web.routes import Identity, Page

# (account id, address id) → where to.
FindAddress = Callable[[str, str], Awaitable[ShipTo]]

_WON_COLUMNS: list[Any] = [
    *WINNERS.c,
    *[GIVEAWAYS.c[name] for name in ("event_id", "title", "prize", "drawn_ms")],
    EVENTS.c.title.label("event_title"),
]
_WON = (
    select(*_WON_COLUMNS)
    .join_from(WINNERS, GIVEAWAYS, GIVEAWAYS.c.id == WINNERS.c.giveaway_id)
    .join(EVENTS, EVENTS.c.id == GIVEAWAYS.c.event_id)
)
_TO_SERVE = select(WINNERS, ACCOUNTS.c.name, ACCOUNTS.c.phone).join_from(
    WINNERS, ACCOUNTS, ACCOUNTS.c.id == WINNERS.c.account_id
)


class Prizes:
    """
    Args:
        find_address: one of a person's own addresses.
    """

    def __init__(self, database: Database, clock: Clock, find_address: FindAddress) -> None:
        self._database = database
        self._clock = clock
        self._find_address = find_address

    async def own(self, page: PageRequest, account_id: str) -> Page[WonPrize]:
        """What this person has won, the latest first."""
        rows = await self._database.read(partial(_won, page, account_id))
        return page_of(rows, page.limit, _prize, _key)

    async def address(self, account_id: str, giveaway_id: str, address_id: str) -> WonPrize:
        """Say where one's own prize goes; the last word counts, until it is on its way.

        Raises: NotFound for who has not won it, or has no such address; Conflict
            ``prize_shipped``.
        """
        ship_to = await self._find_address(account_id, address_id)
        work = partial(_set_address, account_id, giveaway_id, ship_to, self._clock.now_ms())
        return _prize(await self._database.write(work))

    async def winners(self, by: Identity, giveaway_id: str) -> WinnersToServe:
        """Who gets a prize and where it goes: all of it for operators, masked for its host.

        Raises: NotFound; Forbidden.
        """
        async with self._database.reading() as session:
            await _require_host(session, by, giveaway_id)
            query = _TO_SERVE.where(WINNERS.c.giveaway_id == giveaway_id).order_by(WINNERS.c.place)
            rows = (await session.execute(query)).all()
        return WinnersToServe([_to_serve(row, masked=not by.is_operator) for row in rows])

    async def ship(
        self, by: Identity, giveaway_id: str, place: int, shipment: Shipment
    ) -> WinnerToServe:
        """A carrier has the prize. Said again, the last parcel counts.

        Raises: NotFound; Forbidden; Conflict ``prize_not_addressed``.
        """
        is_this = (WINNERS.c.giveaway_id == giveaway_id, WINNERS.c.place == place)
        async with self._database.transaction() as session:
            await _require_host(session, by, giveaway_id)
            shipped = await session.execute(
                update(WINNERS)
                .where(*is_this, WINNERS.c.addressed_ms.is_not(None))
                .values(
                    carrier=shipment.carrier,
                    tracking_number=shipment.tracking_number,
                    shipped_ms=self._clock.now_ms(),
                )
            )
            row = (await session.execute(_TO_SERVE.where(*is_this))).one_or_none()
            if row is None:
                raise NotFound(detail="Nobody has won that place.")
            if shipped.rowcount == 0:  # type: ignore[attr-defined]
                raise Conflict("prize_not_addressed", "The winner has not said where to yet.")
        return _to_serve(row, masked=not by.is_operator)


async def _require_host(session: AsyncSession, by: Identity, giveaway_id: str) -> None:
    """Raises: NotFound; Forbidden."""
    giveaway = await within(session, find_giveaway, giveaway_id)
    require_host(await read_event(session, giveaway.event_id), by)


def _won(page: PageRequest, account_id: str, connection: Connection) -> Sequence[Row[Any]]:
    query = _WON.where(WINNERS.c.account_id == account_id)
    if page.after is not None:
        query = query.where(tuple_(GIVEAWAYS.c.drawn_ms, GIVEAWAYS.c.id) < page.after)
    query = query.order_by(GIVEAWAYS.c.drawn_ms.desc(), GIVEAWAYS.c.id.desc())
    return connection.execute(query.limit(page.limit + 1)).all()


def _set_address(
    account_id: str, giveaway_id: str, to: ShipTo, now_ms: int, connection: Connection
) -> Row[Any]:
    is_own = (WINNERS.c.giveaway_id == giveaway_id, WINNERS.c.account_id == account_id)
    statement = (
        update(WINNERS)
        .where(*is_own, WINNERS.c.shipped_ms.is_(None))
        .values(
            ship_name=to.name,
            ship_phone=to.phone,
            ship_province_code=to.province_code,
            ship_address=to.address,
            addressed_ms=now_ms,
        )
    )
    is_changed = connection.execute(statement).rowcount == 1
    row = connection.execute(_WON.where(*is_own)).one_or_none()
    if row is None:
        raise NotFound(detail="You have not won it.")
    if not is_changed:
        raise Conflict("prize_shipped", "It is on its way already.")
    return row


def _prize(row: Row[Any]) -> WonPrize:
    return WonPrize(
        giveaway_id=GiveawayId(row.giveaway_id),
        event_id=EventId(row.event_id),
        event_title=row.event_title,
        title=row.title,
        prize=row.prize,
        place=row.place,
        drawn_at=rfc3339(row.drawn_ms),
        ship_to=_ship_to(row, masked=False),
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        shipped_at=_shipped_at(row),
    )


def _to_serve(row: Row[Any], *, masked: bool) -> WinnerToServe:
    name, phone = (mask_name(row.name), mask_phone(row.phone)) if masked else (row.name, row.phone)
    return WinnerToServe(
        row.place, row.entry_id, name, phone, _ship_to(row, masked=masked),
        row.carrier, row.tracking_number, _shipped_at(row),
    )  # fmt: skip


def _shipped_at(row: Row[Any]) -> str | None:
    return None if row.shipped_ms is None else rfc3339(row.shipped_ms)


def _ship_to(row: Row[Any], *, masked: bool) -> ShipTo | None:
    if row.addressed_ms is None:
        return None
    name, phone, where = row.ship_name, row.ship_phone, row.ship_address
    if masked:
        name, phone, where = mask_name(name), mask_phone(phone), mask_address(where)
    return ShipTo(name, phone, row.ship_province_code, where)


def _key(row: Row[Any]) -> CursorKey:
    return row.drawn_ms, row.giveaway_id
