"""Following and reminders, put together."""

from datetime import timedelta

from live.clock import Clock
from live.config import Settings
from live.feature import Feature, Job
from live.following.api import HostApi, ReminderApi
from live.following.hosts import Hosts
from live.following.reminder_sms import ReminderSms
from live.following.reminders import Reminders
from live.following.reminding import Reminding
from live.storage.database import Database
from live.values import MS_PER_SECOND


def following_feature(
    database: Database, clock: Clock, settings: Settings, sms: ReminderSms | None
) -> Feature:
    """Build it for one process.

    Args:
        sms: None where reminders are shown in pages only.
    """
    lead = timedelta(minutes=settings.reminder_lead_minutes)
    lead_ms = settings.reminder_lead_minutes * 60 * MS_PER_SECOND
    public_url = settings.public_url or ""
    hosts = Hosts(database, clock, follows_max=settings.follows_max)
    reminders = Reminders(database, clock, lead_ms=lead_ms, reminders_max=settings.reminders_max)
    page_size_max = settings.page_size_max
    routes = [
        *HostApi(hosts, page_size_max=page_size_max).routes(),
        *ReminderApi(
            reminders, database, clock,
            lead=lead, public_url=public_url, page_size_max=page_size_max,
        ).routes(),
    ]  # fmt: skip
    jobs = []
    if sms is not None:
        reminding = Reminding(
            database,
            clock,
            sms,
            lead_ms=lead_ms,
            retry_ms=round(settings.reminder_retry_seconds * MS_PER_SECOND),
            public_url=public_url,
        )
        jobs.append(Job("reminders", settings.reminder_seconds, reminding.run))
    return Feature(name="following", routes=routes, jobs=jobs)
