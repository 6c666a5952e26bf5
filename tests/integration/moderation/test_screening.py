"""Links and words: refused for those they are refused for, with a code of their own."""

from pathlib import Path

from live.storage.redis import RedisClient
from tests.integration.moderation.house import House, house
from tests.integration.realtime.rooms import eventually


async def test_only_staff_says_links(event: House) -> None:
    await event.name(event.host, account_id=event.ids[event.eve])
    async with (
        event.room(event.ann) as ann,
        event.room(event.eve) as eve,
        event.room(event.host) as host,
        event.room(event.operator, at=event.second) as operator,
    ):
        assert (await ann.say_aloud("看 www.example.com"))["code"] == "links_not_allowed"
        assert (await ann.say_aloud("3.5斤 19.9元"))["type"] == "ack"
        for seat in (eve, host, operator):
            assert (await seat.say_aloud("看 www.example.com"))["type"] == "ack"


async def test_words_are_refused_for_all_and_read_again(
    database_url: str, redis: RedisClient, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 导流\n加微信\n\n", encoding="utf-8")
    settings = {"chat_words_file": words, "chat_words_seconds": 0.05}
    async with house(database_url, redis, **settings) as event, event.room(event.host) as host:
        refused = await host.say_aloud("加 微-信 领券")
        assert refused["code"] == "words_not_allowed"
        assert "微信" not in refused["detail"]
        assert (await host.say_aloud("刷单"))["type"] == "ack"
        words.write_text("刷单\n", encoding="utf-8")

        async def is_refused() -> bool:
            return (await host.say_aloud("刷单")).get("code") == "words_not_allowed"

        await eventually(is_refused)
        assert (await host.say_aloud("加微信"))["type"] == "ack"
        # A file that cannot be read changes nothing.
        words.unlink()
        assert (await host.say_aloud("刷单"))["code"] == "words_not_allowed"
