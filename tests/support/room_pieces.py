"""Pieces of the pure room, and a viewer as the contract describes one."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from live.config import Settings
from live.realtime.definition import RoomDefinition
from live.realtime.position import FeedPosition
from live.realtime.ring import RETRACTION, FeedEntry, feed_entry
from live.realtime.room import Room, Sample, Update
from tests.support.room_frames import message

SETTINGS = Settings(snapshot_feed_max=5, feed_entries_max=12, quiet_tick_seconds=15, lease_ms=3000)
START_MS = 1_582_077_600_000

OFFER = {
    "title": "菠萝 5 kg",
    "allotment": 10,
    "available": 10,
    "reserved": 0,
    "sold": 0,
    "status": "open",
}


def definition(**changes: Any) -> RoomDefinition:
    base = RoomDefinition(
        revision=1,
        event={"id": "evt_1", "status": "live", "title": "徐闻菠萝"},
        staff=frozenset(),
        items={"offers": {"off_1": OFFER}},
        views_total=70_000_000,
        likes_total=5,
    )
    return replace(base, **changes)


def sample(**changes: Any) -> Sample:
    base = Sample(
        viewers=1,
        views=70_000_001,
        likes=5,
        revision=1,
        is_renewed=True,
        position=FeedPosition("a1", 0, 0),
        is_whole=True,
        sections={"offers": {"off_1": numbers(10, 0, 0)}},
    )
    return msgspec.structs.replace(base, **changes)


def numbers(available: int, reserved: int, sold: int, status: str = "open") -> dict[str, Any]:
    return {"available": available, "reserved": reserved, "sold": sold, "status": status}


def entry(epoch: str, ms: int) -> FeedEntry:
    return feed_entry(FeedPosition(epoch, ms, 0), "chat", b'{"name":"a","text":"b"}')


def retraction(epoch: str, ms: int, *ids: str) -> FeedEntry:
    return feed_entry(FeedPosition(epoch, ms, 0), RETRACTION, json.dumps({"ids": ids}).encode())


def told(update: Update | None) -> dict[str, Any]:
    assert update is not None
    frame = update.frame()
    assert frame is not None
    return message(frame)


def room_at_rest() -> Room:
    room = Room(definition(), ["offers"], SETTINGS, START_MS)
    room.apply(sample(), START_MS)
    return room


class Screen:
    """A viewer as the contract describes one."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self.show(snapshot)

    def show(self, snapshot: Mapping[str, Any]) -> None:
        unkept = ("type", "at", "gap", "retracted")
        self.state = {k: v for k, v in snapshot.items() if k not in unkept}
        self.state["offers"] = [dict(offer) for offer in snapshot["offers"]]
        self.state["feed"] = list(snapshot["feed"])

    def apply(self, tick: Mapping[str, Any]) -> None:
        assert tick["prev"] == self.state["n"], "a hole"
        for name, value in tick.items():
            match name:
                case "type" | "prev" | "gap":
                    pass
                case "retracted":
                    self._drop(value)
                case "offers":
                    self._lay_over(value)
                case "feed":
                    self.state["feed"] += value
                case _:
                    self.state[name] = value

    def _drop(self, ids: list[str]) -> None:
        self.state["feed"] = [entry for entry in self.state["feed"] if entry["id"] not in ids]

    def _lay_over(self, changes: list[dict[str, Any]]) -> None:
        by_id = {offer["id"]: offer for offer in self.state["offers"]}
        for change in changes:
            if change["id"] in by_id:
                by_id[change["id"]].update(change)
            else:
                self.state["offers"].append(dict(change))
