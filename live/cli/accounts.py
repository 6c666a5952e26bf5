"""``live accounts``: people, from the shell of the machine that the database is on."""

from typing import Annotated

import typer

from live.accounts.feature import tokens_of
from live.accounts.people import find_or_make_account, list_accounts
from live.accounts.phones import normalise_phone
from live.accounts.secrets import Keys, load_secret
from live.accounts.simulated import sign_in_simulated
from live.accounts.staff import assign_role
from live.accounts.tables import AccountRow
from live.cli.shell import opened_database, run
from live.clock import SystemClock
from live.config import settings_from_environment
from live.values import Role
from live.web.pages import PageRequest

app = typer.Typer(help="People: add, list, and sign in made-up ones.", no_args_is_help=True)

_COMMAND = "live accounts"
_COUNT_MAX = 1_000_000
_LIST_MAX = 1_000


@app.command()
def add(
    phone: Annotated[str, typer.Option(help="E.164, or a mainland number")],
    role: Annotated[Role | None, typer.Option(help="what they may do; new ones: viewer")] = None,
    name: Annotated[str | None, typer.Option(help="shown to others")] = None,
) -> None:
    """Make an account, or change an existing one; its owner signs in by phone."""
    account = run(_COMMAND, _add(phone, role, name))
    typer.echo(_line(account))


@app.command(name="list")
def list_(
    search: Annotated[str, typer.Option(help="part of a name or phone")] = "",
    role: Annotated[Role | None, typer.Option(help="only these")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_LIST_MAX)] = 50,
) -> None:
    """Accounts, newest first: id, phone, role, name."""
    for account in run(_COMMAND, _list(search, role, limit)):
        typer.echo(_line(account))


@app.command()
def tokens(
    role: Annotated[Role, typer.Option(help="of the made-up people")] = Role.VIEWER,
    count: Annotated[int, typer.Option(min=1, max=_COUNT_MAX, help="how many")] = 1,
) -> None:
    """Sign in made-up people, making those that are missing: one bearer token a line."""
    typer.echo("\n".join(run(_COMMAND, _tokens(role, count))))


async def _add(phone: str, role: Role | None, name: str | None) -> AccountRow:
    clock = SystemClock()
    async with (
        opened_database(settings_from_environment()) as database,
        database.transaction() as session,
    ):
        account = await find_or_make_account(
            session, normalise_phone(phone), clock.now_ms(), name=name
        )
        if role is not None:
            await assign_role(session, account, role, clock.now_ms())
        account.name = name or account.name
    return account


async def _list(search: str, role: Role | None, limit: int) -> list[AccountRow]:
    async with (
        opened_database(settings_from_environment()) as database,
        database.reading() as session,
    ):
        page = PageRequest(limit, None)
        return (await list_accounts(session, page, search=search, role=role))[:limit]


async def _tokens(role: Role, count: int) -> list[str]:
    settings = settings_from_environment()
    signer = tokens_of(Keys(load_secret(settings, may_generate=True)))
    async with opened_database(settings) as database:
        return await sign_in_simulated(
            database, signer, SystemClock(), role, count, days=settings.session_days
        )


def _line(account: AccountRow) -> str:
    banned = "  (banned)" if account.banned_ms is not None else ""
    return f"{account.id}  {account.phone}  {account.role:<8}  {account.name}{banned}"
