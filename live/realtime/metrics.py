"""What an operator can watch of the rooms of this process."""

from prometheus_client import Counter, Gauge, Histogram

VIEWERS = Gauge("live_room_viewers", "Room connections of this process")
ROOMS = Gauge("live_rooms", "Rooms with viewers in this process")
JOINS = Counter("live_room_joins", "Room connections accepted")
LEAVES = Counter("live_room_leaves", "Room connections that ended, whoever ended them")
RESUMES = Counter(
    "live_room_resumes", "Joins that resumed the feed, by whether entries were lost", ["gap"]
)
REFUSALS = Counter("live_room_refusals", "Room connections refused, by problem code", ["code"])
TICKS = Counter("live_room_ticks", "Ticks sent, each to all viewers of a room")
TICK_FRAMES = Counter("live_room_tick_frames", "Tick frames written to connections")
SNAPSHOTS = Counter("live_room_snapshots", "Snapshots written, by cause", ["cause"])
SKIPS = Counter("live_room_skips", "Times a viewer was left behind with messages unread")
FRAMES_SKIPPED = Counter(
    "live_room_tick_frames_skipped", "Tick frames not written, to viewers who were left behind"
)
CLOSES = Counter("live_room_closes", "Close frames sent, by code", ["code"])
UNREAD = Counter("live_room_unread", "Answers and notices dropped: the connection reads nothing")
COMMANDS = Counter(
    "live_room_commands", "Client messages, by type and outcome", ["type", "outcome"]
)
LOOKS_FAILED = Counter("live_room_looks_failed", "Looks at Redis that did not get through")
DEGRADED = Gauge("live_room_degraded", "1 while rooms show their last numbers: Redis is away")
TICK_INTERVAL = Gauge("live_room_tick_interval_seconds", "Time between ticks, now")
TICK_HZ = Gauge("live_room_tick_hz", "Ticks a second that viewers are told of, now")
CHAT_SPARED = Counter(
    "live_room_chat_spared", "Chat messages that viewers were not shown: too many in one tick"
)
TICKS_LATE = Counter(
    "live_room_ticks_late", "Looks that began more than half an interval after their time"
)
LOOK_CPU = Counter(
    "live_room_look_cpu_seconds", "CPU spent on asking Redis and reading its answers"
)
FANOUT_CPU = Counter("live_room_fanout_cpu_seconds", "CPU spent on encoding and writing ticks")
FANOUT_SECONDS = Histogram(
    "live_room_fanout_seconds",
    "From an answer of Redis to its last frame written",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 1, 3),
)
SAVE_FAILURES = Counter("live_room_save_failures", "Saves of feed or totals that SQL did not take")
UNSAVED_LOST = Counter("live_room_unsaved_lost", "Feed entries that never reached SQL")
