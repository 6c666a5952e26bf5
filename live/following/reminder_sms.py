"""How a reminder reaches a phone."""

from enum import Enum
from typing import Protocol

import aiohttp
import msgspec
import structlog

from live.accounts.masks import mask_phone
from live.config import Settings

SEND_SECONDS = 5.0  # seconds for the gateway to take a message

# It says itself that it has not taken the message; of other failures nobody knows.
_NOT_TAKEN = frozenset({*range(400, 500), 503})

log = structlog.get_logger(__name__)


class Outcome(Enum):
    TAKEN = "taken"
    REFUSED = "refused"  # not sent for certain: it may be tried again
    UNKNOWN = "unknown"  # perhaps sent


class ReminderMessage(msgspec.Struct, frozen=True):
    """
    Args:
        id: the same however often it is sent, so that a gateway can tell a repeat.
        phone: E.164.
        starts_at: RFC 3339.
        url: of the room; empty where nobody has said where this server is reached.
    """

    id: str
    phone: str
    event_id: str
    title: str
    starts_at: str
    url: str


class ReminderSms(Protocol):
    async def send(self, message: ReminderMessage) -> Outcome:
        """Send it. Never raises but for cancellation."""
        ...


class LogReminderSms:
    """Says so in the server's log instead: for the demo and the sandbox."""

    async def send(self, message: ReminderMessage) -> Outcome:
        log.info("reminder", reminder_to=mask_phone(message.phone), title=message.title)
        return Outcome.TAKEN


class HttpReminderSms:
    """Hands reminders to a gateway of yours: POSTs the message as JSON, any 2xx is taken.

    Args:
        token: sent as a bearer token, where there is one.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(self, message: ReminderMessage) -> Outcome:
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=self._headers) as session,
                session.post(self._url, json=msgspec.to_builtins(message)) as reply,
            ):
                if reply.ok:
                    return Outcome.TAKEN
                outcome = Outcome.REFUSED if reply.status in _NOT_TAKEN else Outcome.UNKNOWN
                error = f"status {reply.status}"
        except aiohttp.ClientConnectorError as failure:
            outcome, error = Outcome.REFUSED, type(failure).__name__
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            outcome, error = Outcome.UNKNOWN, type(failure).__name__
        log.warning("reminder not taken", error=error, outcome=outcome.value)
        return outcome


def reminder_sms(settings: Settings) -> ReminderSms | None:
    """What the settings name; None where reminders are shown in pages only."""
    if settings.reminder_sms_url:
        token = settings.sms_token.get_secret_value() if settings.sms_token else ""
        return HttpReminderSms(settings.reminder_sms_url, token)
    return LogReminderSms() if settings.allow_sandbox else None
