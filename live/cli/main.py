"""The ``live`` command."""

import typer

from live.cli import accounts, events
from live.cli.crowd import crowd
from live.cli.demo import demo
from live.cli.migrate import migrate
from live.cli.serve import serve

main = typer.Typer(
    help="Tiantou Live: a county's harvest, sold live.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, and so secrets
)
main.command()(serve)
main.command()(migrate)
main.command()(demo)
main.command()(crowd)
main.add_typer(accounts.app, name="accounts")
main.add_typer(events.app, name="events")
