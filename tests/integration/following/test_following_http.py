"""Following hosts and asking to be reminded, over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest_asyncio

from live.storage.redis import RedisClient
from live.values import Role
from tests.support.fair import Fair, fair
from tests.support.serving import Answer


@pytest_asyncio.fixture
async def market(database_url: str, redis: RedisClient) -> AsyncIterator[Fair]:
    settings = {"follows_max": 2, "reminders_max": 2, "public_url": "https://live.example"}
    async with fair(database_url, redis, **settings) as running:
        yield running


async def put(market: Fair, path: str, token: str | None) -> Answer:
    return await market.caller.call("PUT", path, token=token)


async def delete(market: Fair, path: str, token: str | None) -> Answer:
    return await market.caller.call("DELETE", path, token=token)


async def me(market: Fair, token: str) -> str:
    return str((await market.caller.get("/api/me", token=token)).body["id"])


async def scheduled(market: Fair, hours: float = 1, title: str = "徐闻菠萝") -> str:
    """The id of an event of the first host's that starts in so many hours."""
    host = await market.token(Role.HOST)
    starts = datetime.now(UTC) + timedelta(hours=hours)
    event = {"title": title, "county_code": "440825", "starts_at": starts.isoformat()}
    answer = await market.caller.post("/api/events", event, token=host)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


async def test_a_host_is_followed_once_however_often_it_is_asked(market: Fair) -> None:
    one, other = await market.tokens(2)
    host = await me(market, await market.token(Role.HOST))
    path = f"/api/hosts/{host}"
    for token, followers in ((one, 1), (one, 1), (other, 2)):
        answer = await put(market, f"{path}/follow", token)
        assert (answer.status, answer.body["followers"]) == (200, followers)
        assert answer.body["is_followed"] is True
    stranger = (await market.caller.get(path)).body
    assert (stranger["followers"], stranger["is_followed"]) == (2, False)
    assert set(stranger) == {"id", "name", "followers", "is_followed"}
    for _ in range(2):
        answer = await delete(market, f"{path}/follow", one)
        assert (answer.body["followers"], answer.body["is_followed"]) == (1, False)
    assert (await market.caller.get("/api/follows", token=one)).body["items"] == []


async def test_the_list_tells_what_each_host_does_next(market: Fair) -> None:
    viewer = await market.token()
    host, other = [await me(market, token) for token in await market.tokens(2, Role.HOST)]
    later, sooner = await scheduled(market, 30), await scheduled(market, 3)
    for host_id in (host, other):
        await put(market, f"/api/hosts/{host_id}/follow", viewer)

    async def listed(query: str = "") -> dict[str, Any]:
        answer = await market.caller.get(f"/api/follows{query}", token=viewer)
        assert answer.status == 200, answer.raw
        body: dict[str, Any] = answer.body
        return body

    first = await listed("?limit=1")
    second = await listed(f"?limit=1&cursor={first['next']}")
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {host, other}
    assert second["next"] is None
    next_of = {item["id"]: item["event"] for item in (await listed())["items"]}
    assert next_of[other] is None
    assert (next_of[host]["id"], next_of[host]["status"]) == (sooner, "scheduled")
    await market.caller.post(f"/api/events/{later}/start", token=await market.token(Role.HOST))
    next_of = {item["id"]: item["event"] for item in (await listed())["items"]}
    assert (next_of[host]["id"], next_of[host]["status"]) == (later, "live")


async def test_who_cannot_be_followed(market: Fair) -> None:
    viewer, other = await market.tokens(2)
    host, *others = await market.tokens(3, Role.HOST)
    path = "/api/hosts/{}/follow"
    assert (await put(market, path.format(await me(market, host)), None)).status == 401
    assert (await put(market, path.format("acc_nobody"), viewer)).status == 404
    assert (await put(market, path.format(await me(market, other)), viewer)).status == 404
    own = await put(market, path.format(await me(market, host)), host)
    assert (own.status, own.code) == (409, "own_account")
    answers = [
        await put(market, path.format(await me(market, each)), viewer) for each in (host, *others)
    ]
    assert [answer.status for answer in answers] == [200, 200, 409]
    assert answers[-1].code == "too_many_follows"
    repeat = await put(market, path.format(await me(market, host)), viewer)
    assert repeat.status == 200, "a repeat is not one more"


async def test_a_reminder_is_asked_for_listed_and_dropped(market: Fair) -> None:
    viewer, other = await market.tokens(2)
    event_id = await scheduled(market)
    path = f"/api/events/{event_id}/reminder"
    for _ in range(2):
        assert (await put(market, path, viewer)).status == 200
    (item,) = (await market.caller.get("/api/reminders", token=viewer)).body["items"]
    assert (item["event_id"], item["event_status"]) == (event_id, "scheduled")
    lead = datetime.fromisoformat(item["starts_at"]) - datetime.fromisoformat(item["remind_at"])
    assert lead == timedelta(minutes=10)
    assert item["sent_at"] is None
    assert (await market.caller.get("/api/reminders", token=other)).body["items"] == []
    for _ in range(2):
        assert (await delete(market, path, viewer)).status == 204
    assert (await market.caller.get("/api/reminders", token=viewer)).body["items"] == []


async def test_what_nobody_can_be_reminded_of(market: Fair) -> None:
    viewer, host = await market.token(), await market.token(Role.HOST)
    live = await market.live_event()
    path = "/api/events/{}/reminder"
    assert (await put(market, path.format("evt_none"), viewer)).code == "event_not_found"
    assert (await put(market, path.format(live), viewer)).code == "already_live"
    await market.caller.post(f"/api/events/{live}/end", token=host)
    assert (await put(market, path.format(live), viewer)).code == "already_ended"
    cancelled = await scheduled(market)
    await market.caller.post(f"/api/events/{cancelled}/cancel", token=host)
    assert (await put(market, path.format(cancelled), viewer)).code == "already_cancelled"
    events = [await scheduled(market, hours) for hours in (1, 2, 3)]
    answers = [await put(market, path.format(event), viewer) for event in events]
    assert [answer.code for answer in answers] == [None, None, "too_many_reminders"]
    assert (await put(market, path.format(events[0]), viewer)).status == 200


async def test_the_calendar_file_follows_the_event(market: Fair) -> None:
    host = await market.token(Role.HOST)
    event_id = await scheduled(market, title="徐闻菠萝, 第一场")

    async def entry() -> Any:
        answer = await market.caller.get(f"/api/events/{event_id}/calendar.ics")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert f"{event_id}.ics" in answer.headers["Content-Disposition"]
        (found,) = icalendar.Calendar.from_ical(answer.raw).walk("VEVENT")
        return found

    first = await entry()
    assert first["SUMMARY"] == "徐闻菠萝, 第一场"
    assert first["URL"] == f"https://live.example/events/{event_id}"
    starts = (first["DTSTART"].dt + timedelta(hours=5)).isoformat()
    await market.caller.call("PATCH", f"/api/events/{event_id}", {"starts_at": starts}, token=host)
    moved = await entry()
    assert moved["UID"] == first["UID"]
    assert moved["SEQUENCE"] > first["SEQUENCE"]
    assert moved["DTSTART"].dt == first["DTSTART"].dt + timedelta(hours=5)
    await market.caller.post(f"/api/events/{event_id}/cancel", token=host)
    called_off = await entry()
    assert called_off["STATUS"] == "CANCELLED"
    assert called_off["SEQUENCE"] > moved["SEQUENCE"]
    unknown = await market.caller.get("/api/events/evt_none/calendar.ics")
    assert (unknown.status, unknown.code) == (404, "event_not_found")
