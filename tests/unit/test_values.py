"""Ids, money, weight and time as plain values."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from live.clock import ManualClock, SystemClock
from live.values import Role, jin, ms_of, new_id, order_id_for, rfc3339


def test_an_id_says_what_it_is_of() -> None:
    assert re.fullmatch(r"evt_[0-9a-f]{32}", new_id("evt"))


def test_ids_do_not_repeat() -> None:
    assert len({new_id("acc") for _ in range(1_000)}) == 1_000


def test_an_order_s_id_follows_from_buyer_offer_and_key() -> None:
    order_id = order_id_for("acc_1", "off_1", "key")
    assert order_id == order_id_for("acc_1", "off_1", "key")
    assert re.fullmatch(r"ord_[0-9a-f]{30}", order_id)


@pytest.mark.parametrize(
    "other",
    [
        ("acc_2", "off_1", "key"),
        ("acc_1", "off_2", "key"),
        ("acc_1", "off_1", "kez"),
        ("acc_1o", "ff_1", "key"),
        ("acc_1", "off_1k", "ey"),
    ],
)
def test_another_buyer_offer_or_key_is_another_order(other: tuple[str, str, str]) -> None:
    assert order_id_for(*other) != order_id_for("acc_1", "off_1", "key")


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_582_077_600_000, "2020-02-19T02:00:00.000Z"),
        (1_582_077_600_007, "2020-02-19T02:00:00.007Z"),
        (1_582_077_600_999, "2020-02-19T02:00:00.999Z"),
    ],
)
def test_moments_are_shown_in_utc(ms: int, text: str) -> None:
    assert rfc3339(ms) == text
    assert ms_of(datetime.fromisoformat(text)) == ms


def test_a_moment_is_the_same_in_every_zone() -> None:
    beijing = datetime(2020, 2, 19, 10, tzinfo=timezone(timedelta(hours=8)))
    assert ms_of(beijing) == ms_of(datetime(2020, 2, 19, 2, tzinfo=UTC)) == 1_582_077_600_000


def test_a_jin_is_half_a_kilogram() -> None:
    assert jin(500) == 1
    assert jin(2_750) == 5.5


def test_roles_rise() -> None:
    assert list(Role) == [Role.VIEWER, Role.HOST, Role.OPERATOR]


def test_a_manual_clock_stands_still_until_it_is_turned() -> None:
    clock = ManualClock(1_000)
    assert clock.now_ms() == clock.now_ms() == 1_000
    clock.advance(seconds=1.5, ms=7)
    assert clock.now_ms() == 2_507


def test_the_system_clock_is_the_machine_s() -> None:
    before = datetime.now(UTC)
    assert abs(SystemClock().now_ms() - ms_of(before)) < 5_000
