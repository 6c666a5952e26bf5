"""What workers and the writer's process say to each other: pickles, each behind its length.

Pickles, since a work is a function of ours with its arguments, and both ends are this program
on one machine, run by one user: the socket lies in a directory that nobody else may enter.
"""

import pickle
import struct
import traceback
from collections.abc import Iterator
from typing import Any, NamedTuple

_LENGTH = struct.Struct("!I")  # bytes of the pickle that follows


class Ask(NamedTuple):
    """From a worker: do this work, and answer under this number."""

    number: int
    work: Any  # a Work, of functions that can be imported


class TurnAsk(NamedTuple):
    """From a worker: hold the others off until ``Over``; the answer says that it begins."""

    number: int


class Over(NamedTuple):
    """From a worker: this turn is over, or this ask need not be done any more."""

    number: int


class Answer(NamedTuple):
    """To a worker.

    Args:
        trace: where ``result`` was raised, since a pickled error forgets; None: it is no error.
    """

    number: int
    result: Any = None
    trace: str | None = None

    @classmethod
    def of(cls, number: int, result: Any) -> "Answer":
        """What became of a work: its result, or the exception that undid it."""
        if isinstance(result, BaseException):
            return cls(number, result, "".join(traceback.format_exception(result)).rstrip())
        return cls(number, result)


def pack(message: Any) -> bytes:
    pickled = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(pickled)) + pickled


def pack_answers(answers: list[Answer]) -> bytes:
    """Like ``pack``; an answer that cannot be pickled becomes an error that says so."""
    try:
        return pack(answers)
    except Exception:
        return pack([_sendable(answer) for answer in answers])


class Messages:
    """Takes a stream apart."""

    def __init__(self) -> None:
        self._received = bytearray()

    def feed(self, received: bytes) -> Iterator[Any]:
        """The messages that are complete."""
        self._received += received
        start = _LENGTH.size
        while len(self._received) >= start:
            (length,) = _LENGTH.unpack_from(self._received)
            if len(self._received) < start + length:
                return
            pickled = bytes(self._received[start : start + length])
            del self._received[: start + length]
            yield pickle.loads(pickled)  # noqa: S301 (see above)


def _sendable(answer: Answer) -> Answer:
    try:
        pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        what = f"a {type(answer.result).__name__} cannot be sent: {error!r}"
        return Answer.of(answer.number, RuntimeError(what))
    return answer
