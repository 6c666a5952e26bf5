"""The server's one secret, and the keys made of it.

Each purpose has its own key, so that a digest of one kind never passes as another's.
"""

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from live.config import Settings
from live.errors import StartupError

SECRET_BYTES_MIN = 16
_GENERATED_BYTES = 32
_FILE = "secret"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for tokens, sign-in codes and tickets, and whatever else names its purpose.

    Args:
        secret: LIVE_SECRET, at least 16 bytes.

    Raises: StartupError for a shorter one.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < SECRET_BYTES_MIN:
            raise StartupError(f"LIVE_SECRET must have at least {SECRET_BYTES_MIN} bytes")

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same in every process with this secret."""
        return hmac.digest(self.secret, f"live.{purpose}".encode(), "sha256")


def load_secret(settings: Settings, *, may_generate: bool) -> bytes:
    """LIVE_SECRET, or else the one that was generated in the data directory.

    Args:
        may_generate: whether an installation without a secret may get one of its own: the
            demo, the sandbox and the command line, but not a server for the public.

    Raises: StartupError where there is none, and none may be made.
    """
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    if not may_generate:
        raise StartupError("LIVE_SECRET is not set; it signs everybody's session")
    return _generated(settings.data_dir / _FILE)


def _generated(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked into place: of two processes that start together one wins, and
    # neither ever reads half a secret.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(_GENERATED_BYTES))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes().strip()
