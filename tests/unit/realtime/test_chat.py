"""Chat is one clean line."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.realtime.chat import clean_text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("  你好  ", "你好"),
        ("a\r\nb\tc", "a b c"),
        ("a\u202eb\u2066c", "a b c"),
        ("a\u200bb", "a b"),
        ("\x00\x07", ""),
        ("👨‍👩‍👧 🍍", "👨‍👩‍👧 🍍"),
        ("e\u0301", "é"),
        ("a" + "\u0316" * 50, "a" + "\u0316" * 4),
        ("\u3000全角\u3000", "全角"),
    ],
)
def test_text_is_cleaned(said: str, shown: str) -> None:
    assert clean_text(said) == shown


@given(st.text())
def test_nothing_that_hides_or_breaks_the_line_comes_through(text: str) -> None:
    shown = clean_text(text)
    assert shown == shown.strip()
    assert "  " not in shown
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert clean_text(shown) == shown
