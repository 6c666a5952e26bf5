"""The log is JSON where a program reads it, and tells no secrets anywhere."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from live.clock import ManualClock
from live.telemetry import configure_log, loop_lag_measured


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_for_a_program_are_json_in_utc() -> None:
    out = io.StringIO()
    configure_log(out, clock=ManualClock())
    structlog.get_logger("live.x").info("件 sold", units=3)
    logging.getLogger("aiohttp").warning("from %s", "elsewhere")
    ours, theirs = lines(out)
    assert ours == {
        "at": "2020-02-19T02:00:00.000Z", "level": "info", "event": "件 sold",
        "units": 3, "logger": "live.x",
    }  # fmt: skip
    assert (theirs["event"], theirs["logger"]) == ("from elsewhere", "aiohttp")


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()], ids=["json", "terminal"])
def test_secrets_stay_out(out: io.StringIO) -> None:
    configure_log(out)
    log = structlog.get_logger("live.x")
    log.info("order", phone="+8613812341234", ship_to={"name": "李"}, body={"token": "t0ken"})
    try:
        hidden = "s3cret"
        raise ValueError(f"bad input of {len(hidden)} letters")
    except ValueError:
        log.exception("failed")
    said = out.getvalue()
    for secret in ("13812341234", "李", "t0ken", "hidden ="):
        assert secret not in said
    assert "bad input of 6 letters" in said


def test_a_later_call_replaces_an_earlier_one() -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger("live.x")
    configure_log(first)
    configure_log(second, level="WARNING")
    log.info("not shown")
    log.warning("shown")
    assert first.getvalue() == ""
    assert [line["event"] for line in lines(second)] == ["shown"]


@pytest.mark.asyncio
async def test_the_loops_lag_is_watched_until_left() -> None:
    async with loop_lag_measured():
        pass
