"""Claims' rows, read and written inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from live.claims.facts import ClaimApproved
from live.claims.stored_claim import CLAIM_COLUMNS, StoredClaim
from live.claims.tables import ClaimRow
from live.errors import Conflict
from live.sales.payments.ledger import owe_of_order
from live.sales.schemas import ClaimStatus, RefundReason
from live.storage.among import among
from live.storage.facts import Fact

CLAIMS: Any = ClaimRow.__table__  # type: ignore[attr-defined]
COLUMNS = [CLAIMS.c[name] for name in CLAIM_COLUMNS]


async def read_claim(session: AsyncSession, claim_id: str) -> StoredClaim | None:
    row = (await session.execute(select(*COLUMNS).where(CLAIMS.c.id == claim_id))).one_or_none()
    return None if row is None else StoredClaim(*row)


async def read_claims_of(session: AsyncSession, order_ids: Sequence[str]) -> list[StoredClaim]:
    """All claims of these orders, oldest first."""
    query = (
        select(*COLUMNS)
        .where(among(CLAIMS.c.order_id, "ids"))
        .order_by(CLAIMS.c.filed_ms, CLAIMS.c.id)
    )
    return [StoredClaim(*row) for row in await session.execute(query, {"ids": list(order_ids)})]


def insert_claim(connection: Connection, claim: StoredClaim) -> None:
    """Raises: IntegrityError where another claim of its order is open."""
    connection.execute(insert(CLAIMS).values(claim._asdict()))


def decide_claim(connection: Connection, /, claim: StoredClaim, **values: Any) -> StoredClaim:
    """Compare-and-set: an open claim is decided. Returns it as it now is.

    Raises: Conflict ``claim_decided``.
    """
    statement = (
        update(CLAIMS)
        .where(CLAIMS.c.id == claim.id, CLAIMS.c.status == ClaimStatus.OPEN.value)
        .values(values)
    )
    if connection.execute(statement).rowcount != 1:
        raise Conflict("claim_decided", f"The claim is {claim.status}.")
    # By name, since which columns change is the caller's business; so their types are too.
    return claim._replace(**values)


def approve_claim(
    connection: Connection, claim: StoredClaim, amount_fen: int, decided_by: str | None, now_ms: int
) -> tuple[StoredClaim, list[Fact]]:
    """An open claim is approved, and its money owed; with the event's fence held.

    Args:
        amount_fen: no more than is left of the order's money.
        decided_by: None where the rule decides.

    Returns: the claim as it now is, and the facts, for the caller to record.
    """
    approved = decide_claim(
        connection, claim, status=ClaimStatus.APPROVED.value, approved_fen=amount_fen,
        decided_by=decided_by, decided_ms=now_ms,
    )  # fmt: skip
    dues = owe_of_order(
        connection, claim.event_id, claim.order_id, RefundReason.CLAIM, now_ms,
        amount_fen=amount_fen,
    )  # fmt: skip
    told = ClaimApproved.of(approved, now_ms, approved_fen=amount_fen, decided_by=decided_by or "")
    return approved, [told, *dues]
