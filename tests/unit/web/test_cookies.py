"""Our cookies are found as the standard library finds them, among whatever else a browser sends."""

from http.cookies import SimpleCookie

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from live.web.cookies import new_viewer_cookie, session_cookie, session_of, viewer_of

WORD = "abcdefghijklmnopqrstu-"
TOKEN = "eyJ.body_-.sig="

foreign = st.tuples(
    st.sampled_from(["theme", "live", "live_session_old", "x_live_session", "live_viewer2"]),
    st.text("abcXYZ019-_.=", max_size=12),
)


def found(*headers: str) -> tuple[str | None, str | None]:
    request = make_mocked_request("GET", "/", [("Cookie", header) for header in headers])
    return session_of(request), viewer_of(request)


@given(st.permutations([f"live_session={TOKEN}", f"live_viewer={WORD}"]), st.lists(foreign))
def test_they_are_found_among_others(ours: list[str], others: list[tuple[str, str]]) -> None:
    some = [f"{name}={value}" for name, value in others]
    header = "; ".join([*some[::2], ours[0], *some[1::2], ours[1]])
    read = SimpleCookie(header)
    assert found(header) == (read["live_session"].value, read["live_viewer"].value)
    assert found("; ".join(some) or "a=b") == (None, None)


def test_what_we_set_is_what_we_find() -> None:
    set_cookie = session_cookie(TOKEN, max_age_seconds=60, is_https=True).split(";")[0]
    viewer = new_viewer_cookie(is_https=True).split(";")[0]
    assert found(f"{set_cookie}; {viewer}") == (TOKEN, viewer.removeprefix("live_viewer="))
    assert found(set_cookie, viewer) == found(f"{set_cookie};{viewer}")


@pytest.mark.parametrize("value", ["", "short", WORD + "x", WORD[:-1] + "!", WORD[:-1] + "é"])
def test_a_word_that_is_not_ours_is_none(value: str) -> None:
    assert found(f"live_viewer={value}")[1] is None
    assert found(f"live_session=; live_viewer={value}") == (None, None)
