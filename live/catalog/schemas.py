"""What the HTTP calls about counties, producers, products and lots take and answer."""

from datetime import date
from typing import Annotated, Literal

import msgspec

CountyCode = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{6}$", max_length=6, description="GB/T 2260, such as 440825")
]
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
LongText = Annotated[str, msgspec.Meta(max_length=2000)]
ProducerKind = Literal["household", "cooperative", "company"]


class Province(msgspec.Struct, frozen=True):
    code: str
    name: str


class County(msgspec.Struct, frozen=True):
    code: str
    name: str
    name_en: str
    province_code: str
    province_name: str


class ProducerCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    county_code: CountyCode
    name: ShortText
    kind: ProducerKind = "household"


class Producer(msgspec.Struct, frozen=True):
    id: str
    county_code: str
    name: str
    kind: str


class ProductCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    county_code: CountyCode
    name: ShortText
    name_en: Annotated[str, msgspec.Meta(max_length=80)] = ""
    description: LongText = ""


class Product(msgspec.Struct, frozen=True):
    id: str
    county_code: str
    name: str
    name_en: str
    description: str


class LotCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    producer_id: str
    product_id: str
    harvested_on: date
    grams: Annotated[int, msgspec.Meta(gt=0, le=10**12)]


class Lot(msgspec.Struct, frozen=True):
    id: str
    producer_id: str
    product_id: str
    harvested_on: date
    grams: int
