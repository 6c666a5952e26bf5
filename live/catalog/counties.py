"""The counties known from the start: those whose harvests are sold live, by GB/T 2260 code.

``counties.json`` is a selection, not the whole register of some 2,800; a county that is missing
is one line there.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from live.catalog.schemas import County
from live.catalog.tables import CountyRow
from live.provinces import PROVINCES

_COUNTIES: Any = CountyRow.__table__  # type: ignore[attr-defined]
_CODE_OF_PROVINCE = 2  # digits of a county's code that name its province


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    name_en: str


@cache
def bundled_counties() -> tuple[County, ...]:
    """The counties of the file, by code."""
    text = files("live.catalog").joinpath("counties.json").read_bytes()
    return tuple(
        County(listed.code, listed.name, listed.name_en, province, PROVINCES[province])
        for listed in msgspec.json.decode(text, type=list[_Listed])
        for province in (province_of(listed.code),)
    )


def province_of(county_code: str) -> str:
    """The code of the province that a county is in."""
    return county_code[:_CODE_OF_PROVINCE].ljust(len(county_code), "0")


async def seed_counties(session: AsyncSession) -> None:
    """Bring the table up to the file, within the caller's transaction; safe to repeat."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = insert(_COUNTIES)
    names = ("name", "name_en", "province_code", "province_name")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"], set_={name: statement.excluded[name] for name in names}
        ),
        [msgspec.to_builtins(county) for county in bundled_counties()],
    )
