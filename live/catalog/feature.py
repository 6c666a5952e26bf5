"""Puts the catalogue together."""

from live.catalog.api import CatalogApi
from live.catalog.repository import Catalog
from live.clock import Clock
from live.config import Settings
from live.feature import Feature
from live.storage.database import Database


def catalog_feature(database: Database, clock: Clock, settings: Settings) -> Feature:
    """Counties, producers, products and lots."""
    api = CatalogApi(Catalog(database, clock), page_size_max=settings.page_size_max)
    return Feature(name="catalog", routes=api.routes())
