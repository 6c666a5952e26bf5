"""Thousands of client sockets in one process, drained as cheaply as Python can.

Driven by lines on standard input, answered by lines on standard output (JSON):
``open PORT PATH COUNT`` connects that many (PATH ``-``: no handshake, a bare socket);
``bytes`` tells how many bytes were received so far, and how many sockets were closed.
Parses nothing of what it gets but pings, which it answers: the work measured is the servers',
and this must keep up with them.
"""

import json
import os
import select
import socket
import sys
import time

ADDRESSES = 250  # source addresses 127.0.1.x: one address has only 28,000 ports
OPENING_MAX = 64  # handshakes under way at once
READ_BYTES = 1 << 16
LOOK_SECONDS = 0.02
SOCKETS_MAX = 20_000
PING = b"\x89\x00"  # no text of JSON in UTF-8 contains it
PONG = b"\x8a\x80\x00\x00\x00\x00"

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n{browser}\r\n"
)
# What Chromium sends besides; a server keeps these in memory for as long as the viewer stays.
BROWSER = (
    "Pragma: no-cache\r\nCache-Control: no-cache\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Mobile Safari/537.36\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n"
    "Cookie: live_session=0123456789abcdef0123456789abcdef0123456789abcdef; lang=zh-CN\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
)


class Sockets:
    """All client sockets of this process."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self.received = 0  # bytes
        self.closed = 0
        self._opened = 0

    def open(self, port: int, path: str, count: int) -> None:
        """Connect and, with a path, shake hands; what is open already is drained meanwhile."""
        browser = BROWSER.format(port=port)
        request = HANDSHAKE.format(path=path, port=port, browser=browser).encode()
        shaking: list[int] = []
        for _ in range(count):
            client = socket.socket()
            self._opened += 1
            client.bind((f"127.0.1.{1 + self._opened % ADDRESSES}", 0))
            client.connect(("127.0.0.1", port))
            if path != "-":
                client.sendall(request)
            client.setblocking(False)
            self._sockets[client.fileno()] = client
            self._epoll.register(client.fileno(), select.EPOLLIN)
            shaking.append(client.fileno())
            if path != "-" and len(shaking) >= OPENING_MAX:
                self._settle(shaking)
            elif path == "-":
                self.drain(0)
        if path != "-":
            self._settle(shaking)

    def _settle(self, shaking: list[int]) -> None:
        waiting = set(shaking)
        deadline = time.monotonic() + 30
        while waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(waiting)} handshakes unanswered")
            waiting -= set(self.drain(0.1))
            if self.closed:
                raise ConnectionError(f"the server refuses: {self.closed}")
        shaking.clear()

    def drain(self, timeout_seconds: float) -> list[int]:
        """Read what is there. Returns the descriptors that had something to say."""
        heard = []
        for fd, _ in self._epoll.poll(timeout_seconds, SOCKETS_MAX):
            if fd == sys.stdin.fileno():
                continue
            client = self._sockets[fd]
            heard.append(fd)
            try:
                got = client.recv(READ_BYTES)
            except ConnectionError:
                got = b""
            if got:
                self.received += len(got)
                if PING in got:
                    client.send(PONG)
            else:
                self._epoll.unregister(fd)
                client.close()
                self.closed += 1
        return heard

    def serve(self) -> None:
        """Obey standard input until it ends."""
        stdin = sys.stdin.fileno()
        self._epoll.register(stdin, select.EPOLLIN)
        pending = b""
        while True:
            # Look now and then instead of waiting: else each write of a server would wake this
            # process, or not, as chance has it, and the waking is at the server's expense.
            time.sleep(LOOK_SECONDS)
            self.drain(0)
            if not select.select([stdin], [], [], 0)[0]:
                continue
            part = os.read(stdin, 4096)
            if not part:
                return
            *lines, pending = (pending + part).split(b"\n")
            for line in lines:
                print(json.dumps(self._obey(line.decode().split())), flush=True)

    def _obey(self, words: list[str]) -> object:
        match words:
            case ["open", port, path, count]:
                self.open(int(port), path, int(count))
                return len(self._sockets)
            case ["bytes"]:
                return {"received": self.received, "closed": self.closed}
        raise ValueError(f"unknown: {words}")


if __name__ == "__main__":
    Sockets().serve()
