"""Who must not speak does not, on any process, and is told until when."""

import asyncio
from datetime import datetime
from typing import Any

from live.realtime.feed import ChatRefusal, Entry, Feed
from live.realtime.ring import CHAT
from live.storage.redis import event_key
from tests.integration.moderation.house import House
from tests.integration.realtime.rooms import eventually


async def test_mute_holds_on_every_process_and_says_until_when(event: House) -> None:
    async with (
        event.room(event.ann) as ann,
        event.room(event.ann, at=event.second) as ann_elsewhere,
        event.room(event.bob) as bob,
    ):
        message_id = await event.said(ann, "买买买")
        answer = await event.mute(event.host, message_id=message_id, seconds=600, reason="刷屏")
        assert answer.status == 204, answer.raw
        untils = set()
        for seat in (ann, ann_elsewhere):
            refused = await seat.say_aloud("再来")
            assert refused["code"] == "muted"
            untils.add(refused["until"])
            assert 590 <= refused["retry_after_seconds"] <= 600
            assert datetime.fromisoformat(refused["until"]).tzinfo is not None
        assert (await bob.say_aloud("我还能说"))["type"] == "ack"
        standing = (await event.chat("", event.ann)).body
        assert standing["silence"]["kind"] == "mute"
        assert untils == {standing["silence"]["until"]}
        [person] = (await event.chat("/silences", event.host)).body["items"]
        assert person["account_id"] == event.ids[event.ann]
        assert (await event.lift(event.host, event.ids[event.ann])).status == 204
        assert (await ann_elsewhere.say_aloud("谢谢"))["type"] == "ack"
        assert (await event.chat("/silences", event.host)).body["items"] == []


async def test_whoever_is_muted_hears_of_it(event: House) -> None:
    async with event.room(event.ann) as ann:
        await event.mute(event.host, account_id=event.ids[event.ann])
        assert (await ann.until_type("notice"))["kind"] == "chat"
        refused = await ann.say_aloud("为什么")
        assert refused["code"] == "muted"
        assert "until" not in refused, "to the end"
        assert "retry_after_seconds" not in refused


async def test_mute_ends_by_itself(event: House) -> None:
    async with event.room(event.ann) as ann:
        await event.mute(event.host, account_id=event.ids[event.ann], seconds=1)

        async def is_heard() -> bool:
            return bool((await ann.say_aloud("好了吗"))["type"] == "ack")

        assert (await ann.say_aloud("现在"))["code"] == "muted"
        await eventually(is_heard)
    assert (await event.chat("/silences", event.host)).body["items"] == []


async def test_only_host_and_operators_undo_a_ban(event: House) -> None:
    await event.name(event.host, account_id=event.ids[event.eve])
    ann = event.ids[event.ann]
    assert (await event.ban(event.eve, account_id=ann)).status == 204
    async with event.room(event.ann) as seat:
        refused = await seat.say_aloud("放我出来")
        assert refused["code"] == "banned_from_chat"
    assert (await event.lift(event.eve, ann)).status == 403
    assert (await event.mute(event.eve, account_id=ann, seconds=1)).status == 403
    assert (await event.lift(event.operator, ann)).status == 204


async def test_staff_is_not_silenced(event: House) -> None:
    await event.name(event.host, account_id=event.ids[event.eve])
    for who in (event.host, event.operator, event.eve):
        answer = await event.mute(event.eve, account_id=event.ids[who])
        assert (answer.status, answer.code) == (409, "is_staff")
    answer = await event.mute(event.host, account_id="acc_nobody")
    assert (answer.status, answer.code) == (404, "not_found")


async def test_slow_mode_holds_for_viewers_alone_on_every_process(event: House) -> None:
    await event.name(event.host, account_id=event.ids[event.eve])
    async with (
        event.room(event.ann) as ann,
        event.room(event.ann, at=event.second) as ann_elsewhere,
        event.room(event.eve) as eve,
        event.room(event.host, at=event.second) as host,
    ):
        answer = await event.slow_down(event.host, 30)
        assert answer.body["interval_seconds"] == 30
        for seat in (ann, ann_elsewhere):
            while seat.chat["interval_seconds"] != 30:
                await seat.hear()
        assert (await ann.say_aloud("一"))["type"] == "ack"
        refused = await ann_elsewhere.say_aloud("二")
        assert refused["code"] == "chat_too_soon"
        assert 25 <= refused["retry_after_seconds"] <= 30
        for seat in (eve, host, eve, host):
            assert (await seat.say_aloud("管理员"))["type"] == "ack"
        # A shorter interval holds for who has spoken already.
        assert (await event.slow_down(event.host, None)).body["is_slow"] is False
        assert (await ann_elsewhere.say_aloud("三"))["type"] == "ack"


async def test_loss_of_redis_gives_nobody_their_voice_back(event: House) -> None:
    async with (
        event.room(event.ann) as ann,
        event.room(event.ann, at=event.second) as ann_elsewhere,
        event.room(event.bob) as bob,
    ):
        await event.said(bob, "有人吗")
        await event.ban(event.host, account_id=event.ids[event.ann])
        revision = (await rules_of(event))[b"revision"]

        async def knows() -> bool:
            room = event.first.platform.gateway._hub.room(event.event_id)
            return room is not None and room.definition.rules_revision == int(revision)

        await eventually(knows)
        await event.redis.flushall()
        for seat in (ann, ann_elsewhere):
            assert (await seat.say_aloud("我回来了"))["code"] in ("banned_from_chat", "unavailable")

        async def is_restored() -> bool:
            return (await rules_of(event)).get(b"revision") == revision

        await eventually(is_restored)
        assert (await ann.say_aloud("我回来了"))["code"] == "banned_from_chat"
        assert (await bob.say_aloud("还在"))["type"] == "ack"


async def rules_of(event: House) -> dict[bytes, bytes]:
    found: Any = await event.redis.hgetall(event_key(event.event_id, "rules"))
    return dict(found)


async def test_without_the_revision_a_lost_rule_would_let_them_speak(event: House) -> None:
    """The control of the test above: what the feed's script does for who asks without it."""
    feed = Feed(event.redis, event.first.platform.settings)
    who = event.ids[event.ann]
    entry = Entry(CHAT, {"text": "我回来了"}, who)
    await event.ban(event.host, account_id=who)
    [refused] = await feed.publish(event.event_id, [entry])
    assert refused.refusal is ChatRefusal.SILENCED
    await event.redis.flushall()
    [unruled] = await feed.publish(event.event_id, [entry], rules_revision=1)
    assert unruled.refusal is ChatRefusal.UNRULED
    [taken] = await feed.publish(event.event_id, [entry])
    assert taken.refusal is None


async def test_changes_at_one_instant_all_hold(event: House) -> None:
    people = [event.ids[who] for who in (event.ann, event.bob, event.eve)]
    answers = await asyncio.gather(
        *(event.mute(event.host, account_id=who) for who in people),
        *(event.ban(event.operator, account_id=who) for who in people),
    )
    assert {answer.status for answer in answers} == {204}
    rules = await rules_of(event)
    assert {key for key in rules if key.startswith(b"silenced:")} == {
        f"silenced:{who}".encode() for who in people
    }
    assert rules[b"revision"] == b"6"
