"""Claims about the server as a child: ready means its own port, and it is never left behind."""

import socket
from pathlib import Path

import pytest

from live.cli.server_process import ServerProcess, check_port_is_free, reachable
from live.errors import StartupError
from tests.support.live_server import free_port


def test_a_taken_port_is_noticed_before_anything_starts() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(StartupError, match=r"cannot listen on 127\.0\.0\.1"),
    ):
        check_port_is_free("127.0.0.1", taken.getsockname()[1])
    check_port_is_free("127.0.0.1", free_port())


def test_an_address_of_another_machine_is_not_ours() -> None:
    with pytest.raises(StartupError, match=r"cannot listen on 192\.0\.2\.1"):
        check_port_is_free("192.0.2.1", 8080)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 (a comparison)
        ("::", "[::1]"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_everywhere_is_reached_here(host: str, reached: str) -> None:
    assert reachable(host) == reached


async def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    log_path, heard = tmp_path / "log", list[str]()
    settings = {"LIVE_DATA_DIR": str(tmp_path), "LIVE_SECRET": "short", "LIVE_ALLOW_SANDBOX": "1"}
    with pytest.raises(StartupError, match="LIVE_SECRET must have"):
        async with ServerProcess("127.0.0.1", free_port(), settings, log_path, heard.append):
            pass
    assert any("LIVE_SECRET" in line for line in heard)
    assert "LIVE_SECRET" in log_path.read_text()


async def test_somebody_elses_server_on_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Between the look at the port and the server's start somebody else may take it."""
    settings = {"LIVE_DATA_DIR": str(tmp_path), "LIVE_ALLOW_SANDBOX": "1"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match="cannot listen"):
            async with ServerProcess("127.0.0.1", port, settings, tmp_path / "log", print):
                pass
