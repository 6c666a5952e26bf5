"""Giveaways, who entered them, and who won. One person enters once: a key's business."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from live.storage.columns import big

# As SQL, so that SQLite sees that a query is one for the index.
RUNNING = "status IN ('open', 'closed', 'frozen')"


class GiveawayRow(SQLModel, table=True):
    """open ──► closed ──► frozen ──► drawn, or open ──► cancelled.

    ``seed`` is secret until the draw, and ``commitment`` its SHA-256. ``entries`` counts the rows
    of ``giveaway_entries``; ``entries_digest`` is of all their ids, once nobody can enter.
    """

    __tablename__ = "giveaways"
    __table_args__ = (
        CheckConstraint(
            "status IN ('open', 'closed', 'frozen', 'drawn', 'cancelled')",
            name="ck_giveaways_status",
        ),
        CheckConstraint("winners_count > 0 AND entries >= 0", name="ck_giveaways_counts"),
        CheckConstraint("closes_ms > opened_ms", name="ck_giveaways_window"),
        CheckConstraint(
            "(status IN ('frozen', 'drawn')) = (entries_digest IS NOT NULL)",
            name="ck_giveaways_digest",
        ),
        CheckConstraint(
            "(entries_digest IS NULL) = (frozen_ms IS NULL)", name="ck_giveaways_frozen"
        ),
        CheckConstraint("(status = 'drawn') = (drawn_ms IS NOT NULL)", name="ck_giveaways_drawn"),
        CheckConstraint(
            "(status = 'cancelled') = (cancelled_ms IS NOT NULL)", name="ck_giveaways_cancelled"
        ),
        # One at a time in an event.
        Index(
            "ux_giveaways_running",
            "event_id",
            unique=True,
            sqlite_where=text(RUNNING),
            postgresql_where=text(RUNNING),
        ),
        Index("ix_giveaways_event", "event_id", "opened_ms", "id"),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    opened_by: str = Field(foreign_key="accounts.id")
    title: str
    prize: str = Field(sa_type=Text)
    winners_count: int
    status: str = "open"
    seed: str
    commitment: str
    entries: int = big(default=0)
    entries_digest: str | None = None
    opened_ms: int = big()
    closes_ms: int = big()
    frozen_ms: int | None = Field(default=None, sa_type=BigInteger)
    drawn_ms: int | None = Field(default=None, sa_type=BigInteger)
    cancelled_ms: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(default="", sa_type=Text)  # for being cancelled


class GiveawayEntryRow(SQLModel, table=True):
    """One person's entry. Its ``entry_id`` follows from the key (``draw.entry_id_for``)."""

    __tablename__ = "giveaway_entries"

    giveaway_id: str = Field(foreign_key="giveaways.id", primary_key=True)
    account_id: str = Field(foreign_key="accounts.id", primary_key=True)
    entry_id: str
    entered_ms: int = big()


class GiveawayWinnerRow(SQLModel, table=True):
    """Who won, where the prize goes once they have said so, and the parcel that it is in."""

    __tablename__ = "giveaway_winners"
    __table_args__ = (
        CheckConstraint("place > 0", name="ck_giveaway_winners_place"),
        CheckConstraint(
            "(addressed_ms IS NULL) = (ship_address IS NULL)", name="ck_giveaway_winners_addressed"
        ),
        CheckConstraint(
            "(shipped_ms IS NULL) = (tracking_number IS NULL)"
            " AND (shipped_ms IS NULL OR addressed_ms IS NOT NULL)",
            name="ck_giveaway_winners_shipped",
        ),
        Index("ux_giveaway_winners_account", "account_id", "giveaway_id", unique=True),
    )

    giveaway_id: str = Field(foreign_key="giveaways.id", primary_key=True)
    place: int = Field(primary_key=True)
    account_id: str = Field(foreign_key="accounts.id")
    entry_id: str
    ship_name: str | None = None
    ship_phone: str | None = None
    ship_province_code: str | None = None
    ship_address: str | None = None
    addressed_ms: int | None = Field(default=None, sa_type=BigInteger)
    carrier: str | None = None
    tracking_number: str | None = None
    shipped_ms: int | None = Field(default=None, sa_type=BigInteger)
