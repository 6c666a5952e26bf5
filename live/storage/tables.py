"""Tables of the storage layer itself: facts on their way to handlers, and leases."""

from sqlalchemy import BigInteger, Index, Text, text
from sqlmodel import Field, SQLModel

from live.storage.columns import RowNumber, big


class FactRow(SQLModel, table=True):
    """Something that happened, written in the transaction that made it true.

    ``relayed_ms`` is null until every handler has taken it (at least once); the row then
    stays as the record.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index(
            "ix_facts_waiting",
            "id",
            sqlite_where=text("relayed_ms IS NULL"),
            postgresql_where=text("relayed_ms IS NULL"),
        ),
        Index("ix_facts_event", "event_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowNumber)
    kind: str
    event_id: str
    body: str = Field(sa_type=Text)
    at_ms: int = big()
    relayed_ms: int | None = Field(default=None, sa_type=BigInteger)


class LeaseRow(SQLModel, table=True):
    """Who runs a periodic job now. A lease outlives nobody: past ``until_ms`` anyone takes it."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True)
    holder: str
    until_ms: int = big()
