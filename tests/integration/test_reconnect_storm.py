"""A server dies, or drains, under hundreds of viewers: all are back, and nobody's feed has a hole.

With more of them: ``python -m tests.support.storm --viewers 10000``.
"""

from pathlib import Path

import pytest

from tests.support.storm import Storm
from tests.support.watching import fair

pytestmark = pytest.mark.asyncio

VIEWERS = 300
DRAIN_SECONDS = 3.0
RECONNECT_SECONDS = 3


async def test_everybody_comes_back_without_a_hole_when_a_server_dies_or_drains(
    tmp_path: Path, sqlite_url: str, redis_url: str
) -> None:
    settings = {
        "LIVE_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "LIVE_RECONNECT_SECONDS": str(RECONNECT_SECONDS),
    }
    async with fair(tmp_path, sqlite_url, redis_url, **settings) as two:
        played = await Storm(two, VIEWERS).play()
    assert (played["holes"], played["repeats"], played["gaps"]) == (0, 0, 0)
    killed, drained = played["killed"], played["drained"]
    assert killed["closes"] == {"0": VIEWERS}, "all lost it without a word"
    assert drained["closes"] == {"1001": VIEWERS}, "each was told to go"
    for phase in (killed, drained):
        assert phase["longest_wait_seconds"] <= RECONNECT_SECONDS
        assert phase["most_back_in_a_second"] < VIEWERS, "they spread"
    # One after the other; a busy machine can only make it longer.
    assert drained["closing_seconds"] >= DRAIN_SECONDS * 0.8
