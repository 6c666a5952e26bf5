"""Answers those who wait for what was asked for all of them together."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def answer_each(waiting: Sequence["asyncio.Future[Any]"], results: Sequence[Any]) -> None:
    """Give each its own result, in order; one that is an exception is raised to its asker alone."""
    for future, result in zip(waiting, results, strict=True):
        if future.done():  # the asker is gone
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)


def answer_in_groups(
    asks: Sequence[T],
    group_of: Callable[[T], str],
    answer: Callable[[str, Sequence[T]], Sequence[R]],
) -> list[R]:
    """Have those of each group answered together, and put the results in the order of the asks.

    Args:
        answer: called once for each group, in sorted order, with its asks in theirs.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, ask in enumerate(asks):
        places[group_of(ask)].append(place)
    results: dict[int, R] = {}
    for group, of_group in sorted(places.items()):
        some = answer(group, [asks[place] for place in of_group])
        results.update(zip(of_group, some, strict=True))
    return [results[place] for place in range(len(asks))]
