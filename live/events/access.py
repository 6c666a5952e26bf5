"""Who may change an event, and see what only its people see."""

from live.errors import Forbidden
from live.events.tables import EventRow
from live.values import Role
from live.web.routes import Identity


def require_host(event: EventRow, caller: Identity) -> None:
    """Let its host pass, as long as they are one, and any operator.

    Raises: Forbidden.
    """
    is_its_host = caller.id == event.host_id and caller.role is Role.HOST
    if not (is_its_host or caller.is_operator):
        raise Forbidden(detail="Only the event's host and operators may do this.")
