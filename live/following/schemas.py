"""What the HTTP calls about following and reminders answer."""

import msgspec

from live.values import AccountId, EventId, EventStatus


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A host as anyone sees them.

    Args:
        is_followed: by the caller; False for nobody.
    """

    id: AccountId
    name: str
    followers: int
    is_followed: bool


class HostEvent(msgspec.Struct, frozen=True):
    id: EventId
    title: str
    status: EventStatus
    starts_at: str


class FollowedHost(Host, frozen=True, kw_only=True):
    """A host whom the caller follows.

    Args:
        event: the one that is live, or else the next; None where none is planned.
    """

    followed_at: str
    event: HostEvent | None


class Reminder(msgspec.Struct, frozen=True):
    """What the caller is to be reminded of.

    Args:
        remind_at: from then on; a page shows it, and a message is sent where there is a gateway.
        sent_at: when the gateway took the message; None where it has not.
    """

    event_id: EventId
    event_title: str
    event_status: EventStatus
    host_name: str
    starts_at: str
    remind_at: str
    sent_at: str | None
