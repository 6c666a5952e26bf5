"""Assistants moderate one chat and nothing else; the trail is the host's and operators' to read."""

from tests.integration.moderation.house import House


async def test_assistant_moderates_until_removed_on_any_process(event: House) -> None:
    event.eve = await event.newcomer("13912340007")
    eve = event.ids[event.eve]
    ann = event.ids[event.ann]
    assert (await event.mute(event.eve, account_id=ann)).status == 403
    named = await event.name(event.host, phone="139 1234 0007")
    assert (named.status, named.body["account_id"]) == (201, eve)
    for at in (event.first, event.second):
        standing = await event.chat("", event.eve, at=at)
        assert standing.body["part"] == "assistant"
    assert (await event.mute(event.eve, account_id=ann)).status == 204
    assert (await event.slow_down(event.eve, 10)).status == 200
    assert (await event.unname(event.host, eve)).status == 204
    for at in (event.first, event.second):
        muted = await event.chat("/silences", event.eve, {"kind": "mute", "account_id": ann}, at=at)
        assert (muted.status, muted.code) == (403, "forbidden")


async def test_assistant_may_do_nothing_else(event: House) -> None:
    eve = event.ids[event.eve]
    await event.name(event.host, account_id=eve)
    assert (await event.name(event.eve, account_id=event.ids[event.bob])).status == 403
    assert (await event.unname(event.eve, eve)).status == 403
    assert (await event.chat("/assistants", event.eve)).status == 403
    assert (await event.chat("/actions", event.eve)).status == 403
    path = f"/api/events/{event.event_id}"
    ended = await event.first.caller.post(f"{path}/end", token=event.eve)
    assert ended.status == 403
    other = await event.first.live_event()
    asked = {"kind": "mute", "account_id": event.ids[event.ann]}
    answer = await event.first.caller.post(
        f"/api/events/{other}/chat/silences", asked, token=event.eve
    )
    assert answer.status == 403
    async with event.room(event.host) as host:
        of_host = await event.said(host, "主播说的")
    answer = await event.delete(event.eve, of_host)
    assert (answer.status, answer.code) == (409, "is_staff")


async def test_naming_frees_who_was_muted_and_twice_is_once(event: House) -> None:
    eve = event.ids[event.eve]
    await event.mute(event.host, account_id=eve)
    assert (await event.name(event.host, account_id=eve)).status == 201
    assert (await event.name(event.host, account_id=eve)).status == 201
    async with event.room(event.eve) as seat:
        assert (await seat.say_aloud("我来帮忙"))["type"] == "ack"
    assert len((await event.chat("/assistants", event.host)).body["items"]) == 1
    for whom in ({"account_id": event.ids[event.host]}, {"account_id": event.ids[event.operator]}):
        answer = await event.name(event.host, **whom)
        assert (answer.status, answer.code) == (409, "is_staff")
    unknown = await event.name(event.host, phone="13900001111")
    assert (unknown.status, unknown.code) == (404, "not_found")
    assert (await event.name(event.host)).status == 422


async def test_trail_tells_all_in_pages(event: House) -> None:
    ann, eve = event.ids[event.ann], event.ids[event.eve]
    await event.name(event.host, account_id=eve)
    async with event.room(event.ann) as seat:
        message_id = await event.said(seat, "加我")
    await event.delete(event.eve, message_id, "广告")
    # What was deleted still tells who wrote it.
    await event.mute(event.eve, message_id=message_id, seconds=600)
    await event.ban(event.host, account_id=ann, reason="又来")
    await event.lift(event.operator, ann)
    await event.slow_down(event.host, 5)
    await event.unname(event.host, eve)
    found = []
    cursor = ""
    while True:
        page = await event.chat(f"/actions?limit=3{cursor}", event.host)
        assert page.status == 200, page.raw
        found += page.body["items"]
        if page.body["next"] is None:
            break
        cursor = f"&cursor={page.body['next']}"
    told = [(item["action"], item["by_id"], item["whom_id"]) for item in reversed(found)]
    host, operator = event.ids[event.host], event.ids[event.operator]
    assert told == [
        ("name_assistant", host, eve),
        ("delete", eve, ann),
        ("mute", eve, ann),
        ("ban", host, ann),
        ("unmute", operator, ann),
        ("slow_mode", host, None),
        ("remove_assistant", host, eve),
    ]
    muted = found[-3]
    assert (muted["text"], muted["message_id"]) == ("加我", message_id)
    assert muted["until"] is not None
    for token in (event.eve, event.ann):
        assert (await event.chat("/actions", token)).status == 403
    assert (await event.chat("/actions", event.operator)).status == 200
