"""``live events`` as somebody types it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from live.cli.accounts import app as accounts
from live.cli.events import app as events
from live.config import settings_from_environment

HOST, VIEWER = "13812341234", "13812345678"
XUWEN = ("--host", HOST, "--county", "440825", "--title", "徐闻菠萝")
AT_TEN = ("--starts-at", "2020-02-19T10:00:00+08:00")


class Shell(Protocol):
    def __call__(self, *arguments: str) -> Result: ...


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Shell:
    """Types ``live events …`` where there are a host and a viewer."""
    settings = {"LIVE_DATABASE_URL": database_url, "LIVE_DATA_DIR": str(tmp_path)}
    for phone, role in ((HOST, "host"), (VIEWER, "viewer")):
        arguments = ["add", "--phone", phone, "--role", role, "--name", f"{role} {phone[-4:]}"]
        assert CliRunner().invoke(accounts, arguments, env=settings).exit_code == 0

    def type_(*arguments: str) -> Result:
        return CliRunner().invoke(events, arguments, env=settings)

    return type_


def said(done: Result) -> str:
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_an_event_from_the_shell(run: Shell) -> None:
    line = said(run("create", *XUWEN, *AT_TEN, "--place", "曲界镇"))
    event_id, status, starts_at, county, title = line.split()
    assert (status, starts_at) == ("scheduled", "2020-02-19T02:00:00.000Z")
    assert (county, title) == ("徐闻县", "徐闻菠萝")
    assert said(run("list")) == line
    assert said(run("list", "--status", "live")) == ""

    shown = said(run("show", event_id))
    for part in ("host 1234 (acc_", "徐闻县 (440825)", "曲界镇"):
        assert part in shown
    assert "started at" not in shown

    assert said(run("start", event_id)).split()[:2] == [event_id, "live"]
    assert said(run("list", "--status", "live")).split()[0] == event_id
    assert "started at" in said(run("show", event_id))
    assert said(run("end", event_id)).split()[:2] == [event_id, "ended"]


def test_lists_are_cut_where_they_are_told_to(run: Shell) -> None:
    for hour in ("01", "02", "03"):
        said(run("create", *XUWEN, "--starts-at", f"2020-02-19T{hour}:00:00Z"))
    starts = [line.split()[2] for line in said(run("list", "--limit", "2")).splitlines()]
    assert starts == ["2020-02-19T03:00:00.000Z", "2020-02-19T02:00:00.000Z"]


def test_steps_out_of_turn_are_told_in_a_line(run: Shell) -> None:
    event_id = said(run("create", *XUWEN, *AT_TEN)).split()[0]

    def refused(*arguments: str) -> str:
        done = run(*arguments)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        return done.stderr

    assert "live events: not_live" in refused("end", event_id)
    said(run("start", event_id))
    assert "already_live" in refused("start", event_id)
    said(run("end", event_id))
    assert "already_ended" in refused("start", event_id)
    assert "not_live" in refused("end", event_id)
    for verb in ("show", "start", "end"):
        assert "event_not_found" in refused(verb, "evt_none")


@pytest.mark.parametrize(
    ("changed", "said_"),
    [
        (("--host", "12"), "host: not a phone number"),
        (("--host", "13900000000"), "host: nobody has this phone"),
        (("--host", VIEWER), "host: is a viewer"),
        (("--county", "999999"), "county_code: there is no such one"),
        (("--county", "xuwen"), "county_code"),
        (("--title", ""), "title"),
        (("--starts-at", "tomorrow"), "starts_at"),
        (("--starts-at", "2020-02-19T10:00:00"), "starts_at"),
        (("--starts-at", "1900-01-01T00:00:00Z"), "starts_at: must be from 2000"),
    ],
)
def test_mistakes_are_told_in_a_line(run: Shell, changed: tuple[str, ...], said_: str) -> None:
    done = run("create", *XUWEN, *AT_TEN, *changed)  # the last of an option counts
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said_ in done.stderr
    assert said(run("list")) == ""


def test_a_database_that_is_away_is_named() -> None:
    settings = {"LIVE_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"}
    done = CliRunner().invoke(events, ["list"], env=settings)
    assert done.exit_code == 1
    assert done.stderr.startswith("live events: cannot use the database")


def test_the_embedded_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    done = CliRunner().invoke(events, ["list"], env={"LIVE_DATA_DIR": str(tmp_path / "data")})
    assert said(done) == ""
    assert (tmp_path / "data" / "live.db").exists()
