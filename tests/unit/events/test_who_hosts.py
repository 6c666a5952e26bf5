"""An event is its host's, and any operator's."""

import pytest

from live.errors import Forbidden
from live.events.access import require_host
from live.events.tables import EventRow
from live.values import AccountId, Role
from live.web.routes import Identity

EVENT = EventRow(
    id="evt_a", host_id="acc_anna", county_code="440825", title="x", starts_ms=0, created_ms=0
)


def caller(account_id: str, role: Role) -> Identity:
    return Identity(AccountId(account_id), role, account_id, "ses_1")


@pytest.mark.parametrize(("account_id", "role"), [("acc_anna", "host"), ("acc_bo", "operator")])
def test_its_host_and_operators_pass(account_id: str, role: str) -> None:
    require_host(EVENT, caller(account_id, Role(role)))


@pytest.mark.parametrize(
    ("account_id", "role"),
    [("acc_bo", "host"), ("acc_bo", "viewer"), ("acc_anna", "viewer")],
)
def test_others_do_not_nor_somebody_who_is_no_host_any_more(account_id: str, role: str) -> None:
    with pytest.raises(Forbidden):
        require_host(EVENT, caller(account_id, Role(role)))
