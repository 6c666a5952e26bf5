"""What the HTTP calls about events take and answer, and what a room shows of its event."""

from datetime import datetime
from typing import Annotated

import msgspec

from live.catalog.schemas import County, CountyCode, LongText, ShortText
from live.values import EventId, EventStatus, OfferId

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]


class EventCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: ShortText
    county_code: CountyCode
    starts_at: AwareTime
    place: Annotated[str, msgspec.Meta(max_length=80)] = ""
    description: LongText = ""
    waiting_room: bool = False


class EventUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only the fields present change."""

    title: ShortText | msgspec.UnsetType = msgspec.UNSET
    starts_at: AwareTime | msgspec.UnsetType = msgspec.UNSET
    place: Annotated[str, msgspec.Meta(max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    description: LongText | msgspec.UnsetType = msgspec.UNSET
    waiting_room: bool | msgspec.UnsetType = msgspec.UNSET


class Event(msgspec.Struct, frozen=True):
    """An event as anyone sees it; times are RFC 3339 UTC.

    ``waiting_room``: whoever orders needs a place in its queue, and their turn.
    """

    id: EventId
    title: str
    status: EventStatus
    host_id: str
    host_name: str
    county: County
    place: str
    description: str
    starts_at: str
    started_at: str | None
    ended_at: str | None
    pinned_offer_id: OfferId | None
    waiting_room: bool
