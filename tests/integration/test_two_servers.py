"""One room on two servers, each a process: their viewers add up, see the same, and outlive one."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from live.events.rows import EVENTS
from live.realtime.feed import Entry
from live.storage.database import Database
from tests.support.watching import Fair, Watcher, fair, until

pytestmark = pytest.mark.asyncio

LEASE_MS = 1_000
BASE_VIEWS = 70_000_000  # as in Xuwen
NEWS_SECONDS = 0.02  # between entries of the feed: every look finds some
ROUNDS = 20


async def test_seventy_million_views_go_on_from_sql_to_every_screen_and_figure(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with fair(tmp_path, database_url, redis_url, LIVE_SAVE_SECONDS="0.2") as two:
        database = Database(database_url)
        async with database.transaction() as session:
            await session.execute(update(EVENTS).values(views_total=BASE_VIEWS))
        await database.close()
        async with (
            two.watcher(0, two.tokens[0]) as first,
            two.watcher(1, two.tokens[0]),
            two.watcher(1, two.tokens[1]),
            two.watcher(0, two.host) as host,
        ):
            await until(lambda: first.shown["views"] == BASE_VIEWS + 4)
            await until(lambda: first.shown["viewers"] == 4)
            # Of two who watch on one account one is counted.
            wanted = {"views": BASE_VIEWS + 4, "unique_viewers": 3}
            await until(lambda: wanted.items() <= funnel(host).items())
            assert first.last_sales is None  # figures are for the host


def funnel(host: Watcher) -> dict[str, int]:
    sales = host.last_sales
    return sales["funnel"] if sales is not None else {}


async def test_viewers_of_a_killed_server_vanish_within_its_lease(
    tmp_path: Path, sqlite_url: str, redis_url: str
) -> None:
    async with (
        fair(tmp_path, sqlite_url, redis_url, LIVE_LEASE_MS=str(LEASE_MS)) as two,
        two.watcher(0) as stays,
        AsyncExitStack() as stack,
    ):
        for _ in range(5):
            await stack.enter_async_context(two.watcher(1))
        await until(lambda: stays.shown["viewers"] == 6)
        os.kill(two.servers[1].pid, signal.SIGKILL)
        heard = len(stays.messages)
        await until(lambda: stays.shown["viewers"] == 1)
        counts = [m["viewers"] for m in stays.messages[heard:] if "viewers" in m]
        assert counts == [1], "all of them at once, when the lease is over"
        assert stays.shown["views"] == 6, "what they were counted as remains"
        # By Redis's clock, so however busy this machine is: its last report is no older.
        report = await two.feed._redis.hgetall(f"live:{{{two.event_id}}}:processes")
        seconds, microseconds = await two.feed._redis.time()
        ages = [seconds * 1000 + microseconds // 1000 - int(r.split()[1]) for r in report.values()]
        assert min(ages) <= LEASE_MS


async def test_two_servers_show_a_change_with_their_next_tick(
    tmp_path: Path, sqlite_url: str, redis_url: str
) -> None:
    async with (
        fair(tmp_path, sqlite_url, redis_url) as two,
        two.watcher(0) as one,
        two.watcher(1) as other,
    ):
        stop = asyncio.Event()
        news = asyncio.create_task(make_news(two, stop))
        passed: list[int] = []
        for number in range(ROUNDS):
            text = f"change {number}"
            [done] = await two.feed.publish(two.event_id, [Entry("notice", {"text": text})])
            heard = [len(one.messages), len(other.messages)]
            for watcher, before in zip((one, other), heard, strict=True):
                await until(partial(has_seen, watcher, str(done.feed_id)))
                after = watcher.messages[before:]
                passed.append(next(i for i, m in enumerate(after) if done.feed_id in ids(m)))
        stop.set()
        await news
        await until(lambda: seen(one)[-1] == seen(other)[-1])
        # One tick may have been on its way when the change was made, and never two.
        assert max(passed) <= 1
        for watcher in (one, other):
            assert_whole(watcher)
        # The same entries in the same order, from wherever the later of both came in.
        shared = min(len(seen(one)), len(seen(other)))
        assert seen(one)[-shared:] == seen(other)[-shared:]


def has_seen(watcher: Watcher, feed_id: str) -> bool:
    return feed_id in seen(watcher)


async def make_news(two: Fair, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await two.feed.publish(two.event_id, [Entry("notice", {"text": "something"})])
        await asyncio.sleep(NEWS_SECONDS)


def ids(message: dict[str, object]) -> list[str]:
    feed = message.get("feed", [])
    assert isinstance(feed, list)
    return [entry["id"] for entry in feed]


def seen(watcher: Watcher) -> list[str]:
    return [id_ for message in watcher.messages for id_ in ids(message)]


def assert_whole(watcher: Watcher) -> None:
    """No tick is missing, and no entry comes twice."""
    ticks = [m for m in watcher.messages if m["type"] == "tick"]
    assert [t["prev"] for t in ticks[1:]] == [t["n"] for t in ticks[:-1]]
    assert not any(m.get("gap") for m in watcher.messages)
    assert len(seen(watcher)) == len(set(seen(watcher)))
