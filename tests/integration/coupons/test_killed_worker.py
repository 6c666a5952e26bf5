"""A rush on a real server with two workers, one of which is killed while it answers."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.live_server import LiveServer, live
from tests.support.processes import workers_of

CLAIMERS, QUANTITY = 300, 50
KILL_AFTER = 20  # answers
SECONDS_MAX = 60
TERMS = {
    "title": "满50减5", "off_fen": 500, "min_spend_fen": 5_000, "quantity": QUANTITY,
    "claim_seconds": 600, "use_seconds": 600,
}  # fmt: skip
EVENT = {"title": "徐闻菠萝", "county_code": "440825", "starts_at": "2026-02-19T02:00:00Z"}


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[LiveServer]:
    running = LiveServer(tmp_path, workers=2, LIVE_DATABASE_URL=database_url)
    running.start()
    yield running
    running.stop()


def test_everybody_has_what_they_were_told_and_nobody_has_two(server: LiveServer) -> None:
    heard = asyncio.run(_Rush(server).run())
    assert heard.answers == {"claimed": QUANTITY, "coupons_gone": CLAIMERS - QUANTITY}
    assert heard.owned == heard.told, "each has the one coupon that they were told of, or none"
    assert len({coupon for some in heard.told.values() for coupon in some}) == QUANTITY
    assert heard.claimed == QUANTITY
    assert heard.was_cut_off, "nobody was asking the worker that was killed"


class _Rush:
    """
    Attributes:
        answers: how many heard what in the end.
        told: token → the coupons that it was told of.
        owned: token → the coupons that it has.
        claimed: as the drop counts them.
    """

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self._victim = workers_of(server.pid)[0]
        self._answered = 0
        self.answers: Counter[str] = Counter()
        self.told: dict[str, list[str]] = {}
        self.owned: dict[str, list[str]] = {}
        self.claimed = 0
        self.was_cut_off = False

    async def run(self) -> "_Rush":
        (host,), viewers = self._tokens("host", 1), self._tokens("viewer", CLAIMERS)
        connector = aiohttp.TCPConnector(limit=100)
        async with (
            asyncio.timeout(SECONDS_MAX),
            aiohttp.ClientSession(self._server.origin, connector=connector) as session,
        ):
            event = await _post(session, "/api/events", host, EVENT)
            await _post(session, f"/api/events/{event['id']}/start", host)
            path = f"/api/events/{event['id']}/coupon-drops"
            drop = await _post(session, path, host, TERMS)
            await asyncio.gather(*(self._claim(session, drop["id"], who) for who in viewers))
            for who in viewers:
                found = await _get(session, "/api/coupons", who)
                self.owned[who] = [coupon["id"] for coupon in found["items"]]
            (shown,) = (await _get(session, path, host))["items"]
            self.claimed = shown["claimed"]
        return self

    def _tokens(self, role: str, count: int) -> list[str]:
        asked = ("accounts", "tokens", "--role", role, "--count", str(count))
        done = live(*asked, environment=self._server.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    async def _claim(self, session: aiohttp.ClientSession, drop_id: str, token: str) -> None:
        """Until there is a word that stays: whoever was cut off asks again."""
        while True:
            try:
                path = f"/api/coupon-drops/{drop_id}/coupons"
                async with session.post(path, headers=_by(token)) as reply:
                    body = await reply.json(content_type=None)
            except (aiohttp.ClientError, OSError):
                self.was_cut_off = True
                await asyncio.sleep(0.05)
                continue
            self._answered += 1
            if self._answered == KILL_AFTER:
                os.kill(self._victim, signal.SIGKILL)
            if reply.status < 500:
                break
            await asyncio.sleep(0.05)
        self.told[token] = [body["id"]] if reply.status in (200, 201) else []
        self.answers["claimed" if self.told[token] else body["code"]] += 1


def _by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _post(
    session: aiohttp.ClientSession, path: str, token: str, body: object = None
) -> dict[str, Any]:
    async with session.post(path, json=body, headers=_by(token)) as reply:
        found: dict[str, Any] = await reply.json()
        assert reply.status in (200, 201), found
        return found


async def _get(session: aiohttp.ClientSession, path: str, token: str) -> dict[str, Any]:
    async with session.get(path, headers=_by(token)) as reply:
        found: dict[str, Any] = await reply.json()
        assert reply.status == 200, found
        return found
