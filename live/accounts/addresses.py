"""Where a person has goods sent. Everything here is asked by its owner, and shows nobody else's."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.people import get_account
from live.accounts.phones import normalise_phone
from live.accounts.schemas import Address, AddressUpdate, ShipTo
from live.accounts.tables import AddressRow
from live.clock import Clock
from live.errors import Conflict, Invalid, NotFound
from live.provinces import is_province
from live.storage.database import Database
from live.values import new_id

ADDRESSES_MAX = 20  # kept by one person

_ADDRESSES: Any = AddressRow.__table__  # type: ignore[attr-defined]


class Addresses:
    """One person's address book. As long as it is not empty, exactly one is the default."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all_of(self, account_id: str) -> list[Address]:
        """The default first, then the newest."""
        query = (
            select(AddressRow)
            .where(_ADDRESSES.c.account_id == account_id)
            .order_by(_ADDRESSES.c.is_default.desc(), _ADDRESSES.c.created_ms.desc())
        )
        async with self._database.reading() as session:
            return [_shown(row) for row in await session.scalars(query)]

    async def add(self, account_id: str, asked: AddressUpdate) -> Address:
        """Raises: Invalid; Conflict with ``too_many_addresses``."""
        values = _checked(asked)
        async with self._database.transaction() as session:
            await get_account(session, account_id)  # the lock: of two, one becomes the default
            count = await session.scalar(
                select(func.count())
                .select_from(_ADDRESSES)
                .where(_ADDRESSES.c.account_id == account_id)
            )
            if (count or 0) >= ADDRESSES_MAX:
                raise Conflict("too_many_addresses", f"At most {ADDRESSES_MAX} are kept.")
            row = AddressRow(
                id=new_id("adr"),
                account_id=account_id,
                created_ms=self._clock.now_ms(),
                is_default=asked.is_default or not count,
                **values,
            )
            if row.is_default:
                await _clear_default(session, account_id)
            session.add(row)
        return _shown(row)

    async def replace(self, account_id: str, address_id: str, asked: AddressUpdate) -> Address:
        """Raises: Invalid; NotFound, also for somebody else's."""
        values = _checked(asked)
        async with self._database.transaction() as session:
            await get_account(session, account_id)
            row = await _own(session, account_id, address_id)
            for name, value in values.items():
                setattr(row, name, value)
            if asked.is_default and not row.is_default:
                await _clear_default(session, account_id)
                row.is_default = True
        return _shown(row)

    async def remove(self, account_id: str, address_id: str) -> None:
        """Raises: NotFound, also for somebody else's."""
        async with self._database.transaction() as session:
            await get_account(session, account_id)
            row = await _own(session, account_id, address_id)
            await session.delete(row)
            await session.flush()
            if row.is_default:
                newest = (
                    select(_ADDRESSES.c.id)
                    .where(_ADDRESSES.c.account_id == account_id)
                    .order_by(_ADDRESSES.c.created_ms.desc())
                    .limit(1)
                    .scalar_subquery()
                )
                await session.execute(
                    update(_ADDRESSES).where(_ADDRESSES.c.id == newest).values(is_default=True)
                )

    async def find(self, account_id: str, address_id: str) -> ShipTo:
        """Where to send an order. Raises: NotFound, also for somebody else's."""
        async with self._database.reading() as session:
            row = await _own(session, account_id, address_id)
        return ShipTo(row.name, row.phone, row.province_code, row.address)


async def _own(session: AsyncSession, account_id: str, address_id: str) -> AddressRow:
    row = await session.scalar(
        select(AddressRow).where(
            _ADDRESSES.c.id == address_id, _ADDRESSES.c.account_id == account_id
        )
    )
    if row is None:
        raise NotFound(detail="You have no such address.")
    return row


async def _clear_default(session: AsyncSession, account_id: str) -> None:
    await session.execute(
        update(_ADDRESSES)
        .where(_ADDRESSES.c.account_id == account_id, _ADDRESSES.c.is_default)
        .values(is_default=False)
    )


def _checked(asked: AddressUpdate) -> dict[str, str]:
    if not is_province(asked.province_code):
        raise Invalid(fields={"province_code": "no such province"})
    return {
        "name": asked.name,
        "phone": normalise_phone(asked.phone),
        "province_code": asked.province_code,
        "address": asked.address,
    }


def _shown(row: AddressRow) -> Address:
    return Address(row.id, row.name, row.phone, row.province_code, row.address, row.is_default)
