"""Values that name or fit something, in the place of made-up ones."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

_MADE_UP_EVERY = 6  # so many cases, one is left as it was made up


class KnownIds:
    """Takes turns: each value comes as often as the others, in the same order in every run.

    Args:
        known: parameter or field → values.
    """

    def __init__(self, known: Mapping[str, Sequence[object]]) -> None:
        self._known = known
        self._turns = count()

    def put_into(self, case: Case[Any]) -> None:
        """Wherever the case is not meant to be wrong."""
        turn = next(self._turns)
        if turn % _MADE_UP_EVERY == _MADE_UP_EVERY - 1:
            return
        for location, container in (
            (ParameterLocation.PATH, case.path_parameters),
            (ParameterLocation.QUERY, case.query),
            (ParameterLocation.BODY, case.body),
        ):
            if case.meta is None or not case.meta.is_negative_at(location):
                self._put(container, turn)

    def _put(self, container: Any, turn: int) -> None:
        if not isinstance(container, dict):
            return
        for name, value in container.items():
            if values := self._known.get(name):
                container[name] = values[turn % len(values)]
            else:
                self._put(value, turn)
