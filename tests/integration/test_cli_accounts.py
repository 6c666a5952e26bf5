"""``live accounts`` as somebody types it."""

from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner, Result

from live.cli.accounts import app
from live.config import settings_from_environment

PHONE = "13812341234"


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()


def accounts(*arguments: str, **settings: str) -> Result:
    """Run it with these LIVE_* settings."""
    return CliRunner().invoke(app, arguments, env=settings)


def test_people_are_added_changed_and_listed(database_url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = accounts(*arguments, LIVE_DATABASE_URL=database_url, LIVE_DATA_DIR=str(tmp_path))
        assert done.exit_code == 0, done.stderr
        return done.stdout

    added = run("add", "--phone", PHONE, "--role", "host", "--name", "王县长")
    account_id, phone, role, name = added.split()
    assert (phone, role, name) == ("+8613812341234", "host", "王县长")
    # Again: the same account; what is not named stays.
    assert run("add", "--phone", "+86 138 1234 1234") == added
    assert run("add", "--phone", PHONE, "--role", "operator").split()[2] == "operator"
    assert run("list").split()[0] == account_id
    assert run("list", "--role", "viewer") == ""
    assert run("list", "--search", "王").split()[0] == account_id


def test_tokens_come_one_a_line(database_url: str, tmp_path: Path) -> None:
    settings = {"LIVE_DATABASE_URL": database_url, "LIVE_DATA_DIR": str(tmp_path)}
    done = accounts("tokens", "--role", "viewer", "--count", "3", **settings)
    tokens = done.stdout.splitlines()
    assert len(set(tokens)) == 3
    for token in tokens:
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["role"] == "viewer"


def test_the_embedded_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    done = accounts("tokens", LIVE_DATA_DIR=str(tmp_path / "data"))
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "data" / "live.db").exists()


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["add", "--phone", "12"], {}, "phone: not a phone number"),
        (["add", "--phone", PHONE, "--role", "king"], {}, "king"),
        (["tokens", "--count", "0"], {}, "Error"),
        (["tokens"], {"LIVE_SECRET": "short"}, "LIVE_SECRET"),
        (
            ["list"],
            {"LIVE_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none"},
            "cannot use the database",
        ),
        (["list"], {"LIVE_DATABASE_URL": "sqlite+aiosqlite:////nowhere/live.db"}, "cannot use"),
    ],
)
def test_mistakes_are_told_in_a_line(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    done = accounts(*arguments, **{"LIVE_DATA_DIR": str(tmp_path)} | settings)
    assert done.exit_code != 0
    assert said in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_schema_that_is_behind_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    url = f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    done = accounts("list", LIVE_DATABASE_URL=url)
    assert done.exit_code == 1
    assert "schema_behind" in done.stderr
