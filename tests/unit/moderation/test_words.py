"""Words are found however they are written, and only where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.moderation.words import WordFilter, plain

WORDS = WordFilter(["加微信", "WeiXin", "shit", "赌博", "ⅤX", "  ", "★"])


@pytest.mark.parametrize(
    "text",
    [
        "快加微信领券",
        "加 微-信",
        "加★微★信",
        "加\u200d微\u200d信",
        "ｗｅｉｘｉｎ",
        "WEIXIN 12345",
        "W e i.x i n",
        "ẅëïxïn",
        "s h i t",
        "大家来賭赌博吧",
        "加 v x",
    ],
)
def test_found_however_it_is_written(text: str) -> None:
    assert WORDS.finds(text)


@pytest.mark.parametrize(
    "text", ["菠萝真甜", "class hit", "微信", "加了微信", "bullshitter", "vxx", "", "★", "weixinxi"]
)
def test_not_found_where_it_is_not(text: str) -> None:
    assert not WORDS.finds(text)


def test_what_has_no_letter_is_no_word() -> None:
    assert len(WORDS) == 5
    assert not WordFilter(["", "！！"]).finds("！！")


@given(st.text(max_size=40))
def test_plain_spelling_is_its_own_plain_spelling(text: str) -> None:
    once = plain(text)
    assert plain(once.text).text == once.text
    assert len(once.starts) == len(once.ends) == len(once.text)


@given(st.text(max_size=20), st.sampled_from(["加微信", "赌博"]), st.text(max_size=20))
def test_found_within_any_text(before: str, word: str, after: str) -> None:
    assert WORDS.finds(f"{before}{word}{after}")
