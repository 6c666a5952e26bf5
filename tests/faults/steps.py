"""Named steps of a worker, at which it can be killed: between two things that belong together.

The code is the product's own; once the rush has begun a worker counts how often it comes by and,
at a given passage, ends by SIGKILL. Its successor finds the mark and lives.
"""

import functools
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.sales.commit_postgres import PostgresOrderCommitter
from live.sales.commit_sqlite import SqliteOrderCommitter
from live.sales.payments.paying_back import PayingBack
from live.stock.redis_guard import RedisStockGuard

ROOT = Path(__file__).parents[2]
_INJECTED = Path(__file__).with_name("injected")


@dataclass(frozen=True, slots=True)
class Step:
    """Before or after a coroutine method of one of these classes.

    Args:
        passages_max: a rush comes by at least so often.
    """

    classes: tuple[type, ...]
    method: str
    is_after: bool
    passages_max: int


_COMMITTERS = (SqliteOrderCommitter, PostgresOrderCommitter)
STEPS = {
    "between admission and commit": Step((RedisStockGuard,), "reserve", True, 30),
    "between commit and reply": Step(_COMMITTERS, "commit", True, 30),
    "between expiry and release": Step((RedisStockGuard,), "settle", False, 10),
    "between release and its record": Step((RedisStockGuard,), "settle", True, 10),
    "before a rebuild installs": Step((RedisStockGuard,), "install", False, 1),
    "between a rebuild and its commit": Step((RedisStockGuard,), "install", True, 1),
    "between a refund and its payment": Step((PayingBack,), "_ask", False, 5),
    "between a refund's payment and its record": Step((PayingBack,), "_ask", True, 5),
}


def environment(step: str, passage: int, directory: Path) -> dict[str, str]:
    """What a server's environment must say so that one of its workers dies there, once."""
    return {
        "PYTHONPATH": os.pathsep.join([str(_INJECTED), str(ROOT)]),
        "FAULT_STEP": step,
        "FAULT_PASSAGE": str(passage),
        "FAULT_DIRECTORY": str(directory),
    }


def begin(directory: Path) -> None:
    """From now on passages count."""
    _begun(directory).touch()


def has_died(directory: Path) -> bool:
    """Whether a worker has died at its step."""
    return _mark(directory).exists()


def arm(name: str, passage: int, directory: Path) -> None:
    """Have this process die at a step."""
    step = STEPS[name]
    passed = 0

    def pass_by() -> None:
        nonlocal passed
        passed += _begun(directory).exists()
        if passed >= passage and _is_first(_mark(directory)):
            os.kill(os.getpid(), signal.SIGKILL)

    for owner in step.classes:
        setattr(owner, step.method, _passing(getattr(owner, step.method), pass_by, step.is_after))


def _passing(
    method: Callable[..., Awaitable[Any]], pass_by: Callable[[], None], is_after: bool
) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def passing(*args: Any, **kwargs: Any) -> Any:
        if not is_after:
            pass_by()
        result = await method(*args, **kwargs)
        if is_after:
            pass_by()
        return result

    return passing


def _begun(directory: Path) -> Path:
    return directory / "the-rush-has-begun"


def _mark(directory: Path) -> Path:
    return directory / "died-at-a-step"


def _is_first(marked: Path) -> bool:
    """Whether nobody has died here before; from now on somebody has."""
    try:
        os.close(os.open(marked, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
