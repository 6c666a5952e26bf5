"""Hosts schedule events, edit, start and end them, or call them off."""

import asyncio
from typing import Any

import pytest

from live.values import Role
from tests.integration.events.studio import XUWEN, Studio
from tests.support.access import walk

pytestmark = pytest.mark.asyncio


async def test_a_host_schedules_an_event(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    account = await studio.town.account_of(host)
    event = await studio.create(host, place="曲界镇", description="现摘现发")
    event_id = event.pop("id")
    assert event_id.startswith("evt_")
    assert event == {
        "title": "徐闻菠萝", "status": "scheduled",
        "host_id": account["id"], "host_name": account["name"],
        "county": {
            "code": "440825", "name": "徐闻县", "name_en": "Xuwen",
            "province_code": "440000", "province_name": "广东省",
        },
        "place": "曲界镇", "description": "现摘现发",
        "starts_at": "2020-02-19T02:00:00.000Z",
        "started_at": None, "ended_at": None, "pinned_offer_id": None,
            "waiting_room": False,
    }  # fmt: skip
    assert (studio.neighbours.changed, studio.neighbours.commits) == ([(event_id, 0)], 1)


async def test_an_event_goes_live_and_ends(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    event = await studio.create(host)
    event_id = event["id"]

    studio.town.clock.advance(seconds=60)
    started = await studio.step(event_id, "start", host)
    assert started.status == 200
    assert started.body == event | {"status": "live", "started_at": "2020-02-19T02:01:00.000Z"}

    studio.town.clock.advance(seconds=7200)
    ended = await studio.step(event_id, "end", host)
    assert ended.status == 200
    assert ended.body == started.body | {
        "status": "ended", "ended_at": "2020-02-19T04:01:00.000Z",
    }  # fmt: skip

    assert await studio.facts() == ["EventStarted", "EventEnded"]
    # The others hear of each change once it is committed, and so read the new revision.
    assert studio.neighbours.changed == [(event_id, 0), (event_id, 1), (event_id, 2)]
    assert studio.neighbours.commits == 3


async def test_an_event_is_called_off(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    event = await studio.create(host)
    cancelled = await studio.step(event["id"], "cancel", host)
    assert (cancelled.status, cancelled.body) == (200, event | {"status": "cancelled"})
    assert await studio.facts() == ["EventCancelled"]
    assert studio.neighbours.changed[-1] == (event["id"], 1)


@pytest.mark.parametrize(
    ("done", "verb", "code"),
    [
        (["start"], "start", "already_live"),
        (["start", "end"], "start", "already_ended"),
        (["cancel"], "start", "already_cancelled"),
        ([], "end", "not_live"),
        (["start", "end"], "end", "not_live"),
        (["cancel"], "end", "not_live"),
        (["start"], "cancel", "already_live"),
        (["start", "end"], "cancel", "already_ended"),
        (["cancel"], "cancel", "already_cancelled"),
    ],
)
async def test_a_step_out_of_turn_is_refused_and_changes_nothing(
    studio: Studio, done: list[str], verb: str, code: str
) -> None:
    host = await studio.sign_in(Role.HOST)
    event_id = (await studio.create(host))["id"]
    for step in done:
        assert (await studio.step(event_id, step, host)).status == 200
    before, facts = await studio.row(event_id), await studio.facts()
    changed = studio.neighbours.changed[:]

    answer = await studio.step(event_id, verb, host)
    assert (answer.status, answer.code) == (409, code)
    assert await studio.row(event_id) == before
    assert (await studio.facts(), studio.neighbours.changed) == (facts, changed)


async def test_an_edit_changes_only_what_it_names(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    event = await studio.create(host, place="曲界镇", description="现摘现发")
    first = await studio.edit(event["id"], host, title="徐闻菠萝返场")
    assert (first.status, first.body) == (200, event | {"title": "徐闻菠萝返场"})

    await studio.step(event["id"], "start", host)
    more = {"place": "", "description": "", "starts_at": "2020-02-20T02:00:00Z"}
    second = await studio.edit(event["id"], host, **more)
    assert second.body["starts_at"] == "2020-02-20T02:00:00.000Z"
    assert (second.body["place"], second.body["description"]) == ("", "")
    assert second.body["status"] == "live"
    assert (await studio.row(event["id"])).revision == 3
    assert studio.neighbours.changed[-1] == (event["id"], 3)


@pytest.mark.parametrize(
    ("done", "code"),
    [(["start", "end"], "already_ended"), (["cancel"], "already_cancelled")],
)
async def test_what_is_over_is_not_edited(studio: Studio, done: list[str], code: str) -> None:
    host = await studio.sign_in(Role.HOST)
    event_id = (await studio.create(host))["id"]
    for step in done:
        await studio.step(event_id, step, host)
    answer = await studio.edit(event_id, host, title="x")
    assert (answer.status, answer.code) == (409, code)
    assert (await studio.row(event_id)).title == XUWEN["title"]


async def test_only_its_host_and_operators_touch_an_event(studio: Studio) -> None:
    host, other, operator, viewer = [
        await studio.sign_in(role) for role in (Role.HOST, Role.HOST, Role.OPERATOR, Role.VIEWER)
    ]
    event_id = (await studio.create(host))["id"]
    for token, status, code in [
        (other, 403, "forbidden"), (viewer, 403, "forbidden"), (None, 401, "unauthenticated"),
    ]:  # fmt: skip
        for verb in ("start", "end", "cancel"):
            answer = await studio.step(event_id, verb, token)
            assert (answer.status, answer.code) == (status, code)
        answer = await studio.edit(event_id, token, title="x")
        assert (answer.status, answer.code) == (status, code)
        if token is not other:
            answer = await studio.caller.post("/api/events", XUWEN, token=token)
            assert (answer.status, answer.code) == (status, code)
    assert (await studio.row(event_id)).revision == 0

    assert (await studio.edit(event_id, operator, title="x")).status == 200
    assert (await studio.step(event_id, "start", operator)).status == 200
    assert (await studio.step(event_id, "end", operator)).status == 200
    own = await studio.create(operator)
    assert own["host_id"] == (await studio.town.account_of(operator))["id"]


async def test_every_route_lets_in_whom_it_says(studio: Studio) -> None:
    assert await walk(studio.routes, studio.caller, studio.sign_in) == []


async def test_who_is_no_host_any_more_is_kept_out(studio: Studio) -> None:
    phone = studio.town.new_phone()
    host = await studio.town.sign_in(Role.HOST, phone)
    event_id = (await studio.create(host))["id"]
    operator = await studio.sign_in(Role.OPERATOR)
    account_id = (await studio.town.account_of(host))["id"]
    answer = await studio.town.caller.call(
        "PATCH", f"/api/accounts/{account_id}/role", {"role": "viewer"}, token=operator
    )
    assert answer.status == 200, answer.raw
    again = await studio.town.sign_in(phone=phone)
    assert (await studio.step(event_id, "start", again)).code == "forbidden"


async def test_an_unknown_event_is_not_found(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    answers = [await studio.step("evt_none", verb, host) for verb in ("start", "end", "cancel")]
    answers.append(await studio.edit("evt_none", host, title="x"))
    for answer in answers:
        assert (answer.status, answer.code) == (404, "event_not_found")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"county_code": "999999"}, "county_code"),
        ({"county_code": "xuwen"}, "county_code"),
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"place": "x" * 81}, "place"),
        ({"description": "x" * 2001}, "description"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "2020-02-19T10:00:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+08:00"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
        ({"status": "live"}, "status"),
    ],
)
async def test_bad_input_is_named(studio: Studio, wrong: dict[str, Any], field: str) -> None:
    host = await studio.sign_in(Role.HOST)
    answer = await studio.caller.post("/api/events", XUWEN | wrong, token=host)
    assert (answer.status, answer.code, list(answer.body["fields"])) == (422, "invalid", [field])
    # An edit is held to the same; the county is not among what it changes.
    event_id = (await studio.create(host))["id"]
    answer = await studio.edit(event_id, host, **wrong)
    assert (answer.status, answer.code, list(answer.body["fields"])) == (422, "invalid", [field])


async def test_of_two_simultaneous_starts_exactly_one_wins(studio: Studio) -> None:
    host, operator = await studio.sign_in(Role.HOST), await studio.sign_in(Role.OPERATOR)
    for _ in range(5):
        event_id = (await studio.create(host))["id"]
        before = len(await studio.facts())
        answers = await asyncio.gather(
            *(studio.step(event_id, "start", token) for token in (host, operator) * 4)
        )
        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        assert {answer.code for answer in answers} == {None, "already_live"}
        assert (await studio.facts())[before:] == ["EventStarted"]
        assert (await studio.row(event_id)).revision == 1


async def test_started_or_called_off_but_never_both(studio: Studio) -> None:
    host = await studio.sign_in(Role.HOST)
    for _ in range(5):
        event_id = (await studio.create(host))["id"]
        before = len(await studio.facts())
        start, cancel = await asyncio.gather(
            studio.step(event_id, "start", host), studio.step(event_id, "cancel", host)
        )
        status = (await studio.row(event_id)).status
        if start.status == 200:
            assert (cancel.status, cancel.code, status) == (409, "already_live", "live")
        else:
            assert (start.code, cancel.status, status) == ("already_cancelled", 200, "cancelled")
        assert len(await studio.facts()) == before + 1
