"""The secret: one for all processes, never short, never guessed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from live.accounts.secrets import Keys, load_secret
from live.config import Settings
from live.errors import StartupError


def test_a_server_for_the_public_needs_one(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="LIVE_SECRET"):
        load_secret(Settings(data_dir=tmp_path), may_generate=False)
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_set_is_used(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret="s" * 32)
    assert load_secret(settings, may_generate=True) == b"s" * 32


def test_a_generated_one_stays_and_is_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    first = load_secret(settings, may_generate=True)
    assert len(first) == 64
    assert load_secret(settings, may_generate=True) == first
    [path] = (tmp_path / "data").iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_those_that_start_together_agree(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: load_secret(settings, may_generate=True), range(100)))
    assert len(secrets) == 1


def test_short_ones_are_refused() -> None:
    with pytest.raises(StartupError):
        Keys(b"short")


def test_each_purpose_has_its_own_key() -> None:
    keys = Keys(b"s" * 32)
    assert keys.key("token") == Keys(b"s" * 32).key("token")
    assert len({keys.key("token"), keys.key("code"), keys.key("ticket")}) == 3
    assert "s" * 32 not in repr(keys)
