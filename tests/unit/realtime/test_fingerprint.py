"""Who counts as one viewer, and that a fingerprint leads back to nobody."""

from typing import Any

from live.realtime.fingerprint import FINGERPRINT_BYTES, viewer_fingerprint

KEY = b"a key of 32 bytes, known to nobody"


def of(event_id: str = "evt_1", key: bytes = KEY, **who: Any) -> bytes:
    nobody = {"account_id": None, "browser": None, "address": "1.2.3.4", "agent": "Phone"}
    return viewer_fingerprint(key, event_id, **{**nobody, **who})


def test_account_is_one_viewer_wherever_it_watches() -> None:
    there = of(account_id="acc_1", browser="b", address="5.6.7.8", agent="Tablet")
    assert of(account_id="acc_1") == there != of(account_id="acc_2")


def test_browser_is_one_viewer_whatever_its_address() -> None:
    assert of(browser="w") == of(browser="w", address="5.6.7.8", agent="new") != of(browser="v")


def test_else_all_of_an_address_with_one_agent_are_one() -> None:
    assert of() == of() != of(agent="Tablet")
    assert of() != of(address="5.6.7.8")


def test_no_kind_passes_as_another() -> None:
    assert len({of(account_id="x"), of(browser="x"), of(address="x", agent="")}) == 3
    assert of(address="a", agent="b\0c") != of(address="a\0b", agent="d")


def test_nobody_can_be_followed_to_another_event_or_without_the_key() -> None:
    assert of(account_id="acc_1") != of("evt_2", account_id="acc_1")
    assert of(account_id="acc_1") != of(key=b"another", account_id="acc_1")


def test_strange_headers_are_no_error() -> None:
    assert len(of(agent="\udcff\x00\U0001f34d")) == FINGERPRINT_BYTES
