"""``live crowd`` against a server of somebody else's: it finds its way with an address alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.clock import SystemClock
from live.crowd import show
from live.crowd.api import Api
from live.crowd.http_client import HttpPool, Origin
from live.crowd.ramp import MAX_SPEED
from tests.support.live_server import LiveServer, live, live_environment

BOXES = 40


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    running = LiveServer(tmp_path / "data", LIVE_HOLD_SECONDS="3")
    running.start()
    yield running
    running.stop()


def tokens(server: LiveServer, role: str, count: int) -> str:
    done = live(
        *("accounts", "tokens", "--role", role, "--count", str(count)),
        environment=server.environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def open_event(server: LiveServer, host_token: str) -> str:
    async with HttpPool(Origin.parse(server.origin), 1) as pool:
        api = Api(pool, host_token)
        event = await show.set_up(api, BOXES)
        await show.open_sale(api, event, SystemClock().now_ms(), MAX_SPEED)
    return event.event_id


async def test_an_audience_buys_everything_and_compares_its_books(
    server: LiveServer, tmp_path: Path
) -> None:
    event_id = await open_event(server, tokens(server, "host", 1).strip())
    path = tmp_path / "tokens"
    path.write_text(tokens(server, "viewer", 30))
    done = live(
        *("crowd", "--event", event_id, "--tokens", str(path), "--url", server.origin),
        *("--viewers", "40", "--orders", str(BOXES + 20), "--speed", "max", "--seconds", "12"),
        *("--database", f"sqlite+aiosqlite:///{tmp_path / 'data' / 'live.db'}"),
        environment=live_environment(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["lost_orders"] == 0
    assert told["faults"] == {}
    assert told["holes"] == 0
    # Some gave up, so more than all boxes were reserved at one time or another.
    assert told["accepted"] >= BOXES


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--url", "http://127.0.0.1:1"), "cannot connect"),
        (("--url", "ftp://127.0.0.1"), "not an http address"),
        (("--tokens", "/nowhere"), "/nowhere"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "tokens").write_text("token\n")
    done = live(
        *("crowd", "--event", "evt_1", "--tokens", str(tmp_path / "tokens"), *arguments),
        environment=live_environment(),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("live crowd: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
