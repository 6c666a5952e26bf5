"""Follows and reminders. That there is one of each is the primary keys' business."""

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from live.storage.columns import big


class FollowRow(SQLModel, table=True):
    """An account follows a host."""

    __tablename__ = "follows"
    __table_args__ = (
        CheckConstraint("account_id <> host_id", name="ck_follows_other"),
        Index("ix_follows_account", "account_id", "since_ms", "host_id"),
    )

    account_id: str = Field(foreign_key="accounts.id", primary_key=True)
    host_id: str = Field(foreign_key="accounts.id", primary_key=True, index=True)
    since_ms: int = big()


class ReminderRow(SQLModel, table=True):
    """An account wants to hear when an event is about to start.

    ``status`` is that of the message to its phone: ``waiting``; ``sending``, claimed by whoever
    sends it; ``sent``; or ``unknown``, where the gateway was asked and nobody knows what it did.
    The last two are final, so that nobody hears twice.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'unknown')", name="ck_reminders_status"
        ),
        CheckConstraint("(status = 'sent') = (sent_ms IS NOT NULL)", name="ck_reminders_sent"),
        CheckConstraint("attempts >= 0", name="ck_reminders_attempts"),
        Index("ix_reminders_event", "event_id", "status"),
        Index("ix_reminders_account", "account_id", "asked_ms", "event_id"),
    )

    account_id: str = Field(foreign_key="accounts.id", primary_key=True)
    event_id: str = Field(foreign_key="events.id", primary_key=True)
    asked_ms: int = big()
    status: str = "waiting"
    attempts: int = 0
    try_after_ms: int = big(default=0)
    claimed_ms: int | None = Field(default=None, sa_type=BigInteger)
    sent_ms: int | None = Field(default=None, sa_type=BigInteger)
