"""Reads a query parameter that is one of a few words."""

from enum import StrEnum
from typing import TypeVar

from live.errors import Invalid
from live.web.routes import Call

W = TypeVar("W", bound=StrEnum)


def chosen(words: type[W], call: Call, name: str) -> W | None:
    """The word that the query names; None where it names none. Raises: Invalid."""
    text = call.http.query.get(name)
    if not text:
        return None
    try:
        return words(text)
    except ValueError as error:
        raise Invalid(fields={name: f"one of {', '.join(words)}"}) from error
