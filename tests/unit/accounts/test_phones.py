"""One spelling of each number; and the made-up people's are nobody's."""

import phonenumbers
import pytest

from live.accounts.phones import normalise_phone
from live.accounts.simulated import PHONE_PREFIX
from live.errors import Invalid


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13812341234", "+8613812341234"),
        ("138 1234 1234", "+8613812341234"),
        ("138-1234-1234", "+8613812341234"),
        ("+86 138 1234 1234", "+8613812341234"),
        ("0086 13812341234", "+8613812341234"),
        ("１３８１２３４１２３４", "+8613812341234"),
        ("19912341234", "+8619912341234"),
        ("010-62345678", "+861062345678"),
        ("+14155552671", "+14155552671"),
    ],
)
def test_numbers(written: str, phone: str) -> None:
    assert normalise_phone(written) == phone


@pytest.mark.parametrize(
    "written",
    ["", "abc", "12345", "1381234123", "138123412345", "12012341234", "+8613812341234 ext. 5",
     "+0 123", "13812341234; DROP"],
)  # fmt: skip
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalise_phone(written, "ship_to.phone")
    assert list(refused.value.fields) == ["ship_to.phone"]


def test_nobody_signs_in_as_a_made_up_person() -> None:
    for number in ("00000000", "12345678", "99999999"):
        assert not phonenumbers.is_valid_number(phonenumbers.parse(PHONE_PREFIX + number))
        with pytest.raises(Invalid):
            normalise_phone(PHONE_PREFIX + number)
