"""Anyone reads events with their offers."""

from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event

from tests.support.market import Market

pytestmark = pytest.mark.asyncio


async def titles(selling: Market, query: str = "") -> list[str]:
    answer = await selling.caller.get(f"/api/events{query}")
    assert answer.status == 200, answer.raw
    return [event["title"] for event in answer.body["items"]]


async def test_an_event_with_its_offers(selling: Market) -> None:
    event_id = await selling.event("start")
    offer = await selling.offer(event_id, "open", allotment=10)
    await selling.ordered(offer, await selling.sign_in(), units=3)
    event = (await selling.caller.get(f"/api/events/{event_id}")).body
    assert (event["title"], event["status"], event["county"]["name"]) == (
        "徐闻菠萝", "live", "徐闻县",
    )  # fmt: skip
    assert event["offers"] == [offer | {"available": 7, "reserved": 3}]
    listed = (await selling.caller.get("/api/events")).body
    assert listed == {"items": [event], "next": None}


async def test_the_latest_hour_comes_first(selling: Market) -> None:
    for hour, steps in [(9, ["start"]), (11, []), (10, ["cancel"])]:
        starts = f"2020-02-19T{hour:02}:00:00Z"
        await selling.event(*steps, title=f"{hour}", starts_at=starts)
    assert await titles(selling) == ["11", "10", "9"]
    assert await titles(selling, "?status=live") == ["9"]
    assert await titles(selling, "?status=scheduled") == ["11"]
    assert await titles(selling, "?status=cancelled") == ["10"]
    assert await titles(selling, "?status=ended") == []


async def test_pages_neither_skip_nor_repeat(selling: Market) -> None:
    made = [await selling.event(title=f"{n}") for n in range(5)]  # all at the same hour
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await selling.caller.get(f"/api/events?limit=2{cursor}")).body
        seen += [event["id"] for event in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(made)
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize("query", ["status=over", "limit=0", "limit=x", "cursor=!"])
async def test_a_bad_query(selling: Market, query: str) -> None:
    answer = await selling.caller.get(f"/api/events?{query}")
    assert (answer.status, list(answer.body["fields"])) == (422, [query.partition("=")[0]])


async def test_an_unknown_event(selling: Market) -> None:
    answer = await selling.caller.get("/api/events/evt_none")
    assert (answer.status, answer.code) == (404, "event_not_found")


async def test_a_page_costs_the_same_queries_however_long(selling: Market) -> None:
    statements: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    for _ in range(2):
        await selling.offer(await selling.event())
    engine = selling.database.engine.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", count)
    await titles(selling)
    few = len(statements)
    for _ in range(6):
        await selling.offer(await selling.event())
    statements.clear()
    await titles(selling)
    sqlalchemy_event.remove(engine, "before_cursor_execute", count)
    assert len(statements) == few <= 5
