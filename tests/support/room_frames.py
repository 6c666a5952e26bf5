"""What a server has written to a room's socket, read back."""

import json
from typing import Any


def text_of(frame: bytes) -> bytes:
    """Of one unfragmented text frame of a server."""
    assert frame[0] == 0x81
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


def message(frame: bytes) -> dict[str, Any]:
    """Its JSON."""
    decoded: dict[str, Any] = json.loads(text_of(frame))
    return decoded
