"""What others may see of a person. Pure: standard library only."""

_STARS = "****"
_TAIL = 4  # last digits of a phone number that stay
_HEAD = 3  # first ones, after the country code
_ADDRESS_HEAD = 6  # characters of an address that stay: about the city


def mask_phone(phone: str) -> str:
    """``+8613812341234`` as ``138****1234``; another country's keeps its last four digits."""
    digits = phone.removeprefix("+86")
    if len(digits) < _HEAD + _TAIL:
        return _STARS
    head = "" if digits.startswith("+") else digits[:_HEAD]
    return head + _STARS + digits[-_TAIL:]


def mask_name(name: str) -> str:
    """``李晓雨`` as ``李**``: always two stars, since even the length of a name tells."""
    return name[:1] + "**"


def mask_address(address: str) -> str:
    """``湖北省武汉市洪山区某路1号`` as ``湖北省武汉市****``."""
    return address[:_ADDRESS_HEAD] + _STARS
