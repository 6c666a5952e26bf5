"""Claims about where a demo keeps its data: it wipes what it made itself, and nothing else."""

from pathlib import Path

import pytest

from live.cli.demo_store import demo_store
from live.config import Settings
from live.errors import StartupError


def test_every_start_finds_an_empty_directory(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with demo_store(settings) as store:
        (store.directory / "live.db").touch()
        assert store.directory == (tmp_path / "demo").resolve()
        assert store.settings == {"LIVE_DATA_DIR": str(store.directory)}
    with demo_store(settings) as store:
        assert not (store.directory / "live.db").exists()


def test_two_demos_never_share_a_directory(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with (
        demo_store(settings),
        pytest.raises(StartupError, match="another demo is running"),
        demo_store(settings),
    ):
        pass


def test_files_that_no_demo_made_stay(tmp_path: Path) -> None:
    precious = tmp_path / "demo" / "precious"
    precious.parent.mkdir()
    precious.touch()
    with (
        pytest.raises(StartupError, match="no demo made"),
        demo_store(Settings(data_dir=tmp_path)),
    ):
        pass
    assert precious.exists()


async def test_an_embedded_database_is_made(tmp_path: Path) -> None:
    with demo_store(Settings(data_dir=tmp_path)) as store:
        await store.prepare()
        await store.prepare()  # empty still
        assert (store.directory / "live.db").exists()


async def test_a_database_that_is_away_is_told_in_a_line(tmp_path: Path) -> None:
    away = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
    with (
        demo_store(Settings(data_dir=tmp_path, database_url=away)) as store,
        pytest.raises(StartupError, match="cannot reach the database"),
    ):
        await store.prepare()
