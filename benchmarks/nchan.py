"""nginx with the nchan module, fed over HTTP: what a server in C makes of the same frames.

Only where both are installed (Debian: ``apt-get install libnginx-mod-nchan``).
"""

import asyncio
import shutil
import socket
from asyncio.subprocess import create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.children import ended, pin
from live.config import Settings

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
START_SECONDS = 10.0
PATH = "/watch"

_CONFIGURATION = """
load_module {module};
daemon off; master_process off;
pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 19000; multi_accept on; }}
http {{
  access_log off; keepalive_requests 100000000;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024 sndbuf={sndbuf};
    location = /publish {{
      nchan_publisher; nchan_channel_id room; nchan_store_messages off;
    }}
    location = {path} {{
      nchan_subscriber websocket; nchan_channel_id room; nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


class Nchan:
    """A running nginx."""

    def __init__(self, pid: int, port: int, session: aiohttp.ClientSession) -> None:
        self.pid = pid
        self.port = port
        self._session = session

    async def publish(self, text: str) -> None:
        """To all who watch."""
        address = f"http://127.0.0.1:{self.port}/publish"
        async with self._session.post(address, data=text) as answer:
            answer.raise_for_status()


def nginx() -> str | None:
    """The program, where it can do this."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin") if MODULE.exists() else None


@asynccontextmanager
async def nchan_server(program: str, directory: Path, core: int) -> AsyncIterator[Nchan]:
    """Raises: TimeoutError where it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = directory / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            module=MODULE, directory=directory, port=port, path=PATH,
            sndbuf=Settings().send_buffer_bytes,
        )
    )  # fmt: skip
    process = await create_subprocess_exec(program, "-c", str(configuration))
    async with ended(process), aiohttp.ClientSession() as session:
        pin(process.pid, core)
        async with asyncio.timeout(START_SECONDS):
            while not await _answers(port):  # noqa: ASYNC110 (nginx tells nobody)
                await asyncio.sleep(0.05)
        yield Nchan(process.pid, port, session)


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
