"""A connection that somebody else closes amid a command: redis-py trips over it.

What it had of the connection is None by then, and it says so in the interpreter's words, which are
no RedisError (its issues 2349, 3546 and 4287; mended after 8.1). On a Cluster every look at the
topology closes connections of nodes that are gone, while callers write to them; on some Pythons
the transport does the same with one that its peer has closed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError


@contextmanager
def lost_connections_named() -> Iterator[None]:
    """Raises: redis-py's ConnectionError in place of what it tripped over."""
    try:
        yield
    except (AttributeError, TypeError) as error:
        if not _tripped(error):
            raise
        raise _named() from error


def lost_connection_named(reply: Any) -> Any:
    """The same for an exception that stands in a reply's place."""
    return _named() if _tripped(reply) else reply


def _tripped(error: Any) -> bool:
    return isinstance(error, (AttributeError, TypeError)) and "'NoneType' object" in str(error)


def _named() -> RedisConnectionError:
    return RedisConnectionError("the connection was closed amid a command")
