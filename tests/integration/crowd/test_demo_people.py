"""Claims about who is in a demo, on both kinds of database."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from live.accounts.feature import tokens_of
from live.accounts.phones import normalise_phone
from live.accounts.secrets import Keys, load_secret
from live.accounts.tables import AccountRow
from live.cli.demo_people import PROBES, DemoPeople, create_people
from live.cli.demo_store import DemoStore, demo_store
from live.config import Settings, settings_from_environment
from live.errors import StartupError
from live.storage.database import Database
from live.values import Role

NOW_MS = 1_600_000_000_000


@pytest.fixture
def store(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DemoStore]:
    """A demo's store in somebody's empty database."""
    monkeypatch.setenv("LIVE_DATABASE_URL", database_url)
    settings_from_environment.cache_clear()
    with demo_store(Settings(data_dir=tmp_path, database_url=database_url)) as made:
        yield made
    settings_from_environment.cache_clear()


async def test_everybody_has_an_account_and_a_token_that_the_server_will_believe(
    store: DemoStore, database: Database, tmp_path: Path
) -> None:
    await store.prepare()
    people = await create_people(store, orders=60)
    cast = people.write_cast(tmp_path)

    # The server reads its secret from the same directory.
    secret = load_secret(Settings(data_dir=store.directory), may_generate=True)
    signer = tokens_of(Keys(secret))
    assert signer.read(cast.host_token, NOW_MS).role is Role.HOST
    buyers = cast.tokens_path.read_text().split()
    assert len(buyers) == cast.tokens_count == 60
    assert len(cast.probe_tokens) == PROBES
    people_ids = {signer.read(token, NOW_MS).sub for token in [*buyers, *cast.probe_tokens]}
    assert len(people_ids) == 60 + PROBES
    assert stat.S_IMODE(cast.tokens_path.stat().st_mode) == 0o600

    async with database.reading() as session:
        roles = {row.phone: row.role for row in await session.scalars(select(AccountRow))}
    assert roles[normalise_phone(people.host_phone)] == "host"
    assert roles[normalise_phone(people.operator_phone)] == "operator"


async def test_a_database_with_people_in_it_is_left_alone(store: DemoStore) -> None:
    await store.prepare()
    await create_people(store, orders=1)
    with pytest.raises(StartupError, match="the demo only uses an empty one"):
        await store.prepare()


def test_the_terminal_shows_the_codes_that_the_server_prints() -> None:
    people = DemoPeople("19900000001", "19900000002", "host", [], [])
    said = {"sms_to": "+8619900000001", "sms_code": "042517", "event": "sign-in code"}
    assert people.code_in(json.dumps(said)) == "Code      042517 for 19900000001 (host)"
    guest = {"sms_to": "+8613812341234", "sms_code": "999999"}
    assert people.code_in(json.dumps(guest)) == "Code      999999 for 13812341234"
    for other in ('{"event":"serving"}', "", 'sms_code="1"', '{"sms_code":1}'):
        assert people.code_in(other) is None
