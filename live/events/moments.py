"""Which moments a calendar takes. Pure."""

from datetime import UTC, datetime

from live.errors import Invalid
from live.values import ms_of

# Beyond the years that datetime knows, a stored time could never be shown again: year 9999 west
# of Greenwich is already the year 10000 in UTC.
EARLIEST_MS = ms_of(datetime(2000, 1, 1, tzinfo=UTC))
LATEST_MS = ms_of(datetime(2100, 1, 1, tzinfo=UTC))


def moment_ms(moment: datetime, field: str) -> int:
    """An aware datetime of this century as milliseconds since the epoch.

    Args:
        field: what to call it in a refusal.

    Raises: Invalid.
    """
    ms = ms_of(moment)
    if not EARLIEST_MS <= ms < LATEST_MS:
        raise Invalid(fields={field: "must be from 2000 to 2099"})
    return ms
