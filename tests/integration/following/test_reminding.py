"""Reminders to phones: each once, whoever sends them and whatever breaks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy.engine import Connection

from live.accounts.people import find_or_make_account
from live.accounts.staff import assign_role
from live.catalog.counties import seed_counties
from live.clock import ManualClock
from live.events.rows import change_event
from live.events.tables import EventRow
from live.following import reminding
from live.following.reminder_sms import HttpReminderSms, Outcome, ReminderMessage
from live.following.reminders import Reminders
from live.following.reminding import CLAIM_MS, LATE_MS, Due, Reminding, read_due
from live.storage.database import Database
from live.values import AccountId, EventStatus, Role, new_id
from live.web.routes import Identity
from tests.support.serving import serving

LEAD_MS = 600_000
RETRY_MS = 15_000


@dataclass
class KeptReminders:
    """Keeps what was sent; answers what it is told to."""

    outcome: Outcome = Outcome.TAKEN
    sent: list[ReminderMessage] = field(default_factory=list)
    is_dead: bool = False

    async def send(self, message: ReminderMessage) -> Outcome:
        if self.is_dead:
            raise asyncio.CancelledError
        self.sent.append(message)
        await asyncio.sleep(0)  # whoever else sends has a turn
        return self.outcome

    @property
    def phones(self) -> list[str]:
        return [message.phone for message in self.sent]


@dataclass
class Desk:
    database: Database
    clock: ManualClock
    sms: KeptReminders
    reminders: Reminders
    host_id: str = ""

    def job(self) -> Reminding:
        return Reminding(
            self.database, self.clock, self.sms, lead_ms=LEAD_MS, retry_ms=RETRY_MS,
            public_url="https://live.example/",
        )  # fmt: skip

    async def event(self, minutes: float) -> str:
        """The id of one that starts in so many minutes."""
        now_ms = self.clock.now_ms()
        row = EventRow(
            id=new_id("evt"), host_id=self.host_id, county_code="440825", title="徐闻菠萝",
            starts_ms=now_ms + round(minutes * 60_000), created_ms=now_ms,
        )  # fmt: skip
        async with self.database.transaction() as session:
            session.add(row)
        return row.id

    async def change(self, event_id: str, **values: object) -> None:
        async with self.database.transaction() as session:
            assert await change_event(session, event_id, EventStatus, **values)

    async def ask(self, event_id: str, *phones: str) -> None:
        for phone in phones:
            async with self.database.transaction() as session:
                account = await find_or_make_account(session, phone, self.clock.now_ms())
            who = Identity(AccountId(account.id), Role.VIEWER, account.name, "ses_1")
            await self.reminders.ask(who, event_id)


@pytest_asyncio.fixture
async def desk(database: Database) -> Desk:
    clock = ManualClock()
    reminders = Reminders(database, clock, lead_ms=LEAD_MS, reminders_max=100)
    async with database.transaction() as session:
        await seed_counties(session)
        host = await find_or_make_account(session, "+8613800000001", clock.now_ms())
        await assign_role(session, host, Role.HOST, clock.now_ms())
    return Desk(database, clock, KeptReminders(), reminders, host.id)


PHONES = [f"+86139{number:08d}" for number in range(40)]


async def test_those_who_asked_hear_shortly_before_and_nobody_else(desk: Desk) -> None:
    soon, later = await desk.event(11), await desk.event(300)
    await desk.ask(soon, PHONES[0])
    await desk.ask(later, PHONES[1])
    job = desk.job()
    await job.run()
    assert desk.sms.sent == []
    desk.clock.advance(seconds=60)
    for _ in range(3):
        await job.run()
    (message,) = desk.sms.sent
    assert (message.phone, message.event_id, message.title) == (PHONES[0], soon, "徐闻菠萝")
    assert message.url == f"https://live.example/events/{soon}"


async def test_the_hour_that_counts_is_the_one_it_was_moved_to(desk: Desk) -> None:
    event_id = await desk.event(5)
    await desk.ask(event_id, PHONES[0])
    await desk.change(event_id, starts_ms=desk.clock.now_ms() + 2 * LEAD_MS)
    await desk.job().run()
    assert desk.sms.sent == []
    desk.clock.advance(ms=LEAD_MS)
    await desk.job().run()
    assert len(desk.sms.sent) == 1


async def test_one_that_begins_early_is_told_of_and_one_called_off_is_not(desk: Desk) -> None:
    early, called_off, long_ago = [await desk.event(60), await desk.event(5), await desk.event(1)]
    for event_id in (early, called_off, long_ago):
        await desk.ask(event_id, PHONES[0])
    await desk.change(early, status="live", started_ms=desk.clock.now_ms())
    await desk.change(called_off, status="cancelled")
    await desk.change(long_ago, status="live", started_ms=desk.clock.now_ms() - LATE_MS)
    await desk.job().run()
    assert [message.event_id for message in desk.sms.sent] == [early]


async def test_what_the_gateway_refuses_is_sent_again_later_and_later(desk: Desk) -> None:
    await desk.ask(await desk.event(5), PHONES[0])
    desk.sms.outcome = Outcome.REFUSED
    tries = []
    for _ in range(8):
        await desk.job().run()
        tries.append(len(desk.sms.sent))
        desk.clock.advance(ms=RETRY_MS)
    assert tries == [1, 2, 2, 3, 3, 3, 3, 4]
    desk.sms.outcome = Outcome.TAKEN
    desk.clock.advance(ms=8 * RETRY_MS)
    for _ in range(3):
        await desk.job().run()
        desk.clock.advance(ms=RETRY_MS)
    assert len(desk.sms.sent) == 5
    assert len({message.id for message in desk.sms.sent}) == 1


async def test_what_may_have_been_sent_is_not_sent_again(desk: Desk) -> None:
    await desk.ask(await desk.event(5), PHONES[0])
    desk.sms.outcome = Outcome.UNKNOWN
    await desk.job().run()
    desk.clock.advance(ms=RETRY_MS)
    await desk.job().run()
    assert len(desk.sms.sent) == 1


async def test_a_claim_whose_owner_died_is_not_taken_up_again(desk: Desk) -> None:
    event_id = await desk.event(5)
    await desk.ask(event_id, PHONES[0])
    desk.sms.is_dead = True
    with pytest.raises(asyncio.CancelledError):
        await desk.job().run()
    desk.sms.is_dead = False
    await desk.ask(event_id, PHONES[1])
    for _ in range(2):
        await desk.job().run()
        desk.clock.advance(ms=CLAIM_MS + 1)
    assert desk.sms.phones == [PHONES[1]]


async def test_two_processes_at_once_send_each_once(desk: Desk) -> None:
    assert max((await _sent_by_two(desk)).values()) == 1


async def test_without_the_claim_somebody_hears_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded: Callable[[int, int, Connection], list[Due]] = read_due
    monkeypatch.setattr(reminding, "claim_due", unguarded)
    assert max((await _sent_by_two(desk)).values()) == 2


async def _sent_by_two(desk: Desk) -> Counter[str]:
    """Phone → messages, of two rounds in one instant."""
    await desk.ask(await desk.event(5), *PHONES)
    await asyncio.gather(desk.job().run(), desk.job().run())
    assert set(desk.sms.phones) == set(PHONES)
    return Counter(desk.sms.phones)


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[tuple[str, list[object]]]:
    """The address of one that answers with the status in its path, and what it was sent."""
    heard: list[object] = []

    async def take(request: web.Request) -> web.Response:
        heard.append((request.headers.get("Authorization"), await request.json()))
        return web.Response(status=int(request.match_info["status"]))

    application = web.Application()
    application.router.add_post("/{status}", take)
    async with serving(application) as caller:
        yield caller.origin, heard


async def test_what_the_gateway_answers_decides(gateway: tuple[str, list[object]]) -> None:
    origin, heard = gateway
    message = ReminderMessage("evt:acc", PHONES[0], "evt", "徐闻菠萝", "2026-02-19T02:00:00Z", "")
    expected = {
        204: Outcome.TAKEN, 400: Outcome.REFUSED, 429: Outcome.REFUSED, 503: Outcome.REFUSED,
        500: Outcome.UNKNOWN, 504: Outcome.UNKNOWN,
    }  # fmt: skip
    for status, outcome in expected.items():
        assert await HttpReminderSms(f"{origin}/{status}", "key").send(message) is outcome, status
    assert heard[0] == (
        "Bearer key",
        {
            "id": "evt:acc", "phone": PHONES[0], "event_id": "evt", "title": "徐闻菠萝",
            "starts_at": "2026-02-19T02:00:00Z", "url": "",
        },
    )  # fmt: skip
    nobody = HttpReminderSms("http://127.0.0.1:9/")
    assert await nobody.send(message) is Outcome.REFUSED
