"""A calendar takes the moments that can be shown again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from live.errors import Invalid
from live.events.moments import EARLIEST_MS, LATEST_MS, moment_ms
from live.values import rfc3339

EAST = timezone(timedelta(hours=8))
WEST = timezone(timedelta(hours=-12))


def test_a_moment_is_kept_to_the_millisecond_in_utc() -> None:
    ms = moment_ms(datetime(2020, 2, 19, 10, 0, 0, 123_000, tzinfo=EAST), "starts_at")
    assert rfc3339(ms) == "2020-02-19T02:00:00.123Z"


def test_the_century_is_inclusive_at_its_start_only() -> None:
    assert moment_ms(datetime(2000, 1, 1, tzinfo=UTC), "at") == EARLIEST_MS
    last = datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert moment_ms(last, "at") == LATEST_MS - 1000


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=EAST),  # the year 0 in UTC
        datetime(9999, 12, 31, 23, tzinfo=WEST),  # the year 10000 in UTC
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2100, 1, 1, tzinfo=UTC),
    ],
)
def test_other_times_are_refused_by_the_name_of_their_field(moment: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        moment_ms(moment, "opens_at")
    assert list(refused.value.fields) == ["opens_at"]
