"""What becomes of bytes that a client sends, by another implementation of RFC 6455."""

from dataclasses import dataclass

from websockets.exceptions import ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

PROTOCOL_ERROR, NOT_UTF8 = 1002, 1007
_BAD_CODE = "invalid status code"


@dataclass(frozen=True)
class Verdict:
    """What a server does.

    Args:
        code: with which it closes; None where it goes on.
        is_answer: the client said Close first, as it may.
        last: the last frame that was read whole.
    """

    code: int | None
    is_answer: bool = False
    last: Frame | None = None


def verdict(sent: bytes, message_bytes_max: int) -> Verdict:
    protocol = ServerProtocol(state=State.OPEN, max_size=message_bytes_max)
    protocol.receive_data(sent)
    frames = [event for event in protocol.events_received() if isinstance(event, Frame)]
    if _has_bad_text(frames):
        return Verdict(NOT_UTF8)
    if frames and frames[-1].opcode is Opcode.CLOSE:
        return Verdict(_answer_to(bytes(frames[-1].data)), is_answer=True)
    if protocol.close_sent is not None:
        is_answer = protocol.close_sent.reason == _BAD_CODE  # of a Close: it read no further
        return Verdict(protocol.close_sent.code, is_answer=is_answer)
    return Verdict(None, last=frames[-1] if frames else None)


def _answer_to(payload: bytes) -> int:
    try:
        received = Close.parse(payload)
    except UnicodeDecodeError:
        return NOT_UTF8
    except ProtocolError:
        return PROTOCOL_ERROR
    return received.code if payload else 1000


def _has_bad_text(frames: list[Frame]) -> bool:
    """Whether a text that has ended is not UTF-8."""
    opcode, payload = Opcode.CONT, b""
    for frame in frames:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            opcode, payload = frame.opcode, b""
        elif frame.opcode is not Opcode.CONT:
            continue
        payload += bytes(frame.data)
        if frame.fin and opcode is Opcode.TEXT:
            try:
                payload.decode()
            except UnicodeDecodeError:
                return True
    return False
