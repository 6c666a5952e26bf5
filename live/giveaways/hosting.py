"""What a host does: open a giveaway in a live event, and call one off while it may be entered."""

from collections.abc import Callable

from live.clock import Clock
from live.draws import commitment_of, new_seed
from live.errors import Conflict
from live.events.access import require_host
from live.events.rows import bump_revision, change_event, read_event
from live.giveaways.facts import GiveawayCancelled, GiveawayOpened
from live.giveaways.rows import StoredGiveaway, find_giveaway, has_running, move, read_giveaway
from live.giveaways.rules import GiveawayStatus, Limits, check_terms, closes_ms
from live.giveaways.schemas import GiveawayCreate
from live.giveaways.tables import GiveawayRow
from live.storage.database import Database, within
from live.storage.facts import record
from live.values import EventStatus, new_id
from live.web.routes import Identity


class Hosting:
    """One transaction each, with the event's row held: one giveaway runs in it at a time."""

    def __init__(
        self, database: Database, clock: Clock, limits: Limits, on_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._on_commit = on_commit

    async def open(self, by: Identity, event_id: str, asked: GiveawayCreate) -> StoredGiveaway:
        """Make its seed, show its commitment, and let people enter.

        Raises: Invalid; NotFound ``event_not_found``; Forbidden; Conflict ``not_live``,
            ``giveaway_running``.
        """
        check_terms(asked.winners_count, asked.seconds, self._limits)
        seed, now_ms = new_seed(), self._clock.now_ms()
        row = GiveawayRow(
            id=new_id("gvw"),
            event_id=event_id,
            opened_by=by.id,
            title=asked.title,
            prize=asked.prize,
            winners_count=asked.winners_count,
            seed=seed,
            commitment=commitment_of(seed),
            opened_ms=now_ms,
            closes_ms=closes_ms(now_ms, asked.seconds),
        )
        async with self._database.transaction() as session:
            require_host(await read_event(session, event_id), by)
            event = await change_event(session, event_id, [EventStatus.LIVE])
            if event is None:
                raise Conflict("not_live", "Giveaways are opened in a live event.")
            if await within(session, has_running, event_id):
                raise Conflict("giveaway_running", "One at a time: another is not drawn yet.")
            session.add(row)
            await session.flush()
            fact = GiveawayOpened(
                event_id=event_id,
                at_ms=now_ms,
                giveaway_id=row.id,
                revision=event.revision,
                title=row.title,
                prize=row.prize,
            )
            await within(session, record, [fact])
            opened = await within(session, read_giveaway, row.id)
        assert opened is not None
        self._on_commit()
        return opened

    async def cancel(self, by: Identity, giveaway_id: str, reason: str) -> StoredGiveaway:
        """Call it off for a reason that everybody reads; a repeat gets the same answer.

        Raises: NotFound; Forbidden; Conflict ``giveaway_closed``.
        """
        async with self._database.reading() as session:
            giveaway = await within(session, find_giveaway, giveaway_id)
        now_ms = self._clock.now_ms()
        async with self._database.transaction() as session:
            require_host(await read_event(session, giveaway.event_id), by)
            if giveaway.status == GiveawayStatus.CANCELLED:
                return giveaway
            revision = await bump_revision(session, giveaway.event_id)
            is_cancelled = await within(
                session, move, giveaway_id, GiveawayStatus.OPEN, GiveawayStatus.CANCELLED,
                cancelled_ms=now_ms, reason=reason,
            )  # fmt: skip
            if not is_cancelled:
                raise Conflict("giveaway_closed", "Only what may still be entered is called off.")
            fact = GiveawayCancelled(
                event_id=giveaway.event_id,
                at_ms=now_ms,
                giveaway_id=giveaway_id,
                revision=revision,
                title=giveaway.title,
                reason=reason,
            )
            await within(session, record, [fact])
            cancelled = await within(session, read_giveaway, giveaway_id)
        assert cancelled is not None
        self._on_commit()
        return cancelled
