"""The gate that sales asks before each order."""

from live.errors import Problem, TooMany, Unavailable
from live.storage.redis import REDIS_AWAY
from live.waiting import metrics
from live.waiting.pacing import wait_seconds
from live.waiting.places import Place, Standing
from live.waiting.rooms import WaitingRooms

# A client that orders again and again is told to come no sooner, however soon its turn is, and no
# later, since the pace changes.
RETRY_SECONDS_MIN = 1
RETRY_SECONDS_MAX = 30


class WaitingGate:
    """Lets those order whose turn it is; whoever else tries is given a place. One for all roles."""

    def __init__(self, rooms: WaitingRooms) -> None:
        self._rooms = rooms

    def is_open_to(self, event_id: str, buyer_id: str) -> bool:
        """Whether this account may order, as far as this process knows."""
        held = self._rooms.of(event_id)
        if held is None:
            return True
        place = held.place(buyer_id)
        return place is not None and place.standing is Standing.ADMITTED

    async def refusal(self, event_id: str, buyer_id: str) -> Problem | None:
        """Why this account must wait; None where its turn has come.

        Raises: Unavailable while Redis is away.
        """
        held = self._rooms.of(event_id)
        if held is None:
            return None
        try:
            place = await held.take(buyer_id)
        except REDIS_AWAY as error:
            raise Unavailable(retry_after_seconds=1) from error
        if place.standing is Standing.ADMITTED:
            return None
        metrics.REFUSALS.inc()
        assert held.state is not None
        return _problem(place, held.state.per_second)


def _problem(place: Place, per_second: float) -> Problem:
    if place.standing is Standing.FULL:
        return Unavailable("queue_full", retry_after_seconds=RETRY_SECONDS_MAX)
    if place.position is None:
        detail = "The sale has not opened. You are in the draw for its queue."
        return TooMany("waiting", detail, retry_after_seconds=RETRY_SECONDS_MAX)
    seconds = wait_seconds(place.position, per_second)
    return TooMany(
        "waiting",
        f"It is not your turn yet: you are number {place.position} in the queue.",
        retry_after_seconds=min(max(seconds, RETRY_SECONDS_MIN), RETRY_SECONDS_MAX),
        more={"position": place.position, "wait_seconds": seconds},
    )
