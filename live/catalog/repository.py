"""The catalogue in SQL."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select, tuple_

from live.catalog.schemas import (
    County,
    Lot,
    LotCreate,
    Producer,
    ProducerCreate,
    Product,
    ProductCreate,
)
from live.catalog.tables import CountyRow, LotRow, ProducerRow, ProductRow
from live.clock import Clock
from live.errors import Invalid
from live.storage.database import Database
from live.values import new_id
from live.web.pages import PageRequest, page_of
from live.web.routes import Page

R = TypeVar("R", ProducerRow, ProductRow, LotRow)
T = TypeVar("T")


class Catalog:
    """What is grown where, and by whom."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def counties(self, province_code: str = "") -> list[County]:
        """All counties, or those of one province, by code."""
        columns: Any = CountyRow.__table__.c  # type: ignore[attr-defined]
        query = select(CountyRow).order_by(columns.code)
        if province_code:
            query = query.where(columns.province_code == province_code)
        async with self._database.reading() as session:
            return [county_of(row) for row in await session.scalars(query)]

    async def producers(self, page: PageRequest, county_code: str = "") -> Page[Producer]:
        """Newest first, of one county where one is named."""
        return await self._page(ProducerRow, page, _producer, county_code=county_code)

    async def products(self, page: PageRequest, county_code: str = "") -> Page[Product]:
        """Newest first, of one county where one is named."""
        return await self._page(ProductRow, page, _product, county_code=county_code)

    async def lots(self, page: PageRequest, product_id: str = "") -> Page[Lot]:
        """Newest first, of one product where one is named."""
        return await self._page(LotRow, page, _lot, product_id=product_id)

    async def add_producer(self, asked: ProducerCreate) -> Producer:
        """Raises: Invalid for an unknown county."""
        row = ProducerRow(
            id=new_id("prr"),
            county_code=asked.county_code,
            name=asked.name,
            kind=asked.kind,
            created_ms=self._clock.now_ms(),
        )
        await self._add(row, county_code=CountyRow)
        return _producer(row)

    async def add_product(self, asked: ProductCreate) -> Product:
        """Raises: Invalid for an unknown county."""
        row = ProductRow(
            id=new_id("prd"),
            county_code=asked.county_code,
            name=asked.name,
            name_en=asked.name_en,
            description=asked.description,
            created_ms=self._clock.now_ms(),
        )
        await self._add(row, county_code=CountyRow)
        return _product(row)

    async def add_lot(self, asked: LotCreate) -> Lot:
        """Raises: Invalid for an unknown producer or product."""
        row = LotRow(
            id=new_id("lot"),
            producer_id=asked.producer_id,
            product_id=asked.product_id,
            harvested_on=asked.harvested_on,
            grams=asked.grams,
            created_ms=self._clock.now_ms(),
        )
        await self._add(row, producer_id=ProducerRow, product_id=ProductRow)
        return _lot(row)

    async def _add(self, row: Any, **parents: Any) -> None:
        """Insert a row whose ``parents`` (field → table) must be there."""
        async with self._database.transaction() as session:
            missing = {
                name: "there is no such one"
                for name, parent in parents.items()
                if await session.get(parent, getattr(row, name)) is None
            }
            if missing:
                raise Invalid(fields=missing)
            session.add(row)

    async def _page(
        self, table: type[R], page: PageRequest, show: Callable[[R], T], **equal: str
    ) -> Page[T]:
        columns: Any = table.__table__.c  # type: ignore[attr-defined]
        query = select(table).order_by(columns.created_ms.desc(), columns.id.desc())
        for name, value in equal.items():
            if value:
                query = query.where(columns[name] == value)
        if page.after is not None:
            query = query.where(tuple_(columns.created_ms, columns.id) < page.after)
        async with self._database.reading() as session:
            rows = list(await session.scalars(query.limit(page.limit + 1)))
        return page_of(rows, page.limit, show, lambda row: (row.created_ms, row.id))


def county_of(row: CountyRow) -> County:
    return County(row.code, row.name, row.name_en, row.province_code, row.province_name)


def _producer(row: ProducerRow) -> Producer:
    return Producer(row.id, row.county_code, row.name, row.kind)


def _product(row: ProductRow) -> Product:
    return Product(row.id, row.county_code, row.name, row.name_en, row.description)


def _lot(row: LotRow) -> Lot:
    return Lot(row.id, row.producer_id, row.product_id, row.harvested_on, row.grams)
