"""Connections to PostgreSQL: what its refusals mean to those who ask.

asyncpg's errors reach us as a plain ``DBAPIError`` unless they are about constraints or syntax:
one that says "the database system is starting up" is then no other than one about a wrong value.
"""

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError

# Classes of SQLSTATE in which the server, and not the statement, is the reason.
_AWAY = frozenset({
    "08",  # the connection failed
    "53",  # no memory, disk or connection left
    "57",  # starting up, shutting down, cancelled by an administrator
    "58",  # a system error
})  # fmt: skip
_NOT_ACCEPTING = "55000"  # "database … is not currently accepting connections"
# asyncpg, of a connection that breaks amid a statement.
_BROKEN = "InternalClientError"


def equip(engine: Engine) -> None:
    """Have the engine raise OperationalError wherever the server is away."""
    event.listen(engine, "handle_error", _name_what_is_away, retval=True)


def _name_what_is_away(context: ExceptionContext) -> BaseException | None:
    raised, original = context.sqlalchemy_exception, context.original_exception
    if not isinstance(raised, DBAPIError) or isinstance(raised, OperationalError):
        return None
    if not is_away(original):
        return None
    return OperationalError(
        context.statement, None, original, hide_parameters=True,
        connection_invalidated=context.is_disconnect,
    )  # fmt: skip


def is_away(error: BaseException) -> bool:
    """Whether the server, and not what was asked of it, is the reason of a driver's error."""
    state = getattr(error, "sqlstate", None) or ""
    return state[:2] in _AWAY or state == _NOT_ACCEPTING or type(error).__name__ == _BROKEN
