"""``live events``: events, from the shell of the machine that the database is on.

Nothing here speaks to Redis or to a server: the facts that are written tell a running one.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from live.accounts.phones import normalise_phone
from live.accounts.rows import ACCOUNTS
from live.accounts.tables import AccountRow
from live.catalog.counties import seed_counties
from live.cli.shell import opened_database, run
from live.clock import SystemClock
from live.config import settings_from_environment
from live.errors import Invalid
from live.events.repository import Events
from live.events.schemas import Event, EventCreate
from live.storage.database import Database
from live.values import AccountId, EventStatus, Role
from live.web.pages import PageRequest
from live.web.problems import fields_of
from live.web.routes import Access, Identity

T = TypeVar("T")

app = typer.Typer(help="Events: list, schedule, start and end.", no_args_is_help=True)

_COMMAND = "live events"
_LIST_MAX = 1_000

# Whoever can write to the database could do all of this without us.
_SHELL = Identity(AccountId("shell"), Role.OPERATOR, "shell", "shell")

EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="its id, as list shows it")]


@app.command(name="list")
def list_(
    status: Annotated[EventStatus | None, typer.Option(help="only these")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_LIST_MAX)] = 50,
) -> None:
    """Events, the latest first: id, status, start, county, title."""

    async def work(events: Events) -> list[Event]:
        return (await events.list(PageRequest(limit, None), status=status)).items

    for event in run(_COMMAND, _with_events(work)):
        typer.echo(_line(event))


@app.command()
def show(event_id: EventArgument) -> None:
    """One event, a field a line."""
    event = run(_COMMAND, _with_events(lambda events: events.read(event_id)))
    for name, value in _fields(event):
        typer.echo(f"{name:<12}  {value}")


@app.command()
def create(
    host: Annotated[str, typer.Option(metavar="PHONE", help="of an account that may host")],
    county: Annotated[str, typer.Option(metavar="CODE", help="GB/T 2260, such as 440825")],
    title: Annotated[str, typer.Option(help="shown to everybody")],
    starts_at: Annotated[str, typer.Option(help="RFC 3339, such as 2020-02-19T10:00:00+08:00")],
    place: Annotated[str, typer.Option(help="where it is streamed from")] = "",
    description: Annotated[str, typer.Option(help="what it is about")] = "",
    waiting_room: Annotated[
        bool, typer.Option("--waiting-room", help="people order by turns, from a queue")
    ] = False,
) -> None:
    """Schedule an event."""
    asked = {
        "title": title,
        "county_code": county,
        "starts_at": starts_at,
        "place": place,
        "description": description,
        "waiting_room": waiting_room,
    }
    typer.echo(_line(run(_COMMAND, _create(host, asked))))


@app.command()
def start(event_id: EventArgument) -> None:
    """Go live."""
    typer.echo(_line(run(_COMMAND, _with_events(lambda events: events.start(_SHELL, event_id)))))


@app.command()
def end(event_id: EventArgument) -> None:
    """End a live event, for good."""
    typer.echo(_line(run(_COMMAND, _with_events(lambda events: events.end(_SHELL, event_id)))))


async def _with_events(work: Callable[[Events], Awaitable[T]]) -> T:
    async with opened_database(settings_from_environment()) as database:
        return await work(Events(database, SystemClock()))


async def _create(host: str, asked: dict[str, Any]) -> Event:
    try:
        wanted = msgspec.convert(asked, EventCreate)
    except msgspec.ValidationError as error:
        raise Invalid(fields=fields_of(error)) from error
    async with opened_database(settings_from_environment()) as database:
        host_id = await _host_id(database, normalise_phone(host, "host"))
        return await Events(database, SystemClock()).create(host_id, wanted)


async def _host_id(database: Database, phone: str) -> str:
    """Raises: Invalid for a phone whose owner may not host."""
    async with database.transaction() as session:
        await seed_counties(session)  # there may not have been a server yet
        account = await _account(session, phone)
    if account is None:
        raise Invalid(fields={"host": "nobody has this phone; see live accounts add"})
    if not Access.HOST.admits(Role(account.role)):
        raise Invalid(fields={"host": f"is a {account.role}; see live accounts add --role host"})
    return account.id


async def _account(session: AsyncSession, phone: str) -> AccountRow | None:
    found: AccountRow | None = await session.scalar(
        select(AccountRow).where(ACCOUNTS.c.phone == phone)
    )
    return found


def _line(event: Event) -> str:
    return f"{event.id}  {event.status:<9}  {event.starts_at}  {event.county.name}  {event.title}"


def _fields(event: Event) -> list[tuple[str, str]]:
    """What ``show`` prints; what is not known yet is left out."""
    fields = [
        ("id", event.id),
        ("title", event.title),
        ("status", event.status.value),
        ("host", f"{event.host_name} ({event.host_id})"),
        ("county", f"{event.county.name} ({event.county.code})"),
        ("place", event.place),
        ("starts at", event.starts_at),
        ("started at", event.started_at),
        ("ended at", event.ended_at),
        ("pinned offer", event.pinned_offer_id),
        ("description", event.description),
        ("waiting room", "yes" if event.waiting_room else None),
    ]
    return [(name, value) for name, value in fields if value]
