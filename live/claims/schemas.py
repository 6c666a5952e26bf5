"""What the HTTP calls about claims take and answer."""

from typing import Annotated

import msgspec

from live.sales.schemas import Claim, Fen, Units
from live.values import EventId

Note = Annotated[str, msgspec.Meta(max_length=500)]


class ClaimCreate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Either ``units``, boxes that are bad, or ``share_percent`` of all the fruit."""

    units: Units | None = None
    share_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    note: Note = ""


class ClaimApproval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    amount_fen: Fen


class ClaimRejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ClaimCase(Claim, frozen=True, kw_only=True):
    """A claim with what an operator needs to decide it."""

    event_id: EventId
    event_title: str
    offer_title: str
    buyer_name: str
    order_units: int
    order_amount_fen: int
    delivered_at: str | None
    left_fen: int  # of the order's money, not given back yet
