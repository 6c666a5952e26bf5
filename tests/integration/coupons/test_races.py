"""Two processes at one drop, on both databases; the controls do without the guards."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest
from sqlalchemy import text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from live.coupons.claiming import Claimed
from live.coupons.rows import DROPS
from live.coupons.rules import coupon_id_for
from live.coupons.schemas import CouponDropCreate
from live.errors import Conflict
from tests.integration.coupons.conftest import PEOPLE
from tests.support.coupon_stands import BY_HOST, CLAIM_SECONDS, EVENT, Stand, faults_found, person

CROWD = [person(number) for number in range(PEOPLE)]
QUANTITY = 50


async def test_300_claimers_of_50_coupons_get_50_each_one(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(QUANTITY)
    heard = await _rush(stands, drop.id)
    claimed = [one for one in heard if isinstance(one, Claimed)]
    refused = [one for one in heard if not isinstance(one, Claimed)]
    winners = {one.coupon.account_id for one in claimed}
    assert len(winners) == QUANTITY == sum(one.is_new for one in claimed)
    assert await stands[0].holders(drop.id) == sorted(winners)
    assert {_code(one) for one in refused} == {"coupons_gone"}
    assert {who for who in CROWD if who not in winners} == await _without(stands[1], drop.id)
    assert await faults_found(stands[0], drop.id) == []
    assert (await stands[1].read(drop.id)).left == 0
    assert await stands[0].facts("CouponsGone") == 1


async def test_without_lock_and_check_more_are_claimed_than_there_are(
    stands: Sequence[Stand],
) -> None:
    drop = await stands[0].open(QUANTITY)
    await _drop_constraints(stands[0])
    meeting = asyncio.Barrier(2)
    halves = CROWD[:QUANTITY], CROWD[QUANTITY : 2 * QUANTITY]
    await asyncio.gather(
        *(
            _claim_naively(stand, drop.id, half, meeting)
            for stand, half in zip(stands, halves, strict=True)
        )
    )
    assert await faults_found(stands[0], drop.id) == [f"{2 * QUANTITY} coupons of {QUANTITY}"]


async def test_without_lock_and_key_one_person_has_two(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(QUANTITY)
    await _drop_constraints(stands[0])
    meeting = asyncio.Barrier(2)
    both = (_claim_naively(stand, drop.id, CROWD[:1], meeting) for stand in stands)
    await asyncio.gather(*both)
    assert await faults_found(stands[0], drop.id) == [f"{person(0)} has 2"]


async def test_the_database_itself_refuses_one_more(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(1)
    await stands[0].claim(drop.id, CROWD[0])
    with pytest.raises(DBAPIError, match=r"(?i)check"):
        async with stands[0].database.transaction() as session:
            await session.execute(update(DROPS).values(claimed=DROPS.c.claimed + 1))
    twice = partial(_insert, drop.id, [CROWD[0]], "again")
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        await stands[0].database.write(twice)


async def test_a_repeat_gets_its_coupon_whatever_has_become_of_the_drop(
    stands: Sequence[Stand],
) -> None:
    """So a claimer whose server died between commit and answer asks again, and has it."""
    drop = await stands[0].open(2)
    first = await stands[0].claim(drop.id, CROWD[0])
    assert first.is_new
    again = await stands[1].claim(drop.id, CROWD[0])
    assert (again.coupon, again.is_new) == (first.coupon, False)
    await stands[1].claim(drop.id, CROWD[1])
    assert await _refusal(stands[1], drop.id, CROWD[2]) == "coupons_gone"
    for stand in stands:  # one that has seen it gone, and one that has not
        assert (await stand.claim(drop.id, CROWD[0])).coupon == first.coupon
    await stands[0].end(drop.id)
    assert (await stands[0].claim(drop.id, CROWD[1])).order_id is None


async def test_once_seen_gone_nobody_holds_the_row(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(1)
    await stands[0].claim(drop.id, CROWD[0])
    assert await _refusal(stands[1], drop.id, CROWD[1]) == "coupons_gone"
    async with stands[0].database.transaction() as session:
        # Whoever held this row would wait for us, and we for them.
        await session.execute(update(DROPS).values(title="held"))
        async with asyncio.timeout(5):
            heard = [await _refusal(stands[1], drop.id, who) for who in CROWD[1:4]]
            own = await stands[1].claim(drop.id, CROWD[0])
    assert heard == ["coupons_gone"] * 3
    assert not own.is_new


async def test_claims_that_come_together_share_transactions(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(QUANTITY)
    await asyncio.gather(*(stands[0].claim(drop.id, who) for who in CROWD[:QUANTITY]))
    assert await stands[0].facts("CouponsGone") == 1
    assert await faults_found(stands[0], drop.id) == []


async def test_nobody_claims_behind_the_end(stands: Sequence[Stand]) -> None:
    drop = await stands[0].open(PEOPLE)
    claims = asyncio.create_task(_rush(stands, drop.id))
    ended = await stands[1].end(drop.id)
    heard = await claims
    inside = {one.coupon.account_id for one in heard if isinstance(one, Claimed)}
    assert await stands[0].holders(drop.id) == sorted(inside)
    assert ended.claimed == len(inside), "what was told at the end changes no more"
    codes = {_code(one) for one in heard if not isinstance(one, Claimed)}
    assert codes <= {"drop_ended"}
    assert await stands[0].facts("CouponDropEnded") == 1
    assert await stands[0].end(drop.id) == ended
    assert await stands[0].facts("CouponDropEnded") == 1, "a repeat tells nothing"


async def test_one_drop_at_a_time_whoever_opens(stands: Sequence[Stand]) -> None:
    heard = await asyncio.gather(
        *(stand.open() for stand in stands for _ in range(3)), return_exceptions=True
    )
    codes = Counter(_code(one) for one in heard)
    assert codes == {"": 1, "drop_running": 5}


async def test_a_drop_that_is_gone_or_whose_time_is_over_makes_room(
    stands: Sequence[Stand],
) -> None:
    gone = await stands[0].open(1)
    await stands[0].claim(gone.id, CROWD[0])
    second = await stands[1].open()
    stands[0].clock.advance(seconds=CLAIM_SECONDS)
    assert await _refusal(stands[0], second.id, CROWD[1]) == "drop_ended"
    heard = await asyncio.gather(
        *(stand.open() for stand in stands for _ in range(2)), return_exceptions=True
    )
    assert Counter(_code(one) for one in heard) == {"": 1, "drop_running": 3}
    statuses = [(await stands[0].read(drop.id)).status for drop in (gone, second)]
    assert statuses == ["ended", "ended"]


async def test_last_claims_and_a_new_drop_do_not_wait_for_each_other(
    stands: Sequence[Stand],
) -> None:
    """Claims hold the drop and then its event; opening takes them in the same order."""
    for _ in range(10):
        drop = await stands[0].open(5)
        async with asyncio.timeout(20):
            await asyncio.gather(
                *(stands[n % 2].claim(drop.id, who) for n, who in enumerate(CROWD[:5])),
                *(stand.hosting.open(BY_HOST, EVENT, _terms()) for stand in stands),
                stands[1].end(drop.id),
                return_exceptions=True,
            )
        assert await faults_found(stands[0], drop.id) == []
        stands[0].clock.advance(seconds=CLAIM_SECONDS)


def _terms() -> CouponDropCreate:
    return CouponDropCreate("满20减2", 200, 2_000, 5, CLAIM_SECONDS, CLAIM_SECONDS)


async def _rush(stands: Sequence[Stand], drop_id: str) -> list[Claimed | BaseException]:
    """Everybody claims twice, at both."""
    asks = [stand.claim(drop_id, who) for who in CROWD for stand in stands]
    return await asyncio.gather(*asks, return_exceptions=True)


def _code(heard: object) -> str:
    """Of a refusal; empty for anything good. Whatever else went wrong is raised."""
    if isinstance(heard, Conflict):
        return heard.code
    if isinstance(heard, BaseException):
        raise heard
    return ""


async def _refusal(stand: Stand, drop_id: str, who: str) -> str:
    with pytest.raises(Conflict) as caught:
        await stand.claim(drop_id, who)
    return caught.value.code


async def _without(stand: Stand, drop_id: str) -> set[str]:
    """Who is told that all are gone when they ask once more."""
    heard = await asyncio.gather(
        *(stand.claim(drop_id, who) for who in CROWD), return_exceptions=True
    )
    return {who for who, one in zip(CROWD, heard, strict=True) if _code(one) == "coupons_gone"}


async def _drop_constraints(stand: Stand) -> None:
    """The same tables, but for their keys and CHECKs."""
    async with stand.database.transaction() as session:
        for table in ("coupons", "coupon_drops"):
            await session.execute(text(f"ALTER TABLE {table} RENAME TO guarded_{table}"))
            copy = f"CREATE TABLE {table} AS SELECT * FROM guarded_{table}"  # noqa: S608 (ours)
            await session.execute(text(copy))


async def _claim_naively(
    stand: Stand, drop_id: str, people: Sequence[str], meeting: asyncio.Barrier
) -> None:
    """Looks how many are left, and takes them a moment later."""
    left = (await stand.read(drop_id)).left
    await meeting.wait()
    await stand.database.write(partial(_insert, drop_id, list(people)[:left], ""))


def _insert(drop_id: str, people: Sequence[str], suffix: str, connection: Connection) -> None:
    for who in people:
        row = {"id": f"{coupon_id_for(drop_id, who)}{suffix}", "drop": drop_id, "who": who}
        connection.execute(text("INSERT INTO coupons VALUES (:id, :drop, :who, 0)"), row)
    connection.execute(
        update(DROPS).where(DROPS.c.id == drop_id).values(claimed=DROPS.c.claimed + len(people))
    )
