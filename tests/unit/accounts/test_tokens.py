"""Tokens are JWTs as PyJWT knows them, and nobody but us makes one."""

from base64 import urlsafe_b64encode

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.accounts.tokens import TOKEN_CHARS_MAX, Claims, Tokens
from live.errors import Unauthenticated
from live.values import AccountId, Role

KEY = b"k" * 32
NOW_MS = 1_582_077_600_000
CLAIMS = Claims("ses_1", AccountId("acc_1"), Role.HOST, NOW_MS // 1000 + 60)
TOKENS = Tokens(KEY)


def test_what_was_signed_is_read() -> None:
    assert TOKENS.read(TOKENS.sign(CLAIMS), NOW_MS) == CLAIMS


def test_another_implementation_agrees() -> None:
    theirs = jwt.decode(
        TOKENS.sign(CLAIMS), KEY, algorithms=["HS256"], options={"verify_exp": False}
    )
    assert theirs == {"sid": "ses_1", "sub": "acc_1", "role": "host", "exp": CLAIMS.exp}
    made_by_them = jwt.encode(theirs, KEY, algorithm="HS256")
    assert TOKENS.read(made_by_them, NOW_MS) == CLAIMS


def test_a_token_ends_on_time() -> None:
    token = TOKENS.sign(CLAIMS)
    assert TOKENS.read(token, CLAIMS.exp * 1000 - 1) == CLAIMS
    with pytest.raises(Unauthenticated, match="expired"):
        TOKENS.read(token, CLAIMS.exp * 1000)


def test_another_key_signs_nothing_of_ours() -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.read(Tokens(b"x" * 32).sign(CLAIMS), NOW_MS)


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
def test_no_token_chooses_its_algorithm(algorithm: str) -> None:
    payload = {"sid": "ses_1", "sub": "acc_1", "role": "operator", "exp": CLAIMS.exp}
    key: str | bytes = "" if algorithm == "none" else KEY.ljust(64, b"k")
    with pytest.raises(Unauthenticated):
        TOKENS.read(jwt.encode(payload, key, algorithm=algorithm), NOW_MS)


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_no_letter_can_be_changed(place: int, letter: str) -> None:
    token = TOKENS.sign(CLAIMS)
    place %= len(token)
    if token[place] == letter:
        return
    with pytest.raises(Unauthenticated):
        TOKENS.read(token[:place] + letter + token[place + 1 :], NOW_MS)


@given(st.text())
def test_nonsense_is_refused(text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", TOKENS.sign(CLAIMS) + text + "."):
        with pytest.raises(Unauthenticated):
            TOKENS.read(token, NOW_MS)


def test_a_claim_of_another_version_is_refused_though_we_signed_it() -> None:
    for payload in ({"sid": "ses_1"}, {"sid": 1, "sub": "a", "role": "king", "exp": "x"}):
        with pytest.raises(Unauthenticated, match="version"):
            TOKENS.read(jwt.encode(payload, KEY, algorithm="HS256"), NOW_MS)


def test_a_long_token_is_not_even_looked_at() -> None:
    head, _, signature = TOKENS.sign(CLAIMS).rpartition(".")
    padding = urlsafe_b64encode(b"x" * TOKEN_CHARS_MAX).decode()
    with pytest.raises(Unauthenticated):
        TOKENS.read(f"{head}{padding}.{signature}", NOW_MS)
