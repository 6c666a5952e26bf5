"""What one crowd process is told to do, and what it tells its parent meanwhile.

One JSON line each: the plan on the process's stdin, ``stop`` on the same when the show is
over; progress on its stdout twice a second, and a last line with ``is_done``.
"""

import msgspec

STOP_LINE = b"stop\n"
PROGRESS_SECONDS = 0.5  # seconds between progress lines
AUDIT_BUYERS_MAX = 2_000  # buyers of one process that read their own orders at the end


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the audience that one process plays.

    Args:
        tokens_path: file of bearer tokens, one a line; this process uses
            ``tokens_start : tokens_start + tokens_count``.
        viewers: room connections of this process; those beyond the tokens watch anonymously.
        intents: people of this process who want a box.
        brings_latecomers: whether others come when all those have been and boxes are left.
        speed: 0 means as fast as it goes.
        lanes: orders that may be under way at once in this process.
        wave_seconds: how long the rush on one offer lasts at speed 1.
        join_seconds: how long the room takes to fill at speed 1.
    """

    url: str
    event_id: str
    tokens_path: str
    tokens_start: int
    tokens_count: int
    viewers: int
    intents: int
    speed: float
    lanes: int
    wave_seconds: float
    join_seconds: float
    run_id: str
    ledger_path: str
    brings_latecomers: bool = False
    audit_buyers_max: int = AUDIT_BUYERS_MAX
    seed: int = 1


class OfferProgress(msgspec.Struct, frozen=True):
    id: str
    title: str
    available: int
    reserved: int
    sold: int
    status: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Running totals of one process, and what its screen shows."""

    connected: int = 0
    ticks: int = 0
    holes: int = 0
    orders: int = 0  # accepted
    paying: int = 0
    refused: int = 0
    unknown: int = 0
    waiting: int = 0  # people who want a box and have none yet
    room_viewers: int = 0
    room_likes: int = 0
    offers: list[OfferProgress] = []
    lines: list[str] = []  # newest lines of the feed, oldest first
    faults: dict[str, int] = {}
    closes: dict[str, int] = {}
    problems: dict[str, int] = {}
    order_p50_ms: float = 0.0
    order_p99_ms: float = 0.0
    is_full: bool = False  # all viewers have joined at least once
    is_sold_out: bool = False  # by the room's numbers, every box of every offer is paid for
    is_done: bool = False
    audited_buyers: int = 0


encode_line = msgspec.json.Encoder().encode
decode_plan = msgspec.json.Decoder(Plan).decode
decode_progress = msgspec.json.Decoder(Progress).decode
