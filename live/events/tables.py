"""Live sales events."""

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, false, text
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class EventRow(SQLModel, table=True):
    """One live sales event.

    ``revision`` grows with every change a viewer should see, of the event or of its offers;
    the room reloads its definitions when it meets a newer one. ``waiting_room``: whether ordering
    needs a place in the queue (``live.waiting``). ``views_total`` and
    ``likes_total`` are the bases that survive a lost Redis; ``unique_viewers_total`` is what was
    last counted.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            "status IN ('scheduled', 'live', 'ended', 'cancelled')", name="ck_events_status"
        ),
        CheckConstraint(
            "revision >= 0 AND views_total >= 0 AND likes_total >= 0", name="ck_events_counts"
        ),
        CheckConstraint(
            "(status = 'scheduled' OR status = 'cancelled') = (started_ms IS NULL)",
            name="ck_events_started",
        ),
        CheckConstraint("(status = 'ended') = (ended_ms IS NOT NULL)", name="ck_events_ended"),
        # Every process asks for these every other second.
        Index(
            "ix_events_waiting_room",
            "id",
            sqlite_where=text("waiting_room"),
            postgresql_where=text("waiting_room"),
        ),
    )

    id: str = Field(primary_key=True)
    host_id: str = Field(foreign_key="accounts.id", index=True)
    county_code: str = Field(foreign_key="counties.code", index=True)
    title: str
    place: str = ""
    description: str = Field(default="", sa_type=Text)
    status: str = "scheduled"
    starts_ms: int = big(index=True)
    started_ms: int | None = Field(default=None, sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    pinned_offer_id: str | None = None
    waiting_room: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    revision: int = 0
    views_total: int = big(default=0)
    likes_total: int = big(default=0)
    unique_viewers_total: int = big(default=0, sa_column_kwargs={"server_default": "0"})
    created_ms: int = big()


class FeedEntryRow(SQLModel, table=True):
    """The 3-year record of a room's feed, written in batches.

    ``speaker_id``: the account behind a chat message. A message that was deleted keeps its row,
    as kind ``deleted`` without a body; its text is in the trail of ``live.moderation``.
    """

    __tablename__ = "feed_entries"

    event_id: str = Field(foreign_key="events.id", primary_key=True)
    feed_id: str = Field(primary_key=True)
    kind: str
    body: str = Field(sa_type=Text)
    at_ms: int = big()
    speaker_id: str | None = None


class ViewerSketchRow(SQLModel, table=True):
    """What an event's unique viewers are counted by: a HyperLogLog as Redis writes it, 12 KB.

    A table of its own, since nobody who reads events wants it.
    """

    __tablename__ = "viewer_sketches"

    event_id: str = Field(foreign_key="events.id", primary_key=True)
    sketch: bytes = Field(sa_type=LargeBinary)
