"""Orders, their payment windows and claims, and the queue before them."""

from pydantic import BaseModel, Field


class Checkout(BaseModel):
    """Checkout"""

    hold_seconds: int = Field(
        900, description="payment window: seconds units are held unpaid", ge=1
    )
    batch_intents_max: int = Field(
        512, description="order intents admitted in one batch", ge=1, le=2_000
    )
    queue_intents_max: int = Field(20_000, description="order intents waiting; beyond: 503", ge=1)
    commit_timeout_ms: int = Field(
        5_000, description="ms for one SQL batch; an older hold without a row is released", ge=1
    )
    reconcile_seconds: float = Field(2.0, description="seconds between reconciliations", gt=0)
    expiry_seconds: float = Field(0.5, description="seconds between looks for expired orders", gt=0)
    refund_retry_seconds: float = Field(
        2.0, description="seconds before a refund that failed is tried again, doubling", gt=0
    )
    refund_retry_seconds_max: float = Field(
        600.0, description="most seconds between tries of one refund", gt=0
    )
    claim_hours: int = Field(
        48, description="hours after delivery in which bad fruit may be claimed", ge=0
    )
    claim_auto_share: int = Field(
        0,
        description="percent of bad fruit up to which an order's first claim is approved at once;"
        " 0: none is",
        ge=0,
        le=100,
    )
    claims_per_order_max: int = Field(5, description="claims of one order", ge=1)
    relay_batch_max: int = Field(1_000, description="facts handed to their handlers at once", ge=1)
    idempotency_key_chars_max: int = Field(
        128, description="characters of an idempotency key", ge=8
    )


class WaitingRoom(BaseModel):
    """Waiting room"""

    waiting_pass_seconds: int = Field(
        180, description="seconds somebody whose turn has come may order", ge=1
    )
    waiting_look_seconds: float = Field(
        0.5, description="seconds between a process's looks at a queue, and between pacings", gt=0
    )
    waiting_pace_start: float = Field(
        100.0, description="accounts a second let through before anything is measured", gt=0
    )
    waiting_pace_max: float = Field(
        5_000.0, description="accounts a second let through at most", gt=0
    )
    waiting_reply_ms: int = Field(
        800, description="ms for an order's answer beyond which fewer are let through", ge=1
    )
    waiting_places_max: int = Field(
        500_000, description="people waiting in one queue; beyond: 503", ge=1
    )
    waiting_regather_seconds: float = Field(
        5.0, description="seconds after a loss of Redis in which places are drawn anew", ge=0
    )
