"""The HTTP calls about counties, producers, products and lots."""

from live.catalog.repository import Catalog
from live.catalog.schemas import (
    County,
    Lot,
    LotCreate,
    Producer,
    ProducerCreate,
    Product,
    ProductCreate,
    Province,
)
from live.provinces import PROVINCES
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Reply, Route


class CatalogApi:
    """Translates between HTTP and the catalogue."""

    def __init__(self, catalog: Catalog, *, page_size_max: int) -> None:
        self._catalog = catalog
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET", path="/api/provinces", access=Access.ANYONE,
                handler=self._provinces, summary="All provinces",
                answers={200: Page[Province]},
            ),
            Route(
                method="GET", path="/api/counties", access=Access.ANYONE,
                handler=self._counties, summary="Counties that sell here, by code",
                answers={200: Page[County]}, query={"province_code": str},
            ),
            Route(
                method="GET", path="/api/producers", access=Access.ANYONE,
                handler=self._producers, summary="Producers, newest first",
                answers={200: Page[Producer]}, query={"county_code": str, **QUERY},
            ),
            Route(
                method="POST", path="/api/producers", access=Access.HOST,
                handler=self._add_producer, summary="Add a producer",
                body=ProducerCreate, answers={201: Producer},
            ),
            Route(
                method="GET", path="/api/products", access=Access.ANYONE,
                handler=self._products, summary="Products, newest first",
                answers={200: Page[Product]}, query={"county_code": str, **QUERY},
            ),
            Route(
                method="POST", path="/api/products", access=Access.HOST,
                handler=self._add_product, summary="Add a product",
                body=ProductCreate, answers={201: Product},
            ),
            Route(
                method="GET", path="/api/lots", access=Access.ANYONE,
                handler=self._lots, summary="Lots, newest first",
                answers={200: Page[Lot]}, query={"product_id": str, **QUERY},
            ),
            Route(
                method="POST", path="/api/lots", access=Access.HOST,
                handler=self._add_lot, summary="Add a lot",
                body=LotCreate, answers={201: Lot},
            ),
        ]  # fmt: skip

    async def _provinces(self, _call: Call) -> Reply:
        return Reply(Page([Province(code, name) for code, name in PROVINCES.items()]))

    async def _counties(self, call: Call) -> Reply:
        code = call.http.query.get("province_code", "")
        return Reply(Page(await self._catalog.counties(code)))

    async def _producers(self, call: Call) -> Reply:
        code = call.http.query.get("county_code", "")
        return Reply(await self._catalog.producers(self._page(call), code))

    async def _add_producer(self, call: Call) -> Reply:
        return Reply(await self._catalog.add_producer(call.body), 201)

    async def _products(self, call: Call) -> Reply:
        code = call.http.query.get("county_code", "")
        return Reply(await self._catalog.products(self._page(call), code))

    async def _add_product(self, call: Call) -> Reply:
        return Reply(await self._catalog.add_product(call.body), 201)

    async def _lots(self, call: Call) -> Reply:
        product_id = call.http.query.get("product_id", "")
        return Reply(await self._catalog.lots(self._page(call), product_id))

    async def _add_lot(self, call: Call) -> Reply:
        return Reply(await self._catalog.add_lot(call.body), 201)

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)
