"""Phone numbers: one spelling of each, E.164."""

import re

import phonenumbers

from live.errors import Invalid

DEFAULT_REGION = "CN"

# The mainland's own rule. Its operators open new ranges faster than any library learns them.
_MAINLAND_MOBILE = re.compile(r"^\+861[3-9]\d{9}$")
# How nearly everybody writes theirs. An order's hot path: 0.3 µs, where the library takes 14.
_PLAIN_MAINLAND_MOBILE = re.compile(r"(?:\+86)?(1[3-9]\d{9})", re.ASCII)


def normalise_phone(text: str, field: str = "phone") -> str:
    """A number as people write it, as E.164: ``138 1234 1234`` → ``+8613812341234``.

    Args:
        field: what to call it in a refusal.

    Raises: Invalid.
    """
    if plain := _PLAIN_MAINLAND_MOBILE.fullmatch(text):
        return f"+86{plain[1]}"
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise Invalid(fields={field: "not a phone number"}) from error
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension or not (
        _MAINLAND_MOBILE.match(phone) or phonenumbers.is_valid_number(number)
    ):
        raise Invalid(fields={field: "not a phone number"})
    return phone
