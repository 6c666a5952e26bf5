"""What the HTTP calls about chat take and answer, and what a room shows of its chat."""

from enum import StrEnum
from typing import Annotated

import msgspec

from live.accounts.schemas import Phone
from live.moderation.parts import Part
from live.values import AccountId

INTERVAL_SECONDS_MAX = 3_600
MUTE_SECONDS_MAX = 7 * 24 * 3_600

Reason = Annotated[str, msgspec.Meta(max_length=200)]
MessageId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=60, description="`id` of a feed entry of `chat`")
]
IntervalSeconds = Annotated[int, msgspec.Meta(ge=1, le=INTERVAL_SECONDS_MAX)]
MuteSeconds = Annotated[int, msgspec.Meta(ge=1, le=MUTE_SECONDS_MAX)]
AccountKey = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class ChatShown(msgspec.Struct, frozen=True):
    """The room's ``chat``: seconds between two messages of one viewer."""

    id: str
    interval_seconds: int


class SilenceKind(StrEnum):
    MUTE = "mute"
    BAN = "ban"


class Silencing(msgspec.Struct, frozen=True):
    """``until``: null for good."""

    kind: SilenceKind
    until: str | None


class ChatStanding(msgspec.Struct, frozen=True):
    """What one may do in an event's chat oneself.

    Args:
        part: whoever is more than a ``speaker`` may moderate.
        interval_seconds: between two messages of one viewer.
        is_slow: somebody has set another interval than the setting's.
        silence: null where one may speak.
    """

    part: Part
    interval_seconds: int
    is_slow: bool
    silence: Silencing | None


class ChatUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``interval_seconds``: null for the setting's."""

    interval_seconds: IntervalSeconds | None
    reason: Reason = ""


class MessageDelete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason = ""


class SilenceCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of whom wrote ``message_id``, or of ``account_id``.

    ``seconds``: of a mute; null for one to the end.
    """

    kind: SilenceKind
    message_id: MessageId | None = None
    account_id: AccountKey | None = None
    seconds: MuteSeconds | None = None
    reason: Reason = ""


class SilencedPerson(Silencing, frozen=True):
    """Somebody who must not speak, and who said so."""

    account_id: AccountId
    name: str
    by_name: str
    since: str


class AssistantCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By ``phone`` or ``account_id``: somebody who has signed in once."""

    phone: Phone | None = None
    account_id: AccountKey | None = None


class Assistant(msgspec.Struct, frozen=True):
    account_id: AccountId
    name: str
    named_at: str


class ChatActionKind(StrEnum):
    DELETE = "delete"
    MUTE = "mute"
    BAN = "ban"
    UNMUTE = "unmute"
    SLOW_MODE = "slow_mode"
    NAME_ASSISTANT = "name_assistant"
    REMOVE_ASSISTANT = "remove_assistant"


class ChatAction(msgspec.Struct, frozen=True):
    """One entry of the trail: who did what, to whom, when and why.

    ``text`` and ``message_id``: of the message that it was about.
    """

    id: str
    action: ChatActionKind
    at: str
    by_id: AccountId
    by_name: str
    whom_id: AccountId | None
    whom_name: str | None
    message_id: str | None
    text: str | None
    until: str | None
    interval_seconds: int | None
    reason: str
