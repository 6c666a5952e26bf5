"""Claims, put together."""

from collections.abc import Callable

from live.claims.api import ClaimApi
from live.claims.claim_reads import ClaimReads
from live.claims.deciding import Deciding
from live.claims.filing import Filing
from live.claims.rules import ClaimTerms
from live.clock import Clock
from live.config import Settings
from live.feature import Feature
from live.storage.database import Database
from live.values import MS_PER_HOUR


def claims_feature(
    database: Database, clock: Clock, settings: Settings, *, on_commit: Callable[[], None]
) -> Feature:
    """Build the claims of one process.

    Args:
        on_commit: called after each commit that recorded facts.
    """
    terms = ClaimTerms(
        window_ms=settings.claim_hours * MS_PER_HOUR,
        auto_share=settings.claim_auto_share,
        per_order_max=settings.claims_per_order_max,
    )
    api = ClaimApi(
        Filing(database, clock, terms, on_commit),
        Deciding(database, clock, on_commit),
        ClaimReads(database),
        page_size_max=settings.page_size_max,
    )
    return Feature(name="claims", routes=api.routes())
