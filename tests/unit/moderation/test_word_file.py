"""The file of words: what it may look like, and what is said of one that cannot be read."""

from pathlib import Path

import pytest

from live.errors import StartupError
from live.moderation.word_file import WordFile


def test_lines_are_words_and_comments_are_none(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_text("\ufeff# 说明\r\n 加微信 \r\n\r\n赌博", encoding="utf-8")
    words = WordFile(path, words_max=2)
    assert words.load()
    assert len(words.filter) == 2
    assert not words.load(), "nothing has changed"


def test_no_file_is_no_words() -> None:
    words = WordFile(None, words_max=1)
    assert not words.load()
    assert not words.filter.finds("加微信")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a1\nb2\nc3\n"])
def test_unreadable_and_endless_files_are_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words"
    path.write_bytes(content)
    with pytest.raises(StartupError, match="LIVE_CHAT_WORDS_FILE"):
        WordFile(path, words_max=2).load()
    with pytest.raises(StartupError, match="LIVE_CHAT_WORDS_FILE"):
        WordFile(tmp_path / "missing", words_max=2).load()
