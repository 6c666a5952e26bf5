"""What the server says of itself, for whoever generates types from it.

``python -m tools.protocol_schema`` prints ``{"http": …, "room": …}``: the OpenAPI description,
and the JSON schema of the room's messages. ``frontend/scripts/generate.mjs`` reads it.
``--room`` prints the room's alone, for which nothing need be composed.
"""

import sys
from typing import Any

import msgspec

from live.coupons.schemas import CouponDropShown
from live.coupons.shown import SECTION as COUPON_DROP
from live.events.schemas import Event
from live.giveaways.schemas import GiveawayShown
from live.giveaways.shown import SECTION as GIVEAWAY
from live.moderation.schemas import ChatShown
from live.moderation.section import SECTION as CHAT
from live.realtime import protocol
from live.sales.schemas import Offer, Order
from live.waiting.api import QueueCommand, QueuePlace
from live.waiting.section import SECTION as QUEUE
from live.waiting.section import QueueShown


class QueueMessage(msgspec.Struct, frozen=True, tag_field="type", tag="queue"):
    """The answer to a ``queue`` command."""

    queue: QueuePlace
    ref: protocol.Ref | protocol.Unset = protocol.UNSET


class OrderMessage(msgspec.Struct, frozen=True, tag_field="type", tag="order"):
    """The answer to an ``order`` command."""

    order: Order
    ref: protocol.Ref | protocol.Unset = protocol.UNSET


def room_schema() -> dict[str, Any]:
    """The JSON schema of every room message, with what features add to them."""
    return protocol.schema(
        event=Event,
        sections={
            "offers": Offer,
            QUEUE: QueueShown,
            CHAT: ChatShown,
            GIVEAWAY: GiveawayShown,
            COUPON_DROP: CouponDropShown,
        },
        commands={
            "chat": protocol.Chat,
            "like": protocol.Like,
            "resync": protocol.Resync,
            "queue": QueueCommand,
        },
        answers=[OrderMessage, QueueMessage],
    )


if __name__ == "__main__":
    described: Any = room_schema()
    if "--room" not in sys.argv[1:]:
        from live.app import http_description  # composes the whole platform

        described = {"http": http_description(), "room": described}
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(described)) + b"\n")
