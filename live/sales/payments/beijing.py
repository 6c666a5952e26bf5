"""Moments in the one time zone that both providers keep their books in. Pure."""

from datetime import datetime, timedelta, timezone

from live.values import MS_PER_SECOND

_BEIJING = timezone(timedelta(hours=8))

# Providers want at least a minute to be left, also of an order that is about to expire. A function
# of the order alone, since a repeated request must not differ from the first.
COURTESY_SECONDS = 120


def beijing_time(ms: int) -> datetime:
    """Milliseconds since the epoch, to the second."""
    return datetime.fromtimestamp(ms // MS_PER_SECOND, _BEIJING)


def collect_until(pay_by_ms: int) -> datetime:
    """When a provider may stop collecting for an order."""
    return beijing_time(pay_by_ms + COURTESY_SECONDS * MS_PER_SECOND)
