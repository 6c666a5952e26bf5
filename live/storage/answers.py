"""Answers those who wait for what was asked for all of them together."""

import asyncio
from collections.abc import Sequence
from typing import Any


def answer_each(waiting: Sequence["asyncio.Future[Any]"], results: Sequence[Any]) -> None:
    """Give each its own result, in order; one that is an exception is raised to its asker alone."""
    for future, result in zip(waiting, results, strict=True):
        if future.done():  # the asker is gone
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
