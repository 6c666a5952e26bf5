"""The room: ticks, chat, connections."""

from pathlib import Path

from pydantic import BaseModel, Field


class Room(BaseModel):
    """Room"""

    tick_hz: float = Field(5.0, description="ticks a second", gt=0, le=20)
    tick_load_max: float = Field(
        0.5, description="share of a core ticks may cost before they slow down", gt=0, le=1
    )
    tick_chat_max: int = Field(
        20, description="chat messages in one tick; beyond, the oldest are not shown", ge=1
    )
    tick_chat_busy_max: int = Field(
        5, description="… where ticks cost nearly their share of a core", ge=0
    )
    lease_ms: int = Field(
        3_000, description="ms a silent process still counts in the room's totals", ge=500
    )
    feed_entries_max: int = Field(1_000, description="feed entries kept for resume", ge=10)
    snapshot_feed_max: int = Field(40, description="feed entries in a snapshot", ge=0)
    chat_chars_max: int = Field(200, description="characters of one chat message", ge=1)
    chat_per_second_room: int = Field(20, description="chat messages a second one room shows", ge=1)
    chat_interval_ms: int = Field(1_000, description="ms between one person's chat messages", ge=0)
    chat_words_file: Path | None = Field(
        None,
        description="words that chat refuses: UTF-8, one a line, # comments;"
        " read again when it changes",
    )
    chat_words_seconds: float = Field(
        10.0, description="seconds between looks whether the words have changed", gt=0
    )
    chat_words_max: int = Field(100_000, description="words in that file", ge=1)
    chat_silenced_max: int = Field(
        5_000, description="people muted or banned in one event's chat at a time", ge=1
    )
    chat_assistants_max: int = Field(20, description="assistants of one event's chat", ge=1)
    likes_per_message_max: int = Field(50, description="likes in one message", ge=1)
    frame_bytes_max: int = Field(8 * 1024, description="bytes of one frame from a client", ge=256)
    frames_per_second_max: int = Field(
        20, description="frames a second from one client; beyond: close 4029", ge=1
    )
    viewers_max: int = Field(18_000, description="room connections of one process", ge=1)
    send_buffer_bytes: int = Field(16 * 1024, description="SO_SNDBUF of a room connection", ge=4096)
    tcp_user_timeout_ms: int = Field(
        30_000, description="ms of unacknowledged data before the kernel gives up", ge=1000
    )
    behind_snapshot_seconds: float = Field(
        2.0, description="least seconds between catch-up snapshots", gt=0
    )
    behind_close_seconds: float = Field(20.0, description="seconds behind before close 4008", gt=0)
    close_abort_seconds: float = Field(2.0, description="seconds from Close to abort", gt=0)
    heartbeat_seconds: float = Field(
        45.0, description="seconds between pings to a room connection", gt=0
    )
    quiet_tick_seconds: float = Field(
        15.0, description="a quiet room still ticks this often", gt=0, lt=20
    )
    reconnect_seconds: int = Field(
        5, description="window within which clients spread a reconnect", ge=1
    )
    drain_seconds: float = Field(10.0, description="seconds a draining server takes to close", ge=0)
    tick_interval_max_ms: int = Field(
        2_000, description="ms between ticks of a server that is too busy", ge=50
    )
    sample_timeout_ms: int = Field(
        1_000, description="ms for one look at Redis before viewers are told", ge=50
    )
    sample_entries_max: int = Field(
        200, description="feed entries in a tick; more with the next", ge=1
    )
    sample_notices_max: int = Field(
        2_000, description="personal notices in one tick; more come with the next", ge=1
    )
    notices_max: int = Field(
        5_000, description="personal notices kept for the processes to read", ge=1
    )
    definition_seconds: float = Field(
        5.0, description="seconds between reloads of a live room's definition", gt=0
    )
    room_linger_seconds: float = Field(
        2.0, description="seconds an empty room stays in memory", ge=0
    )
    save_seconds: float = Field(
        2.0, description="seconds between saves of a room's feed and totals to SQL", gt=0
    )
    sketch_seconds: float = Field(
        30.0,
        description="seconds between saves of what unique viewers are counted by to SQL; a loss of"
        " Redis costs those who came and went since",
        gt=0,
    )
    sample_uniques_max: int = Field(
        2_000, description="new viewers told to Redis in one tick; more with the next", ge=1
    )
    uniques_waiting_max: int = Field(
        100_000,
        description="new viewers waiting for Redis; beyond, the oldest are not counted",
        ge=1,
    )
    save_entries_max: int = Field(
        10_000, description="feed entries waiting for SQL; beyond, the oldest are lost", ge=1
    )
    sales_seconds: float = Field(
        1.0, description="seconds between sales messages to host and operators", gt=0
    )
    commands_in_flight_max: int = Field(
        4, description="commands of one connection under way; beyond, it waits", ge=1
    )
    unread_bytes_max: int = Field(
        64 * 1024, description="bytes of answers a connection may leave unread", ge=4096
    )
