"""Cursors of lists: where the last page ended, as an opaque text.

A cursor holds the sort key of the last item, so a page costs the same however far down it is,
and nothing is skipped or shown twice when items are added meanwhile.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec

from live.errors import Invalid
from live.web.routes import Page

T = TypeVar("T")
R = TypeVar("R")

PAGE_SIZE = 50  # items, where the caller does not say
Cursor = Annotated[str, msgspec.Meta(description="`next` of the page before")]
Limit = Annotated[int, msgspec.Meta(ge=1, description="items at most")]
QUERY: Mapping[str, Any] = {"limit": Limit, "cursor": Cursor}  # for Route.query

# (milliseconds, id): what every list is sorted by. Bounded, since anybody can make up a cursor:
# SQL takes no larger number, and PostgreSQL no NUL.
CursorKey = tuple[
    Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)],
    Annotated[str, msgspec.Meta(pattern="^[!-~]{1,100}$")],
]
_decoder: msgspec.json.Decoder[CursorKey] = msgspec.json.Decoder(CursorKey)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for.

    Args:
        limit: items at most.
        after: the key of the item before its first, None for the first page.
    """

    limit: int
    after: CursorKey | None


def page_request(query: Mapping[str, str], *, limit_max: int) -> PageRequest:
    """Read ``limit`` and ``cursor``; a limit beyond ``limit_max`` is cut to it.

    Raises: Invalid.
    """
    limit = PAGE_SIZE
    if text := query.get("limit"):
        if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1):
            raise Invalid(fields={"limit": "must be a whole number from 1"})
        limit = int(text[:9])
    cursor = query.get("cursor")
    return PageRequest(min(limit, limit_max), _read_cursor(cursor) if cursor else None)


def page_of(
    rows: Sequence[R], limit: int, show: Callable[[R], T], key: Callable[[R], CursorKey]
) -> Page[T]:
    """A page from up to ``limit + 1`` rows, the last of which only tells that more follow."""
    shown = rows[:limit]
    has_more = len(rows) > limit
    return Page([show(row) for row in shown], _write_cursor(key(shown[-1])) if has_more else None)


def _write_cursor(key: CursorKey) -> str:
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def _read_cursor(text: str) -> CursorKey:
    try:
        return _decoder.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (NotBase64, msgspec.MsgspecError, ValueError) as error:
        raise Invalid(fields={"cursor": "not a cursor of this list"}) from error
