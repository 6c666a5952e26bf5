"""Messages as bytes, and as a schema."""

import json

import msgspec
import pytest
from websockets.frames import Opcode

from live.realtime import protocol
from live.realtime.protocol import CloseCode, Snapshot, SnapshotFrame, Tick, encode, tagged


def test_absent_is_not_sent() -> None:
    assert encode(Tick(n=2, prev=1)) == b'{"type":"tick","n":2,"prev":1}'
    assert encode(protocol.Ack()) == b'{"type":"ack"}'


def test_sections_are_laid_in() -> None:
    text = encode(Tick(n=2, prev=1), {"offers": [{"id": "off_1", "sold": 3}]})
    assert json.loads(text)["offers"] == [{"id": "off_1", "sold": 3}]


@pytest.mark.parametrize("body", [b"{}", b' { "a": 1 }'])
def test_body_gets_its_type(body: bytes) -> None:
    assert json.loads(tagged("notice", body)) == {"type": "notice", **json.loads(body)}


def test_stamped_snapshot_is_one_whole_frame_of_the_same_length() -> None:
    snapshot = Snapshot(
        n=1,
        viewers=0,
        views=0,
        likes=0,
        event={"title": "x" * 200},
        feed=[],
        feed_id="0.0-0",
        retracted=[],
        gap=False,
        degraded=False,
        reconnect_seconds=5,
        tick_hz=5.0,
    )
    frame = SnapshotFrame(snapshot, {"offers": []})
    bytes_ = b""
    for now_ms in (0, 1_582_077_600_123):
        bytes_ = frame.stamped(now_ms)
        assert bytes_[0] == 0x80 | Opcode.TEXT
        assert int.from_bytes(bytes_[2:4]) == len(bytes_) - 4
        assert json.loads(bytes_[4:])["offers"] == []
    assert json.loads(bytes_[4:])["at"] == "2020-02-19T02:00:00.123Z"


def test_every_close_code_has_a_reason_that_fits_a_control_frame() -> None:
    for code in CloseCode:
        frame = protocol.close_frame(code)
        assert frame[1] <= 125
        assert int.from_bytes(frame[2:4]) == code
        assert frame[4:].decode() == code.reason


class Offer(msgspec.Struct):
    id: str
    sold: int


class Event(msgspec.Struct):
    title: str


class OrderCommand(msgspec.Struct):
    offer_id: str


def test_schema_knows_every_message_and_what_features_add() -> None:
    commands = {"chat": protocol.Chat, "order": OrderCommand}
    schema = protocol.schema(event=Event, sections={"offers": Offer}, commands=commands)
    defs = schema["$defs"]
    assert {"$ref": "#/$defs/Tick"} in defs["ServerMessage"]["anyOf"]
    assert defs["Snapshot"]["properties"]["event"] == {"$ref": "#/$defs/Event"}
    assert defs["Snapshot"]["properties"]["offers"]["items"] == {"$ref": "#/$defs/Offer"}
    assert defs["Tick"]["properties"]["offers"]["items"] == {"$ref": "#/$defs/OfferChange"}
    assert defs["OfferChange"]["required"] == ["id"]
    assert set(defs["Tick"]["required"]) == {"type", "n", "prev"}
    assert "at" in defs["Snapshot"]["required"]
    assert defs["OrderCommand"]["properties"]["type"] == {"const": "order"}
    assert json.loads(json.dumps(schema)) == schema
