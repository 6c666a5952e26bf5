"""Who may enter, and on which terms."""

import pytest

from live.errors import Invalid
from live.giveaways.rules import Enterable, Limits, check_terms, closes_ms, entry_refusal

LIMITS = Limits(winners_max=5, seconds_min=10, seconds_max=600, entries_max=100)
OPEN = Enterable(
    id="gvw_1", event_id="evt_1", status="open", closes_ms=1_000, entries=0,
    event_status="live", host_id="acc_host",
)  # fmt: skip


def code(
    giveaway: Enterable, who: str = "acc_1", *, at_ms: int = 999, operator: bool = False
) -> str:
    refusal = entry_refusal(giveaway, who, is_operator=operator, now_ms=at_ms)
    return "" if refusal is None else refusal.code


def test_anybody_may_enter_until_it_closes() -> None:
    assert code(OPEN) == ""
    assert code(OPEN, at_ms=1_000) == "giveaway_closed"


@pytest.mark.parametrize("status", ["closed", "frozen", "drawn", "cancelled"])
def test_only_an_open_one_takes_entries(status: str) -> None:
    assert code(OPEN._replace(status=status)) == "giveaway_closed"


def test_nobody_enters_when_the_event_is_over() -> None:
    assert code(OPEN._replace(event_status="ended")) == "giveaway_closed"


def test_who_gives_it_away_does_not_enter() -> None:
    assert code(OPEN, "acc_host") == "own_giveaway"
    assert code(OPEN, operator=True) == "own_giveaway"


@pytest.mark.parametrize(("winners", "seconds"), [(1, 10), (5, 600)])
def test_terms_within_the_limits(winners: int, seconds: int) -> None:
    check_terms(winners, seconds, LIMITS)
    assert closes_ms(5, seconds) == 5 + seconds * 1_000


def test_terms_beyond_the_limits_name_each_field() -> None:
    with pytest.raises(Invalid) as caught:
        check_terms(6, 9, LIMITS)
    assert caught.value.fields.keys() == {"winners_count", "seconds"}
