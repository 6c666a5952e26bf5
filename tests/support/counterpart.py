"""What stands at the other end of a payment adapter, over real sockets and with real keys."""

import asyncio
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.support.serving import Answer, Caller, serving


@cache
def key_of(owner: str) -> rsa.RSAPrivateKey:
    """One key for each name, for the whole run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(owner: str, message: str) -> str:
    """RSA with SHA-256, base64."""
    return b64encode(key_of(owner).sign(message.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(owner: str, message: str, signature: str) -> bool:
    try:
        key_of(owner).public_key().verify(
            b64decode(signature), message.encode(), PKCS1v15(), SHA256()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def private_file(directory: Path, owner: str) -> Path:
    path = directory / f"{owner}.key.pem"
    path.write_bytes(key_of(owner).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def public_file(directory: Path, owner: str) -> Path:
    path = directory / f"{owner}.pub.pem"
    spki = PublicFormat.SubjectPublicKeyInfo
    path.write_bytes(key_of(owner).public_key().public_bytes(Encoding.PEM, spki))
    return path


@dataclass(frozen=True)
class Told:
    """A notification as it goes over the line."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    async def to(self, shop: Caller) -> Answer:
        return await shop.post(self.path, raw=self.body, headers=self.headers)


@dataclass
class Trade:
    """One payment, as the provider keeps it."""

    notify_url: str
    amount: Any  # as it came
    asked: Mapping[str, Any]
    state: str = "open"  # open, paid, closed
    refunds: dict[str, Any] = field(default_factory=dict)  # refund id → amount as it came


class Counterpart(ABC):
    """A payment provider.

    Attributes:
        mood: ``well``, ``down`` (answers 503), ``slow`` (does not answer) or ``wild`` (signs with
            a stranger's key).
        trades: by our payment id.
    """

    provider: str  # the name under which the shop knows it

    def __init__(self) -> None:
        self.mood = "well"
        self.trades: dict[str, Trade] = {}
        self.calls = 0
        self.url = ""
        self._awake = asyncio.Event()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        application = web.Application(middlewares=[self._in_its_mood])
        application.add_routes(self._routes())
        async with serving(application) as caller:
            self.url = caller.origin
            try:
                yield
            finally:
                self._awake.set()

    @property
    def signer(self) -> str:
        return "stranger" if self.mood == "wild" else self.platform

    @property
    @abstractmethod
    def platform(self) -> str:
        """Whose key signs what it says."""

    @abstractmethod
    def settings(self, directory: Path) -> dict[str, Any]:
        """What a shop sets to use it; keys go into files there."""

    @abstractmethod
    async def visit(self, action: Mapping[str, Any]) -> str:
        """A buyer follows what the shop's page was told to do. Returns the payment id."""

    @abstractmethod
    def told(self, payment_id: str, **changes: Any) -> Told:
        """The notification about a payment.

        Args:
            changes: fields that are said to be other than they are.
        """

    def pay(self, payment_id: str) -> None:
        """A buyer pays; nobody is told of it yet."""
        assert self.trades[payment_id].state == "open"
        self.trades[payment_id].state = "paid"

    @abstractmethod
    def _routes(self) -> list[web.RouteDef]: ...

    @web.middleware
    async def _in_its_mood(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls += 1
        if self.mood == "down":
            return web.Response(status=503)
        if self.mood == "slow":
            await self._awake.wait()
        return await handler(request)
