"""A connection that somebody else closes amid a command: redis-py trips over it.

What it had of the connection is None by then, and it says so in the interpreter's words, which are
no RedisError (its issues 2349, 3546 and 4287; mended after 8.1). On a Cluster every look at the
topology closes connections of nodes that are gone, while callers write to them; on some Pythons
the transport does the same with one that its peer has closed. Whatever it is, the answer has not
come, and whether the command was done is as unknown as with any connection that is lost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisClusterException, RedisError

# What callers expect where Redis is away. The Cluster client's own complaints are no RedisErrors.
AWAY = (RedisError, RedisClusterException, OSError, TimeoutError)

log = structlog.get_logger(__name__)


@contextmanager
def lost_connections_named() -> Iterator[None]:
    """Raises: redis-py's ConnectionError in place of what it tripped over."""
    try:
        yield
    except AWAY:
        raise
    except Exception as error:
        raise _named(error) from error


def lost_connection_named(reply: Any) -> Any:
    """The same for an exception that stands in a reply's place."""
    if isinstance(reply, Exception) and not isinstance(reply, AWAY):
        return _named(reply)
    return reply


def _named(error: Exception) -> RedisConnectionError:
    log.warning("redis-py tripped", exc_info=error)
    return RedisConnectionError("the connection was closed amid a command")
