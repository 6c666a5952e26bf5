"""What is ruled of the chats of events, and the trail of who did what.

``chat_actions`` is only ever added to: no statement changes or deletes a row of it, and
``tests/architecture/test_chat_actions.py`` looks that there is none. It holds the texts of deleted
messages, and is kept as long as the record of the feed: three years at least.
"""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from live.storage.columns import big

_DELETED = text("action = 'delete'")


class ChatRoomRow(SQLModel, table=True):
    """One event's chat, from the first time that it is moderated.

    ``revision`` grows with everything that is ruled of it; whoever changes something changes this
    first, so that changes of one event come one after the other. ``interval_seconds`` is null
    where the setting holds.
    """

    __tablename__ = "chat_rooms"
    __table_args__ = (
        CheckConstraint("revision >= 0", name="ck_chat_rooms_revision"),
        CheckConstraint(
            "interval_seconds IS NULL OR interval_seconds > 0", name="ck_chat_rooms_interval"
        ),
    )

    event_id: str = Field(foreign_key="events.id", primary_key=True)
    revision: int = 0
    interval_seconds: int | None = None


class ChatAssistantRow(SQLModel, table=True):
    """Somebody whom the host lets moderate this event's chat (房管)."""

    __tablename__ = "chat_assistants"

    event_id: str = Field(foreign_key="events.id", primary_key=True)
    account_id: str = Field(foreign_key="accounts.id", primary_key=True)
    named_ms: int = big()


class ChatSilenceRow(SQLModel, table=True):
    """Somebody who must not speak in an event's chat; ``until_ms`` null means to the end."""

    __tablename__ = "chat_silences"
    __table_args__ = (
        CheckConstraint("NOT (is_ban AND until_ms IS NOT NULL)", name="ck_chat_silences_ban"),
        Index("ix_chat_silences_since", "event_id", "since_ms", "account_id"),
    )

    event_id: str = Field(foreign_key="events.id", primary_key=True)
    account_id: str = Field(foreign_key="accounts.id", primary_key=True)
    is_ban: bool
    until_ms: int | None = Field(default=None, sa_type=BigInteger)
    by_id: str = Field(foreign_key="accounts.id")
    since_ms: int = big()


class ChatActionRow(SQLModel, table=True):
    """One thing that a moderator did.

    ``whom_id``: who wrote the message, or whom it was done to. ``feed_id`` and ``text``: of the
    message that was deleted, or that led to a mute or a ban.
    """

    __tablename__ = "chat_actions"
    __table_args__ = (
        CheckConstraint(
            "action IN ('delete', 'mute', 'ban', 'unmute', 'slow_mode', 'name_assistant',"
            " 'remove_assistant')",
            name="ck_chat_actions_action",
        ),
        Index("ix_chat_actions_event", "event_id", "at_ms", "id"),
        Index(
            "ux_chat_actions_deleted",
            "event_id",
            "feed_id",
            unique=True,
            sqlite_where=_DELETED,
            postgresql_where=_DELETED,
        ),
    )

    id: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="events.id")
    action: str
    by_id: str = Field(foreign_key="accounts.id")
    whom_id: str | None = Field(default=None, foreign_key="accounts.id")
    feed_id: str | None = None
    text: str | None = Field(default=None, sa_type=Text)
    until_ms: int | None = Field(default=None, sa_type=BigInteger)
    interval_seconds: int | None = None
    reason: str = Field(default="", sa_type=Text)
    at_ms: int = big()
