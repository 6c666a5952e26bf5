"""Where somebody is in a room's feed. Pure.

A position is ``<epoch>.<milliseconds>-<sequence>``: the id of the last entry seen, and the epoch
of the stream it belongs to. Ids of one epoch are ordered and complete. Between two epochs
nothing is known: the stream was lost, or fell back to an older copy, and ids alone cannot
tell what went with it. So a position of another epoch can only be answered with ``gap``.
"""

import re
from typing import Annotated, NamedTuple

import msgspec

# An epoch is what Redis or an attacker's address bar sends; both are bounded here.
_TEXT = r"([0-9a-z]{1,20})\.([0-9]{1,15})-([0-9]{1,15})"
_POSITION = re.compile(_TEXT, re.ASCII)

NO_EPOCH = "0"

FeedId = Annotated[str, msgspec.Meta(pattern=f"^{_TEXT}$", description="`feed_id` of the room")]


class FeedPosition(NamedTuple):
    """Compare only positions of one epoch.

    Args:
        epoch: names one life of the stream.
        ms, seq: the id of an entry within it; 0, 0 before the first.
    """

    epoch: str
    ms: int
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.ms}-{self.seq}"

    @property
    def stream_id(self) -> str:
        """The id within its Redis stream."""
        return f"{self.ms}-{self.seq}"

    @classmethod
    def of_stream(cls, epoch: str, stream_id: bytes) -> "FeedPosition":
        """Raises ValueError where Redis did not send a stream id."""
        ms, _, seq = stream_id.partition(b"-")
        if not (ms.isdigit() and seq.isdigit()):
            raise ValueError(f"not a stream id: {stream_id!r}")
        return cls(epoch, int(ms), int(seq))

    @classmethod
    def parse(cls, text: str) -> "FeedPosition | None":
        """What a client sends back; None for anything else."""
        match = _POSITION.fullmatch(text)
        return cls(match[1], int(match[2]), int(match[3])) if match else None


# Of a room that has not heard from Redis yet: whoever resumes from here is told of a gap.
UNKNOWN_POSITION = FeedPosition(NO_EPOCH, 0, 0)
