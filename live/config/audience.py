"""What keeps an audience: giveaways, coupons, following, reminders."""

from pydantic import BaseModel, Field


class Giveaways(BaseModel):
    """Giveaways"""

    giveaway_winners_max: int = Field(50, description="winners of one giveaway", ge=1, le=1_000)
    giveaway_seconds_min: int = Field(10, description="least seconds of entering a giveaway", ge=1)
    giveaway_seconds_max: int = Field(
        1_800, description="most seconds of entering a giveaway", ge=1
    )
    giveaway_draw_seconds: float = Field(
        3.0, description="seconds from the publishing of a giveaway's entries to its draw", ge=0
    )
    giveaway_look_seconds: float = Field(
        0.5, description="seconds between looks for those due", gt=0
    )
    giveaway_entries_max: int = Field(500_000, description="entries of one; beyond: 409", ge=1)
    giveaway_batch_max: int = Field(
        1_000, description="giveaway entries stored in one transaction", ge=1, le=5_000
    )
    giveaway_queue_max: int = Field(
        50_000, description="giveaway entries waiting in one process; beyond: 503", ge=1
    )


class Coupons(BaseModel):
    """Coupons"""

    coupon_quantity_max: int = Field(100_000, description="coupons of one drop", ge=1)
    coupon_claim_seconds_min: int = Field(
        10, description="least seconds in which a drop's coupons may be claimed", ge=1
    )
    coupon_claim_seconds_max: int = Field(
        14_400, description="most seconds in which a drop's coupons may be claimed", ge=1
    )
    coupon_use_seconds_max: int = Field(
        2_592_000, description="most seconds from a drop in which its coupons may be used", ge=1
    )
    coupon_batch_max: int = Field(
        1_000, description="coupon claims stored in one transaction", ge=1, le=5_000
    )
    coupon_queue_max: int = Field(
        50_000, description="coupon claims waiting in one process; beyond: 503", ge=1
    )


class Following(BaseModel):
    """Following and reminders"""

    reminder_lead_minutes: int = Field(
        10, description="minutes before an event's start that people are reminded of it", ge=1
    )
    reminder_sms_url: str | None = Field(
        None,
        description="gateway that reminders are POSTed to, with `LIVE_SMS_TOKEN`;"
        " unset: they are shown in pages only",
    )
    reminder_seconds: float = Field(5.0, description="seconds between looks for those due", gt=0)
    reminder_retry_seconds: float = Field(
        15.0, description="seconds before a reminder that was refused is sent again, doubling", gt=0
    )
    reminders_max: int = Field(200, description="of one account at a time", ge=1)
    follows_max: int = Field(1_000, description="hosts that one account follows", ge=1)
