"""What the guard is told of an offer: the offer's own status, as its event allows."""

import pytest

from live.sales.tables import OfferRow
from live.sales.terms import offer_terms, standing_status
from live.stock.rules import OfferTerms


@pytest.mark.parametrize(
    ("offer_status", "event_status", "standing"),
    [
        ("draft", "scheduled", "draft"),
        ("open", "scheduled", "scheduled"),
        ("closed", "scheduled", "closed"),
        ("draft", "live", "draft"),
        ("open", "live", "open"),
        ("closed", "live", "closed"),
        ("draft", "ended", "draft"),
        ("open", "ended", "closed"),
        ("closed", "ended", "closed"),
        ("draft", "cancelled", "draft"),
        ("open", "cancelled", "closed"),
        ("closed", "cancelled", "closed"),
    ],
)
def test_standing_status(offer_status: str, event_status: str, standing: str) -> None:
    assert standing_status(offer_status, event_status) == standing


def test_terms_are_the_row_s_own_at_the_event_s_revision() -> None:
    offer = OfferRow(
        id="off_1",
        event_id="evt_1",
        kind="flash_sale",
        title="Boxes",
        unit_grams=5_000,
        price_fen=3_980,
        allotment=100,
        reserved=7,
        sold=8,
        per_buyer_limit=2,
        status="open",
        opens_ms=10,
        closes_ms=20,
        created_ms=1,
    )
    assert offer_terms(offer, "live", 7) == OfferTerms(
        "off_1", 7, 100, 3_980, 2, "open", opens_ms=10, closes_ms=20
    )
