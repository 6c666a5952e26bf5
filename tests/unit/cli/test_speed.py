"""Claims about ``--speed``."""

import pytest
import typer

from live.cli.speed import read_speed
from live.crowd.ramp import MAX_SPEED


@pytest.mark.parametrize(("text", "speed"), [("1", 1.0), ("0.5", 0.5), ("max", MAX_SPEED)])
def test_a_speed_is_a_number_or_max(text: str, speed: float) -> None:
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "", "inf", "nan"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        read_speed(text)
