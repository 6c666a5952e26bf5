"""Counties, producers, products and lots."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class CountyRow(SQLModel, table=True):
    """A county by its GB/T 2260 code (six digits)."""

    __tablename__ = "counties"

    code: str = Field(primary_key=True)
    name: str
    name_en: str
    province_code: str
    province_name: str


class ProducerRow(SQLModel, table=True):
    """A farm household, cooperative or company that grows what is sold."""

    __tablename__ = "producers"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('household', 'cooperative', 'company')", name="ck_producers_kind"
        ),
    )

    id: str = Field(primary_key=True)
    county_code: str = Field(foreign_key="counties.code", index=True)
    name: str
    kind: str = "household"
    created_ms: int = big()


class ProductRow(SQLModel, table=True):
    __tablename__ = "products"

    id: str = Field(primary_key=True)
    county_code: str = Field(foreign_key="counties.code", index=True)
    name: str
    name_en: str = ""
    description: str = ""
    created_ms: int = big()


class LotRow(SQLModel, table=True):
    """One producer's harvest batch behind an offer."""

    __tablename__ = "lots"
    __table_args__ = (CheckConstraint("grams > 0", name="ck_lots_grams"),)

    id: str = Field(primary_key=True)
    producer_id: str = Field(foreign_key="producers.id", index=True)
    product_id: str = Field(foreign_key="products.id", index=True)
    harvested_on: date
    grams: int = big()
    created_ms: int = big()
