"""Where a benchmark's servers are reached."""

from aiohttp import web

BACKLOG = 1_024  # connections that may wait to be accepted: all that a benchmark opens at once


async def listen(runner: web.BaseRunner) -> int:
    """Serve at a port of loopback that is free. Returns: it."""
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    port: int = runner.addresses[0][1]
    return port
