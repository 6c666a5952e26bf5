"""A deleted message is gone: from every screen, snapshot and resume, and from the record."""

from typing import Any

from sqlalchemy import select

from live.events.record import FeedRecord, select_recorded
from live.events.tables import FeedEntryRow
from live.realtime.position import FeedPosition
from live.realtime.ring import feed_entry
from live.storage.redis import event_key
from live.storage.redis_cluster import ClusterClient
from live.values import Role
from tests.integration.moderation.house import House, Seat
from tests.integration.realtime.rooms import eventually

_ENTRIES: Any = FeedEntryRow.__table__  # type: ignore[attr-defined]
BAD, GOOD = "骗子别买", "菠萝真甜"


async def recorded(event: House) -> list[tuple[str, str]]:
    """What a replay shows."""
    async with event.first.platform.database.reading() as session:
        rows = await session.scalars(select_recorded(event.event_id))
        return [(row.kind, row.body) for row in rows]


async def test_message_vanishes_everywhere(event: House) -> None:
    async with (
        event.room(event.ann) as ann,
        event.room(None) as watcher,
        event.room(None, at=event.second) as elsewhere,
    ):
        before = await event.said(ann, GOOD)
        bad = await event.said(ann, BAD)
        for screen in (watcher, elsewhere):
            await screen.shows(BAD)
        assert (await event.delete(event.host, bad, "骂人")).status == 204
        for screen in (ann, watcher, elsewhere):
            await screen.shows(BAD, is_shown=False)
            assert screen.texts == [GOOD]
        for at in (event.first, event.second):
            async with event.room(None, at=at) as newcomer:
                assert newcomer.texts == [GOOD]
            async with event.room(None, at=at, since=before) as returned:
                assert returned.texts == []

    async def is_recorded() -> bool:
        return any(GOOD in body for _, body in await recorded(event))

    await eventually(is_recorded)
    assert all(BAD not in body for _, body in await recorded(event))
    # On record is that something was there, and in the trail what.
    async with event.first.platform.database.reading() as session:
        row = await session.get(FeedEntryRow, (event.event_id, bad))
    assert row is not None
    assert (row.kind, row.body, row.speaker_id) == ("deleted", "{}", None)
    [action] = (await event.chat("/actions", event.host)).body["items"]
    assert (action["text"], action["whom_id"]) == (BAD, event.ids[event.ann])
    assert (action["by_id"], action["reason"]) == (event.ids[event.host], "骂人")


async def test_who_was_away_drops_it_on_return(event: House) -> None:
    async with event.room(event.ann) as ann:
        bad = await event.said(ann, BAD)
        async with event.room(None, at=event.second) as away:
            await away.shows(BAD)
            kept, position = dict(away.feed), bad
        await event.delete(event.host, bad)
        await ann.shows(BAD, is_shown=False)
        assert bad in kept
        async with event.room(None, at=event.second, since=position) as returned:
            # With the snapshot; or with the next tick, where this server has yet to look.
            while bad not in returned.dropped:
                await returned.hear()
            assert returned.snapshot["gap"] is False


async def test_deleting_twice_is_deleting_once(event: House) -> None:
    async with event.room(event.ann) as ann:
        bad = await event.said(ann, BAD)
    for _ in range(2):
        assert (await event.delete(event.host, bad)).status == 204
    assert len((await event.chat("/actions", event.host)).body["items"]) == 1


async def test_what_nobody_said_cannot_be_deleted(event: House) -> None:
    for message_id in ("e1.5-0", "nothing", "1.999999999999999-1"):
        answer = await event.delete(event.host, message_id)
        assert (answer.status, answer.code) == (404, "message_not_found")


async def test_strangers_delete_nothing(event: House) -> None:
    async with event.room(event.ann) as ann:
        good = await event.said(ann, GOOD)
    assert (await event.delete(event.bob, good)).status == 403
    other_host = (await event.first.tokens(2, Role.HOST))[1]
    assert (await event.delete(other_host, good)).status == 403
    assert (await event.delete(event.operator, good)).status == 204


async def test_message_that_is_saved_late_stays_deleted(event: House) -> None:
    record = FeedRecord(event.first.platform.database)
    async with event.room(event.ann) as ann:
        bad = await event.said(ann, BAD)
    await event.delete(event.host, bad)
    position = FeedPosition.parse(bad)
    assert position is not None
    late = feed_entry(position, "chat", b'{"text":"again"}', event.ids[event.ann])
    await record.save_feed(event.event_id, [late])
    async with event.first.platform.database.reading() as session:
        rows = [*await session.execute(select(_ENTRIES.c.kind).where(_ENTRIES.c.feed_id == bad))]
    assert [row.kind for row in rows] == ["deleted"]


async def is_in_the_stream(event: House) -> bool:
    entries: Any = await event.redis.xrange(event_key(event.event_id, "feed"))
    return any(BAD in fields[b"b"].decode() for _, fields in entries)


async def copy_of(event: House) -> dict[str, Any]:
    """The event's keys as they are in Redis."""
    names = ("room", "feed", "rules", "retracted", "reported", "processes")
    keys = [event_key(event.event_id, name) for name in names]
    return {key: await event.redis.dump(key) for key in keys}


async def fall_back(event: House, copy: dict[str, Any]) -> None:
    """What a replica that lagged brings when it becomes the master."""
    assert not isinstance(event.redis, ClusterClient)
    async with event.redis.pipeline(transaction=True) as together:
        for key, value in copy.items():
            together.delete(key)
            if value is not None:
                together.restore(key, 0, value)
        await together.execute()


async def test_older_copy_of_redis_brings_it_back_to_nobody_for_long(event: House) -> None:
    async with event.room(event.ann) as ann, event.room(None, at=event.second) as elsewhere:
        bad = await event.said(ann, BAD)
        copy = await copy_of(event)
        assert (await event.delete(event.host, bad)).status == 204
        for screen in (ann, elsewhere):
            await screen.shows(BAD, is_shown=False)
        await has_learned(event)
        await fall_back(event, copy)
        assert await is_in_the_stream(event), "otherwise there is nothing to heal"

        async def is_gone() -> bool:
            return not await is_in_the_stream(event)

        await eventually(is_gone)
        await told_after(event, ann, elsewhere)
        for screen in (ann, elsewhere):
            assert BAD not in screen.texts
        async with event.room(None) as newcomer:
            assert BAD not in newcomer.texts


async def has_learned(event: House) -> None:
    """Wait until both servers know the newest revision of the rules."""

    def both_do() -> bool:
        revisions = []
        for fair in (event.first, event.second):
            room = fair.platform.gateway._hub.room(event.event_id)
            revisions.append(room.definition.rules_revision if room is not None else 0)
        return min(revisions) >= 1

    await eventually(both_do)


async def told_after(event: House, ann: Seat, *others: Seat) -> None:
    """Whatever was to be told has been, once something that is said now is."""
    await event.said(ann, GOOD)
    for screen in others:
        await screen.shows(GOOD)
