"""A process's last seconds: it answers whoever comes, and everybody goes elsewhere.

While it drains it is not ready, so that balancers send it nobody, and each answer closes its
connection, so that the next request on it is not sent into the void. What was sent is answered.
"""

import asyncio

from aiohttp import web

_LOOK_SECONDS = 0.02


class Draining:
    """Whether this process is about to go; shared by whoever behaves otherwise then."""

    __slots__ = ("is_on",)

    def __init__(self) -> None:
        self.is_on = False

    def start(self) -> None:
        self.is_on = True


async def nobody_connected(server: web.Server, seconds: float) -> None:
    """Wait until all connections are closed, at most so long.

    Those that are left have sent nothing since the draining began: nothing of theirs is lost
    when they are closed.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        if not server.connections or loop.time() >= until:
            return
        await asyncio.sleep(_LOOK_SECONDS)
