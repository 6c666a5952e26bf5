"""Moderation, put together."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from live.clock import Clock
from live.config import Settings
from live.feature import Feature
from live.moderation.api import ModerationApi
from live.moderation.assistants import Assistants
from live.moderation.desk import ChatDesk
from live.moderation.messages import Messages
from live.moderation.mirror import ChatMirror
from live.moderation.reads import ChatReads
from live.moderation.section import with_chat
from live.moderation.word_file import WordFile
from live.realtime.chat_rules import ChatPolicy
from live.realtime.feed import Feed
from live.realtime.sections import DefinitionLoader
from live.storage.database import Database


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the composition root needs.

    Attributes:
        policy: for the rooms.
        with_chat: makes room definitions show how the chat is ruled.
    """

    feature: Feature
    policy: ChatPolicy
    with_chat: Callable[[DefinitionLoader], DefinitionLoader]


def moderation_feature(
    database: Database, feed: Feed, clock: Clock, settings: Settings
) -> Moderation:
    """Build the moderation of one process."""
    words = WordFile(settings.chat_words_file, words_max=settings.chat_words_max)
    mirror = ChatMirror(database, feed, words, clock)
    messages = Messages(database, feed)
    desk = ChatDesk(database, messages, mirror, clock, silenced_max=settings.chat_silenced_max)
    assistants = Assistants(
        database, desk, mirror, clock, assistants_max=settings.chat_assistants_max
    )
    reads = ChatReads(database, clock, interval_ms=settings.chat_interval_ms)
    api = ModerationApi(desk, assistants, reads, page_size_max=settings.page_size_max)

    def watching() -> AbstractAsyncContextManager[None]:
        return words.watching(settings.chat_words_seconds)

    lifespans: list[Callable[[], AbstractAsyncContextManager[None]]] = [watching]
    return Moderation(
        Feature(name="moderation", routes=api.routes(), lifespans=lifespans),
        mirror,
        with_chat(database, interval_ms=settings.chat_interval_ms),
    )
