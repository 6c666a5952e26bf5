"""Every message of a room, once. Pure.

Text frames of JSON, one ``type`` each; ``docs/protocol.md`` tells the story. What features add
(a section such as ``offers``, the body of a feed entry, their own commands) is laid into these
messages as ready JSON or plain mappings, and named to ``schema`` by whoever composes the system.

What goes to many is encoded once: ``text_frame`` makes the bytes that are written to every
connection, WebSocket header included.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode

from live.values import rfc3339

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET
Ref = int | str  # whatever a client likes to recognise its answer by
Item = Mapping[str, Any]  # one item of a section: "id" and its fields

REF_CHARS_MAX = 64


class CloseCode(IntEnum):
    """Why the server ends a connection."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    INVALID_TEXT = 1007
    NOT_ALLOWED = 1008
    TOO_BIG = 1009
    INTERNAL = 1011
    TOO_SLOW = 4008
    TOO_MANY = 4029

    @property
    def reason(self) -> str:
        """What the Close frame says, for a person who looks at it."""
        return _REASONS[self]


_REASONS = {
    CloseCode.NORMAL: "",
    CloseCode.GOING_AWAY: "the server is restarting: come back within reconnect_seconds",
    CloseCode.PROTOCOL_ERROR: "protocol error",
    CloseCode.INVALID_TEXT: "not UTF-8",
    CloseCode.NOT_ALLOWED: "signed out, expired or not allowed",
    CloseCode.TOO_BIG: "message too big",
    CloseCode.INTERNAL: "internal error",
    CloseCode.TOO_SLOW: "too slow: messages were not read",
    CloseCode.TOO_MANY: "too many messages",
}


# From the server


class FeedEntryMessage(msgspec.Struct, frozen=True):
    """One entry of the feed; the rest of its fields depend on its kind. For the schema only."""

    id: str
    kind: str
    at: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="snapshot"):
    """The whole state; sections follow as further fields, each a list of whole items.

    ``at`` is the server's clock, for countdowns. ``retracted``: ids of entries that are to be shown
    no more, the last ones there were. ``gap``: entries are missing between the position asked for
    and ``feed``. ``tick_hz``: ticks a second now, fewer where they cost too much.
    """

    # First, and of fixed length: it is filled in anew for each viewer, the rest is not.
    at: str = "0000-00-00T00:00:00.000Z"
    n: int
    viewers: int
    views: int
    likes: int
    event: Mapping[str, Any]
    feed: Sequence[msgspec.Raw]
    feed_id: str
    retracted: Sequence[str]
    gap: bool
    degraded: bool
    reconnect_seconds: int
    tick_hz: float


class Tick(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="tick"):
    """What changed since ``prev``, in absolute values, and nothing else.

    Sections follow as further fields: of each changed item the id and its numbers, or the whole
    item where it is new or its definition changed. ``retracted``: ids of feed entries to be shown
    no more. ``gap``: feed entries were lost.
    """

    n: int
    prev: int
    viewers: int | Unset = UNSET
    views: int | Unset = UNSET
    likes: int | Unset = UNSET
    event: Mapping[str, Any] | Unset = UNSET
    feed: Sequence[msgspec.Raw] | Unset = UNSET
    feed_id: str | Unset = UNSET
    retracted: Sequence[str] | Unset = UNSET
    gap: bool | Unset = UNSET
    degraded: bool | Unset = UNSET
    tick_hz: float | Unset = UNSET


class Notice(msgspec.Struct, frozen=True, tag_field="type", tag="notice"):
    """To one person; the rest of its fields depend on its kind. For the schema only."""

    kind: str


class Sales(msgspec.Struct, frozen=True, tag_field="type", tag="sales"):
    """To the event's host and operators; its fields are a feature's. For the schema only."""


class ProblemMessage(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="problem"):
    """The answer to a bad or refused command; some codes bring fields of their own."""

    code: str
    ref: Ref | Unset = UNSET
    detail: str | Unset = UNSET
    retry_after_seconds: int | Unset = UNSET
    fields: Mapping[str, str] | Unset = UNSET


class Ack(msgspec.Struct, frozen=True, tag_field="type", tag="ack"):
    """The command was carried out."""

    ref: Ref | Unset = UNSET


# From the client. A command is an object with ``type``, an optional ``ref``, and these fields.


class Chat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str


class Like(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    count: int = 1


class Resync(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for a snapshot; with ``since``, one whose feed follows that position."""

    since: str | None = None


# Encoding

_encode = msgspec.json.Encoder().encode
_SNAPSHOT_HEAD = b'{"type":"snapshot","at":"'
_AT_BYTES = len("0000-00-00T00:00:00.000Z")


def encode(message: msgspec.Struct, more: Mapping[str, Any] | None = None) -> bytes:
    """A message as JSON, with more (such as a room's sections) laid in as further fields."""
    text = _encode(message)
    return text[:-1] + b"," + _encode(more)[1:] if more else text


def tagged(type_: str, body: bytes) -> bytes:
    """A message of this type from a body that is a JSON object already."""
    rest = body.lstrip()[1:].lstrip()
    return b'{"type":"%b"%b%b' % (type_.encode(), b"" if rest[:1] == b"}" else b",", rest)


def text_frame(text: bytes) -> bytes:
    """The bytes of one unfragmented text frame from a server: 0.7 µs for a tick."""
    return Frame(Opcode.TEXT, text).serialize(mask=False)


def close_frame(code: CloseCode) -> bytes:
    """The bytes of a Close frame."""
    body = struct.pack("!H", code) + code.reason.encode()
    return Frame(Opcode.CLOSE, body).serialize(mask=False)


class SnapshotFrame:
    """A snapshot encoded once, and stamped with the time for each viewer who gets it."""

    __slots__ = ("_head", "_tail")

    def __init__(self, snapshot: Snapshot, sections: Mapping[str, Sequence[Item]]) -> None:
        frame = text_frame(encode(snapshot, sections))
        at = frame.index(_SNAPSHOT_HEAD) + len(_SNAPSHOT_HEAD)
        self._head = frame[:at]
        self._tail = frame[at + _AT_BYTES :]

    def stamped(self, now_ms: int) -> bytes:
        """The frame, saying that it is ``now_ms``."""
        return b"%b%b%b" % (self._head, rfc3339(now_ms).encode(), self._tail)


# Schema


def schema(
    *,
    event: type[msgspec.Struct] | None = None,
    sections: Mapping[str, type[msgspec.Struct]] | None = None,
    commands: Mapping[str, type[msgspec.Struct]] | None = None,
    answers: Iterable[type[msgspec.Struct]] = (),
) -> dict[str, Any]:
    """The JSON schema (2020-12) of every room message, for generated types.

    Args:
        event: the snapshot's ``event``.
        sections: name of each section → a whole item of it.
        commands: ``type`` of each command → its message, those of this module included.
        answers: messages with which features answer their commands.

    Returns: a schema whose ``$defs`` hold every message, ``ServerMessage`` and ``ClientMessage``.
    """
    sections = sections or {}
    commands = commands or {"chat": Chat, "like": Like, "resync": Resync}
    own: list[type[msgspec.Struct]] = [Snapshot, Tick, Notice, Sales, ProblemMessage, Ack]
    own += answers
    extra = [FeedEntryMessage, *([event] if event else []), *sections.values()]
    _, defs = msgspec.json.schema_components(
        [*own, *extra, *commands.values()], ref_template="#/$defs/{name}"
    )
    defs["FeedEntry"] = {**defs.pop("FeedEntryMessage"), "title": "FeedEntry"}
    for name in ("FeedEntry", "Notice", "Sales"):
        defs[name]["additionalProperties"] = True
    for message in ("Snapshot", "Tick"):
        fields = defs[message]["properties"]
        fields["feed"] = {"type": "array", "items": {"$ref": "#/$defs/FeedEntry"}}
        if event is not None:
            fields["event"] = {"$ref": f"#/$defs/{event.__name__}"}
        for name, item in sections.items():
            whole = message == "Snapshot"
            ref = item.__name__ if whole else f"{item.__name__}Change"
            fields[name] = {"type": "array", "items": {"$ref": f"#/$defs/{ref}"}}
            if whole:
                defs[message]["required"].append(name)
    # Always there, though the struct has a default to be stamped over.
    defs["Snapshot"]["required"].insert(0, "at")
    del defs["Snapshot"]["properties"]["at"]["default"]
    for item in sections.values():
        change = {**defs[item.__name__], "title": f"{item.__name__}Change", "required": ["id"]}
        defs[change["title"]] = change
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "RoomMessages",
        "$defs": {
            **defs,
            **{f"{_camel(name)}Command": _command(name, type_) for name, type_ in commands.items()},
            "ServerMessage": _any_of(type_.__name__ for type_ in own),
            "ClientMessage": _any_of(f"{_camel(name)}Command" for name in commands),
        },
    }


def _command(name: str, type_: type[msgspec.Struct]) -> dict[str, Any]:
    head = {
        "title": f"{_camel(name)}Command",
        "type": "object",
        "properties": {
            "type": {"const": name},
            "ref": {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": REF_CHARS_MAX}]},
        },
        "required": ["type"],
    }
    _, defs = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    body = defs[type_.__name__]
    head["properties"] = {**head["properties"], **body["properties"]}  # type: ignore[dict-item]
    head["required"] = ["type", *body["required"]]
    return head


def _any_of(names: Iterable[str]) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
