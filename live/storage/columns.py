"""Column types that mean the same on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field

# SQLite only numbers rows by itself in a column declared INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


def big(**options: Any) -> Any:
    """A 64-bit integer column: milliseconds, fen, grams, running totals."""
    return Field(sa_type=BigInteger, **options)
