"""The fence between SQL and the counters in Redis."""

from sqlmodel import Field, SQLModel

from live.storage.columns import big


class StockFenceRow(SQLModel, table=True):
    """Which incarnation of an event's counters SQL believes in.

    Every SQL writer that moves units checks ``epoch`` under a lock; a rebuild changes it, so
    nothing admitted by older counters can still commit. ``seq`` is the newest sequence number
    committed: counters that answer with less are an old snapshot come back.
    """

    __tablename__ = "stock_fences"

    event_id: str = Field(primary_key=True, foreign_key="events.id")
    epoch: str
    seq: int = big(default=0)
