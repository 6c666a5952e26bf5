"""Giveaways as people meet them: over HTTP and in the room, on both databases.

The draws are computed again here, from what anybody can read, with nothing of ours.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from live.storage.redis import RedisClient
from live.values import Role
from tests.integration.realtime.rooms import Viewer
from tests.support.fair import SHIP_TO, Fair, fair
from tests.support.serving import Answer, until

QUICK = {
    "giveaway_seconds_min": 1,
    "giveaway_draw_seconds": 0.2,
    "giveaway_look_seconds": 0.05,
    "definition_seconds": 0.2,
}
TERMS: dict[str, Any] = {
    "title": "开场福袋", "prize": "徐闻菠萝 6斤装 一箱", "winners_count": 2, "seconds": 600,
}  # fmt: skip


@pytest_asyncio.fixture
async def ground(database_url: str, redis: RedisClient) -> AsyncIterator[Fair]:
    async with fair(database_url, redis, **QUICK) as running:
        yield running


async def opened(ground: Fair, event_id: str | None = None, **changes: Any) -> dict[str, Any]:
    event_id = event_id or await ground.live_event()
    host = await ground.token(Role.HOST)
    path = f"/api/events/{event_id}/giveaways"
    answer = await ground.caller.post(path, {**TERMS, **changes}, token=host)
    assert answer.status == 201, answer.raw
    found: dict[str, Any] = answer.body
    return found


async def enter(ground: Fair, giveaway_id: str, token: str | None) -> Answer:
    return await ground.caller.post(f"/api/giveaways/{giveaway_id}/entries", token=token)


async def read(ground: Fair, giveaway_id: str) -> dict[str, Any]:
    answer = await ground.caller.get(f"/api/giveaways/{giveaway_id}")
    assert answer.status == 200, answer.raw
    found: dict[str, Any] = answer.body
    return found


async def end(ground: Fair, event_id: str) -> None:
    host = await ground.token(Role.HOST)
    answer = await ground.caller.post(f"/api/events/{event_id}/end", token=host)
    assert answer.status == 200, answer.raw


async def until_status(ground: Fair, giveaway_id: str, status: str) -> dict[str, Any]:
    async def is_there() -> bool:
        return bool((await read(ground, giveaway_id))["status"] == status)

    await until(is_there)
    return await read(ground, giveaway_id)


async def test_from_the_opening_to_the_parcel(ground: Fair) -> None:
    people = await ground.tokens(5)
    giveaway = await opened(ground)
    assert giveaway["status"] == "open"
    assert giveaway["seed"] is None
    assert giveaway["entries_digest"] is None
    entries = {}
    for token in people:
        first = await enter(ground, giveaway["id"], token)
        assert first.status == 201, first.raw
        again = await enter(ground, giveaway["id"], token)
        assert (again.status, again.body) == (200, first.body)
        entries[first.body["id"]] = token
    assert (await read(ground, giveaway["id"]))["entries"] == 5

    await end(ground, giveaway["event_id"])
    drawn = await until_status(ground, giveaway["id"], "drawn")
    winning = [winner["entry_id"] for winner in drawn["winners"]]
    assert await recomputed(ground, drawn) == winning
    assert [winner["place"] for winner in drawn["winners"]] == [1, 2]
    assert all(winner["name"].endswith("**") for winner in drawn["winners"])

    for entry_id, token in entries.items():
        own = await ground.caller.get(f"/api/giveaways/{giveaway['id']}/entry", token=token)
        place = winning.index(entry_id) + 1 if entry_id in winning else None
        assert own.body["place"] == place
        won = (await ground.caller.get("/api/giveaways/won", token=token)).body["items"]
        assert [prize["place"] for prize in won] == ([place] if place else [])
    await address_and_see(ground, giveaway["id"], entries[winning[0]])


async def recomputed(ground: Fair, drawn: dict[str, Any]) -> list[str]:
    """The winners, as docs/protocol.md says; checks the commitment and the digest on the way."""
    assert sha256(drawn["seed"].encode()).hexdigest() == drawn["commitment"]
    listed = await ground.caller.get(f"/api/giveaways/{drawn['id']}/entries")
    assert listed.status == 200
    assert sha256(listed.raw).hexdigest() == drawn["entries_digest"]
    entries = listed.raw.decode().split()
    assert len(entries) == drawn["entries"]
    head = f"{drawn['seed']} {drawn['entries_digest']}"
    entries.sort(key=lambda entry: sha256(f"{head} {entry}".encode()).hexdigest())
    return entries[: drawn["winners_count"]]


async def address_and_see(ground: Fair, giveaway_id: str, winner: str) -> None:
    """The winner says where to; its host sees that masked, operators see all, nobody else any."""
    saved = await ground.caller.post("/api/addresses", SHIP_TO, token=winner)
    body = {"address_id": saved.body["id"]}
    path = f"/api/giveaways/{giveaway_id}/address"
    prize = await ground.caller.call("PUT", path, body, token=winner)
    assert prize.status == 200, prize.raw
    assert prize.body["ship_to"]["address"] == SHIP_TO["address"]
    stranger = (await ground.tokens(6))[-1]
    theirs = await ground.caller.post("/api/addresses", SHIP_TO, token=stranger)
    other = {"address_id": theirs.body["id"]}
    assert (await ground.caller.call("PUT", path, other, token=stranger)).status == 404
    assert (await ground.caller.call("PUT", path, other, token=winner)).status == 404

    path = f"/api/giveaways/{giveaway_id}/winners"
    seen = {}
    for role in (Role.HOST, Role.OPERATOR):
        answer = await ground.caller.get(path, token=await ground.token(role))
        assert answer.status == 200, answer.raw
        seen[role] = answer.body["items"][0]
    assert seen[Role.OPERATOR]["ship_to"]["address"] == SHIP_TO["address"]
    assert seen[Role.HOST]["ship_to"]["phone"] == "138****5678"
    assert seen[Role.HOST]["ship_to"]["address"] == f"{SHIP_TO['address'][:6]}****"
    assert "****" in seen[Role.HOST]["phone"]
    assert "****" not in seen[Role.OPERATOR]["phone"]
    assert (await ground.caller.get(path, token=winner)).status == 403
    other_host = (await ground.tokens(2, Role.HOST))[1]
    assert (await ground.caller.get(path, token=other_host)).status == 403
    await ship_and_see(ground, giveaway_id, winner, body)


async def ship_and_see(
    ground: Fair, giveaway_id: str, winner: str, address: dict[str, Any]
) -> None:
    """The first place is on its way: its winner reads the number, and cannot change where to."""
    host = await ground.token(Role.HOST)
    winners = f"/api/giveaways/{giveaway_id}/winners"

    async def ship(place: str, number: str = "SF1234567890", token: str = host) -> Answer:
        parcel = {"carrier": "顺丰速运", "tracking_number": number}
        return await ground.caller.post(f"{winners}/{place}/ship", parcel, token=token)

    assert (await ship("2")).body["code"] == "prize_not_addressed"
    for nobody in ("3", "0", "-1", "x", "9" * 30, "१"):
        assert (await ship(nobody)).status == 404
    assert (await ship("1", number="no/slash")).status == 422
    assert (await ship("1", token=winner)).status == 403

    assert (await ship("1", number="SF1")).body["tracking_number"] == "SF1"
    sent = await ship("1")  # the first was a slip of the pen
    assert sent.status == 200, sent.raw
    assert (sent.body["place"], sent.body["carrier"]) == (1, "顺丰速运")
    [mine] = (await ground.caller.get("/api/giveaways/won", token=winner)).body["items"]
    assert mine["tracking_number"] == "SF1234567890"
    assert mine["shipped_at"] == sent.body["shipped_at"] is not None
    path = f"/api/giveaways/{giveaway_id}/address"
    late = await ground.caller.call("PUT", path, address, token=winner)
    assert (late.status, late.body["code"]) == (409, "prize_shipped")
    listed = (await ground.caller.get(winners, token=host)).body["items"]
    assert [entry["shipped_at"] is not None for entry in listed] == [True, False]


async def test_it_closes_when_its_time_is_over(ground: Fair) -> None:
    (token,) = await ground.tokens(1)
    giveaway = await opened(ground, seconds=1)
    await enter(ground, giveaway["id"], token)
    drawn = await until_status(ground, giveaway["id"], "drawn")
    assert len(drawn["winners"]) == drawn["entries"] <= 1
    late = await enter(ground, giveaway["id"], (await ground.tokens(2))[1])
    assert (late.status, late.code) == (409, "giveaway_closed")
    again = await enter(ground, giveaway["id"], token)
    assert again.status in (200, 409)
    second = await opened(ground, giveaway["event_id"])
    assert second["commitment"] != giveaway["commitment"]


async def test_without_entries_nobody_wins(ground: Fair) -> None:
    giveaway = await opened(ground)
    await end(ground, giveaway["event_id"])
    drawn = await until_status(ground, giveaway["id"], "drawn")
    assert (drawn["entries"], drawn["winners"]) == (0, [])
    assert await recomputed(ground, drawn) == []


async def test_one_at_a_time_and_only_in_a_live_event(ground: Fair) -> None:
    giveaway = await opened(ground)
    host = await ground.token(Role.HOST)
    path = f"/api/events/{giveaway['event_id']}/giveaways"
    second = await ground.caller.post(path, TERMS, token=host)
    assert (second.status, second.code) == (409, "giveaway_running")
    other_host = (await ground.tokens(2, Role.HOST))[1]
    assert (await ground.caller.post(path, TERMS, token=other_host)).status == 403
    viewer = await ground.token()
    assert (await ground.caller.post(path, TERMS, token=viewer)).status == 403
    event = {"title": "明天", "county_code": "440825", "starts_at": "2026-02-19T02:00:00Z"}
    scheduled = (await ground.caller.post("/api/events", event, token=host)).body["id"]
    early = await ground.caller.post(f"/api/events/{scheduled}/giveaways", TERMS, token=host)
    assert (early.status, early.code) == (409, "not_live")
    listed = await ground.caller.get(path)
    assert [found["id"] for found in listed.body["items"]] == [giveaway["id"]]
    assert (await ground.caller.get("/api/events/evt_0/giveaways")).code == "event_not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"winners_count": 51}, {"winners_count": 0}, {"seconds": 0}, {"seconds": 1_801},
        {"prize": ""}, {"seconds": 10**30},
    ],
)  # fmt: skip
async def test_terms_beyond_the_limits(ground: Fair, wrong: dict[str, Any]) -> None:
    event_id = await ground.live_event()
    host = await ground.token(Role.HOST)
    path = f"/api/events/{event_id}/giveaways"
    answer = await ground.caller.post(path, {**TERMS, **wrong}, token=host)
    assert (answer.status, answer.code) == (422, "invalid")
    assert answer.body["fields"].keys() == wrong.keys()


async def test_who_gives_it_away_does_not_enter(ground: Fair) -> None:
    giveaway = await opened(ground)
    assert (await enter(ground, giveaway["id"], None)).status == 401
    for role in (Role.HOST, Role.OPERATOR):
        refused = await enter(ground, giveaway["id"], await ground.token(role))
        assert (refused.status, refused.code) == (409, "own_giveaway")
    other_host = (await ground.tokens(2, Role.HOST))[1]
    assert (await enter(ground, giveaway["id"], other_host)).status == 201
    assert (await enter(ground, "gvw_0", await ground.token())).code == "not_found"


async def test_called_off_for_a_reason(ground: Fair) -> None:
    giveaway = await opened(ground)
    token = await ground.token()
    await enter(ground, giveaway["id"], token)
    path = f"/api/giveaways/{giveaway['id']}/cancel"
    host = await ground.token(Role.HOST)
    assert (await ground.caller.post(path, {"reason": "?"}, token=token)).status == 403
    for _ in range(2):
        answer = await ground.caller.post(path, {"reason": "奖品填错了"}, token=host)
        assert (answer.status, answer.body["status"]) == (200, "cancelled")
    shown = await read(ground, giveaway["id"])
    assert (shown["reason"], shown["seed"], shown["winners"]) == ("奖品填错了", None, [])
    refused = await enter(ground, giveaway["id"], (await ground.tokens(2))[1])
    assert refused.code == "giveaway_closed"
    assert (await opened(ground, giveaway["event_id"]))["status"] == "open"


async def test_entries_are_published_when_it_has_closed(ground: Fair) -> None:
    giveaway = await opened(ground)
    path = f"/api/giveaways/{giveaway['id']}/entries"
    early = await ground.caller.get(path)
    assert (early.status, early.code) == (409, "entries_open")
    assert (await ground.caller.get("/api/giveaways/gvw_0/entries")).status == 404
    assert (await ground.caller.get("/api/giveaways/gvw_0")).status == 404
    token = await ground.token()
    own = await ground.caller.get(f"/api/giveaways/{giveaway['id']}/entry", token=token)
    assert own.status == 404


async def test_a_room_shows_all_of_it_and_tells_winners(ground: Fair) -> None:
    event_id = await ground.live_event()
    tokens = await ground.tokens(3)
    address = ground.caller.origin.replace("http", "ws")
    async with connect(
        f"{address}/api/events/{event_id}/room",
        additional_headers={"Authorization": f"Bearer {tokens[0]}"},
        proxy=None,
    ) as socket:
        viewer = Viewer(socket)
        assert (await viewer.until_type("snapshot"))["giveaway"] == []
        giveaway = await opened(ground, event_id, winners_count=3)
        tick = await viewer.until(lambda said: bool(said.get("giveaway")))
        (shown,) = tick["giveaway"]
        assert (shown["giveaway_id"], shown["status"]) == (giveaway["id"], "open")
        assert shown["commitment"] == giveaway["commitment"]
        assert shown["closes_at"] == giveaway["closes_at"]
        for token in tokens:
            await enter(ground, giveaway["id"], token)
        await viewer.until(lambda said: _shown(said, "entries") == 3)
        await end(ground, event_id)
        heard: list[dict[str, Any]] = []

        def is_all(said: dict[str, Any]) -> bool:
            heard.append(said)
            return _has_heard(heard)

        await viewer.until(is_all)
        (drawn,) = next(told for told in heard if _shown(told, "status") == "drawn")["giveaway"]
        assert sha256(drawn["seed"].encode()).hexdigest() == giveaway["commitment"]
        assert len(drawn["winners"]) == 3
        (notice,) = [told for told in heard if told["type"] == "notice"]
        assert notice["giveaway_id"] == giveaway["id"]
        assert notice["place"] in (1, 2, 3)


def _has_heard(heard: list[dict[str, Any]]) -> bool:
    kinds = {entry["kind"] for said in heard for entry in said.get("feed", ())}
    return (
        any(_shown(said, "status") == "drawn" for said in heard)
        and any(said["type"] == "notice" for said in heard)
        and "giveaway_drawn" in kinds
    )


def _shown(said: dict[str, Any], field: str) -> Any:
    return said["giveaway"][0][field] if said.get("giveaway") else None
