"""Events go from scheduled to live to ended, or are called off before they start."""

import pytest

from live.events.lifecycle import EDITABLE, edit_refusal, may_become, refusal, sources_of
from live.values import EventStatus

SCHEDULED, LIVE, ENDED, CANCELLED = EventStatus

LEGAL = {(SCHEDULED, LIVE), (LIVE, ENDED), (SCHEDULED, CANCELLED)}


def test_only_three_steps_are_legal() -> None:
    steps = {(a, b) for a in EventStatus for b in EventStatus if may_become(a, b)}
    assert steps == LEGAL


def test_sources_are_the_steps_read_backwards() -> None:
    for target in EventStatus:
        assert sources_of(target) == {status for status, to in LEGAL if to is target}


@pytest.mark.parametrize(
    ("status", "target", "code"),
    [
        (LIVE, LIVE, "already_live"),
        (ENDED, LIVE, "already_ended"),
        (CANCELLED, LIVE, "already_cancelled"),
        (SCHEDULED, ENDED, "not_live"),
        (ENDED, ENDED, "not_live"),
        (CANCELLED, ENDED, "not_live"),
        (LIVE, CANCELLED, "already_live"),
        (ENDED, CANCELLED, "already_ended"),
        (CANCELLED, CANCELLED, "already_cancelled"),
    ],
)
def test_every_illegal_step_says_why(status: EventStatus, target: EventStatus, code: str) -> None:
    assert not may_become(status, target)
    problem = refusal(status, target)
    assert (problem.status, problem.code) == (409, code)


def test_what_is_over_is_not_edited() -> None:
    assert {SCHEDULED, LIVE} == EDITABLE
    assert edit_refusal(ENDED).code == "already_ended"
    assert edit_refusal(CANCELLED).code == "already_cancelled"
