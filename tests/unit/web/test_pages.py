"""Cursors bring a reader through a list once, whatever is sent as one."""

from base64 import urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.errors import Invalid
from live.web.pages import PageRequest, page_of, page_request


def _read(rows: list[tuple[int, str]], page: PageRequest) -> list[tuple[int, str]]:
    ordered = sorted(rows, reverse=True)
    if page.after is not None:
        ordered = [row for row in ordered if row < page.after]
    return ordered[: page.limit + 1]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.from_regex("[!-~]{1,5}", fullmatch=True)), unique=True
    ),
    st.integers(1, 5),
)
def test_every_item_is_shown_once(rows: list[tuple[int, str]], limit: int) -> None:
    shown: list[tuple[int, str]] = []
    query = {"limit": str(limit)}
    while True:
        asked = page_request(query, limit_max=100)
        page = page_of(_read(rows, asked), asked.limit, lambda row: row, lambda row: row)
        assert len(page.items) <= limit
        shown += page.items
        if page.next is None:
            break
        query["cursor"] = page.next
    assert shown == sorted(rows, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "WzEsMl0", "é", "W10=" * 3])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        page_request({"cursor": cursor}, limit_max=10)
    assert list(refused.value.fields) == ["cursor"]


@pytest.mark.parametrize("key", [(2**63, "a"), (-1, "a"), (10**30, "a"), (1, "\0"), (1, "")])
def test_a_cursor_that_no_database_takes_is_refused(key: tuple[int, str]) -> None:
    cursor = urlsafe_b64encode(msgspec.json.encode(key)).decode()
    with pytest.raises(Invalid):
        page_request({"cursor": cursor}, limit_max=10)


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "٣"])
def test_what_is_no_limit_is_refused(limit: str) -> None:
    with pytest.raises(Invalid) as refused:
        page_request({"limit": limit}, limit_max=10)
    assert list(refused.value.fields) == ["limit"]


def test_a_large_limit_is_cut() -> None:
    assert page_request({"limit": "9" * 5000}, limit_max=10).limit == 10
