"""Reads query parameters that are one of a few words."""

from enum import StrEnum
from typing import TypeVar

from live.errors import Invalid
from live.web.routes import Call

W = TypeVar("W", bound=StrEnum)

_TRUTHS = {"": False, "false": False, "true": True}


def chosen(words: type[W], call: Call, name: str) -> W | None:
    """The word that the query names; None where it names none. Raises: Invalid."""
    text = call.http.query.get(name)
    if not text:
        return None
    try:
        return words(text)
    except ValueError as error:
        raise Invalid(fields={name: f"one of {', '.join(words)}"}) from error


def is_true(call: Call, name: str) -> bool:
    """Whether the query says ``true``; False where it says nothing. Raises: Invalid."""
    truth = _TRUTHS.get(call.http.query.get(name, ""))
    if truth is None:
        raise Invalid(fields={name: "true or false"})
    return truth
