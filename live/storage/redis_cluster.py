"""A Redis Cluster that fails as a single server does: soon, and no more of it than is broken.

redis-py routes each command by the hash tag in its keys. What it leaves open is decided here:
callers wait for a free connection instead of being refused, no call takes longer than it may, and
a master that is away takes along only what is asked of it. Nothing is sent twice: redirected
commands (MOVED, ASK) were not executed, and all others are their caller's to repeat.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ClusterDownError,
    SlotNotCoveredError,
)
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)

from live.storage.lost_connections import (
    AWAY,
    lost_connection_named,
    lost_connections_named,
)

_SCHEMES = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
_DEFAULT_PORT = 6379
# Of each node, beyond those that callers share: for a pipeline, and for a look at the topology.
_SPARE_CONNECTIONS = 2
_NODE_LOST = (RedisConnectionError, RedisTimeoutError, ClusterDownError, OSError)


def names_cluster(url: str) -> bool:
    return urlsplit(url).scheme in _SCHEMES


class ClusterClient(RedisCluster):
    """See ``connect``.

    Attributes:
        turns: callers that may have a connection to a node at once; the others wait.
    """

    turns: asyncio.Semaphore
    _seconds: float

    @classmethod
    def connect(cls, url: str, *, seconds: float, connections_max: int) -> Self:
        """A lazy client; nothing is sent yet.

        Args:
            url: ``redis+cluster://[user:password@]host:port[,host:port…]``, or ``rediss+…``. Any
                of these nodes may be away, as long as one can be asked for the others.
            seconds: for any one reply; a call that has to learn the topology first takes two.
            connections_max: of this process to each node, for all callers together.
        """
        parts = urlsplit(url)
        user, at, places = parts.netloc.rpartition("@")
        first, *others = places.split(",")
        client = cls.from_url(
            parts._replace(scheme=_SCHEMES[parts.scheme], netloc=user + at + first).geturl(),
            startup_nodes=[_node(place) for place in others],
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            max_connections=connections_max + _SPARE_CONNECTIONS,
            retry=Retry(NoBackoff(), 0),
            # Slots that are served are worth selling from, whatever has become of the others.
            require_full_coverage=False,
            # A MOVED corrects its own slot. Learning all of them anew would close connections
            # on which others wait for their answers.
            reinitialize_steps=0,
        )
        assert isinstance(client, cls)
        client._seconds = seconds
        client.turns = asyncio.Semaphore(connections_max)
        return client

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        """One command; see ``RedisCluster``. Raises: any of AWAY."""
        with lost_connections_named():
            async with asyncio.timeout(2 * self._seconds), self.turns:
                await self.initialize()
                try:
                    return await super().execute_command(*args, **kwargs)
                except KeyError as error:  # redis-py looks slots up in a dict, and expects a list's
                    raise SlotNotCoveredError(f"nobody serves slot {error}") from error

    async def run_all(
        self, command: str, rows: Sequence[tuple[Any, ...]], seconds: float | None
    ) -> list[Any]:
        """A script command for many keys' sake: one pipeline a node, each with its own ``seconds``.

        Args:
            rows: digest or text, number of keys, keys, arguments.

        Returns: a reply for each row, or the exception that came instead of it.

        Raises: any of AWAY where no node could be asked for the topology.
        """
        with lost_connections_named():
            async with asyncio.timeout(seconds):
                await self.initialize()
        replies: list[Any] = [None] * len(rows)
        places: defaultdict[ClusterNode, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            try:
                places[self._node_of(row[2])].append(place)
            except SlotNotCoveredError as error:
                replies[place] = error

        async def ask(node: ClusterNode) -> None:
            asked = [(command, *rows[place]) for place in places[node]]
            for place, reply in zip(places[node], await self._ask(asked, seconds), strict=True):
                replies[place] = reply
            if any(isinstance(replies[place], _NODE_LOST) for place in places[node]):
                self._doubt(node)

        await asyncio.gather(*map(ask, places))
        return replies

    async def _ask(
        self, commands: Sequence[tuple[Any, ...]], seconds: float | None
    ) -> Sequence[Any]:
        pipe = self.pipeline()
        for command in commands:
            pipe.execute_command(*command)
        try:
            with lost_connections_named():
                async with asyncio.timeout(seconds):
                    replies = await pipe.execute(raise_on_error=False)
            return [lost_connection_named(reply) for reply in replies]
        except AWAY as error:
            return [error] * len(commands)

    def _node_of(self, key: str) -> ClusterNode:
        node = self.get_node_from_key(key)
        assert node is not None  # None is for replicas only
        return node

    def _doubt(self, node: ClusterNode) -> None:
        """Have the topology learned anew, of another node if there is one.

        A single command does this by itself; a pipeline does not, so rooms would never hear
        that a replica has taken over.
        """
        self.nodes_manager.move_node_to_end_of_cached_nodes(node.name)
        self._initialize = True


def _node(place: str) -> ClusterNode:
    parts = urlsplit(f"//{place}")
    return ClusterNode(parts.hostname or "", parts.port or _DEFAULT_PORT)
