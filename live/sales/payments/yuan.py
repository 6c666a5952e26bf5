"""Fen as the yuan that Alipay speaks, exactly: text and integers, never a float. Pure."""

import re

from live.values import FEN_PER_YUAN

_YUAN = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?", re.ASCII)


def yuan_of(fen: int) -> str:
    """1990 → ``19.90``. Raises: ValueError for a negative amount."""
    if fen < 0:
        raise ValueError(f"{fen} fen is no amount")
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return f"{whole}.{rest:02d}"


def fen_of(yuan: str) -> int:
    """``19.9`` → 1990. Raises: ValueError for anything but digits with at most two decimals."""
    if (found := _YUAN.fullmatch(yuan)) is None:
        raise ValueError(f"{yuan!r} is no amount in yuan")
    whole, rest = found.groups(default="")
    return int(whole) * FEN_PER_YUAN + int(f"{rest:0<2}")
