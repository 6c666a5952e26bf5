"""What a client may say in a room: each message type a feature handles is one Command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from live.realtime.position import FeedPosition
from live.web.routes import Identity

# Named here because within Command ``type`` is a field.
MessageType = type[msgspec.Struct]


class Speaker(Protocol):
    """The connection a command came from."""

    @property
    def event_id(self) -> str: ...

    @property
    def identity(self) -> Identity | None: ...

    @property
    def address(self) -> str:
        """The client's network address."""
        ...

    def resync(self, since: FeedPosition | None) -> None:
        """Send this connection a snapshot as soon as it may have another."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """One client message type.

    Args:
        type: the value of the message's ``type``.
        message: the struct it must decode to (without ``type`` and ``ref``).
        handle: does it; returns the fields of the answer (sent with ``type`` and ``ref``), or
            None for a plain ``ack``. Raises Problem for a refusal. It is not cancelled when
            the connection is lost meanwhile.
        needs_sign_in: whether an anonymous viewer is refused with ``unauthenticated``.
    """

    type: str
    message: MessageType
    handle: Callable[[Speaker, Any], Awaitable[dict[str, Any] | None]]
    needs_sign_in: bool = True
