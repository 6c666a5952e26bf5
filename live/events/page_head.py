"""What the address of an event's room tells programs that show a preview of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from live.clock import Clock
from live.errors import NotFound
from live.events.rows import read_event
from live.events.schemas import Event
from live.events.views import event_view
from live.storage.database import SQL_AWAY, Database
from live.values import MS_PER_SECOND, EventStatus
from live.web.page_heads import PageHead

# Everybody who comes to an opening loads the page within the same seconds.
FRESH_MS = 5 * MS_PER_SECOND
KEPT_MAX = 1_000  # events; beyond, all are read again

_ZONE = ZoneInfo("Asia/Shanghai")
_WORDS = {
    EventStatus.LIVE: "正在直播",
    EventStatus.ENDED: "直播已结束",
    EventStatus.CANCELLED: "直播已取消",
}

log = structlog.get_logger(__name__)


class EventHeads:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[str, tuple[PageHead, int]] = {}  # event → head, until ms

    async def of(self, event_id: str) -> PageHead | None:
        """A few seconds old at most; None for no such event, or where SQL is away."""
        now_ms = self._clock.now_ms()
        head, until_ms = self._kept.get(event_id, (None, 0))
        if head is not None and now_ms < until_ms:
            return head
        try:
            async with self._database.reading() as session:
                event = await event_view(session, await read_event(session, event_id))
        except NotFound:
            return None
        except SQL_AWAY as error:
            log.warning("page without its head", error=repr(error))
            return None
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        head = event_head(event)
        self._kept[event_id] = head, now_ms + FRESH_MS
        return head


def event_head(event: Event) -> PageHead:
    """In Chinese, as it is handed on."""
    place = event.county.province_name + event.county.name
    return PageHead(
        f"{event.title} · {event.county.name}", f"{place} · {event.host_name} · {_when(event)}"
    )


def _when(event: Event) -> str:
    if (words := _WORDS.get(event.status)) is not None:
        return words
    starts = datetime.fromisoformat(event.starts_at).astimezone(_ZONE)
    return f"{starts.month}月{starts.day}日 {starts:%H:%M} 开播"
