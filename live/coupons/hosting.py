"""What a host does: drop coupons in a live event, and end a drop before its time."""

from collections.abc import Callable

from live.clock import Clock
from live.coupons.facts import CouponDropEnded, CouponDropOpened
from live.coupons.rows import end_drop, has_running, lock_drops, lock_running, read_drop
from live.coupons.rules import Drop, DropStatus, Limits, Terms, after, check_terms, drop_status
from live.coupons.schemas import CouponDropCreate
from live.coupons.tables import CouponDropRow
from live.errors import Conflict, NotFound
from live.events.access import require_host
from live.events.rows import bump_revision, change_event, read_event
from live.storage.database import Database, within
from live.storage.facts import record
from live.values import EventStatus, new_id
from live.web.routes import Identity


class Hosting:
    """One transaction each, with the running drop's row held and then the event's."""

    def __init__(
        self, database: Database, clock: Clock, limits: Limits, on_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._on_commit = on_commit

    async def open(self, by: Identity, event_id: str, asked: CouponDropCreate) -> Drop:
        """Let people claim. A drop before it that is gone, or whose time is over, is ended.

        Raises: Invalid; NotFound ``event_not_found``; Forbidden; Conflict ``not_live``,
            ``drop_running``.
        """
        terms = Terms(
            asked.off_fen, asked.min_spend_fen, asked.quantity, asked.claim_seconds,
            asked.use_seconds,
        )  # fmt: skip
        check_terms(terms, self._limits)
        now_ms = self._clock.now_ms()
        row = CouponDropRow(
            id=new_id("cpd"),
            event_id=event_id,
            opened_by=by.id,
            title=asked.title,
            off_fen=asked.off_fen,
            min_spend_fen=asked.min_spend_fen,
            quantity=asked.quantity,
            opened_ms=now_ms,
            claim_until_ms=after(now_ms, asked.claim_seconds),
            use_until_ms=after(now_ms, asked.use_seconds),
        )
        async with self._database.transaction() as session:
            require_host(await read_event(session, event_id), by)
            before = await within(session, lock_running, event_id)
            event = await change_event(session, event_id, [EventStatus.LIVE])
            if event is None:
                raise Conflict("not_live", "Coupons are dropped in a live event.")
            if before is not None and drop_status(before, now_ms) is not DropStatus.OPEN:
                await within(session, end_drop, before.id, now_ms)
            # Looked at again: another may have opened one while this one waited for the event.
            if await within(session, has_running, event_id):
                raise Conflict("drop_running", "One at a time: end the other first.")
            session.add(row)
            await session.flush()
            fact = CouponDropOpened(
                event_id=event_id,
                at_ms=now_ms,
                drop_id=row.id,
                revision=event.revision,
                title=row.title,
                quantity=row.quantity,
                off_fen=row.off_fen,
                min_spend_fen=row.min_spend_fen,
            )
            await within(session, record, [fact])
            opened = await within(session, read_drop, row.id)
        assert opened is not None
        self._on_commit()
        return opened

    async def end(self, by: Identity, drop_id: str) -> Drop:
        """Let nobody claim any more; coupons that people have stay good. A repeat changes nothing.

        Raises: NotFound; Forbidden.
        """
        event_id = (await self._find(drop_id)).event_id
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            require_host(await read_event(session, event_id), by)
            drop = (await within(session, lock_drops, [drop_id]))[drop_id]
            if drop.status == DropStatus.ENDED:
                return drop
            await within(session, end_drop, drop_id, now_ms)
            fact = CouponDropEnded(
                event_id=event_id,
                at_ms=now_ms,
                drop_id=drop_id,
                revision=await bump_revision(session, event_id),
                title=drop.title,
                quantity=drop.quantity,
            )
            await within(session, record, [fact])
            ended = await within(session, read_drop, drop_id)
        assert ended is not None
        self._on_commit()
        return ended

    async def _find(self, drop_id: str) -> Drop:
        async with self._database.reading() as session:
            drop = await within(session, read_drop, drop_id)
        if drop is None:
            raise NotFound(detail="There is no such drop.")
        return drop
