"""What others see of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.accounts.masks import mask_address, mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("+8613812341234", "138****1234"), ("+14155552671", "****2671"), ("12345", "****")],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_names_and_addresses() -> None:
    assert mask_name("李晓雨") == "李**"
    assert mask_name("王") == "王**"
    assert mask_name("") == "**"
    assert mask_address("湖北省武汉市洪山区某路1号") == "湖北省武汉市****"


@given(st.text(min_size=8))
def test_a_mask_never_shows_the_whole(text: str) -> None:
    assert text not in (mask_phone(text), mask_name(text), mask_address(text))
