"""What may be done with an offer, and what a buyer sees of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from live.errors import Conflict, Invalid
from live.sales.offers import (
    OFFERS_PER_EVENT_MAX,
    close_changes,
    is_draft,
    new_offer,
    open_changes,
    status_shown,
    update_changes,
)
from live.sales.schemas import OfferCreate, OfferStatus, OfferUpdate
from live.sales.tables import OfferRow
from live.values import EventStatus, OfferKind, ms_of

NOON = datetime(2020, 2, 19, 12, tzinfo=UTC)
ONE = datetime(2020, 2, 19, 13, tzinfo=UTC)
NOON_MS, ONE_MS = ms_of(NOON), ms_of(ONE)


def asked(**more: Any) -> OfferCreate:
    terms: dict[str, Any] = {
        "kind": OfferKind.FLASH_SALE, "title": "菠萝 6 斤", "unit_grams": 3000, "price_fen": 2990,
        "allotment": 10, "per_buyer_limit": 2,
    }  # fmt: skip
    return OfferCreate(**(terms | more))


def offer(status: str = "open", reserved: int = 0, sold: int = 0, **more: Any) -> OfferRow:
    row = new_offer("off_1", "evt_1", asked(**more), 0, NOON_MS)
    row.status, row.reserved, row.sold = status, reserved, sold
    return row


@pytest.mark.parametrize(
    ("status", "event", "sold", "now_ms", "shown"),
    [
        ("draft", "live", 0, NOON_MS, OfferStatus.DRAFT),
        ("draft", "ended", 0, NOON_MS, OfferStatus.DRAFT),
        ("open", "scheduled", 0, NOON_MS, OfferStatus.SCHEDULED),
        ("open", "live", 0, NOON_MS - 1, OfferStatus.SCHEDULED),
        ("open", "live", 0, NOON_MS, OfferStatus.OPEN),
        ("open", "live", 9, NOON_MS, OfferStatus.SOLD_OUT),
        ("open", "live", 0, ONE_MS - 1, OfferStatus.OPEN),
        ("open", "live", 0, ONE_MS, OfferStatus.CLOSED),
        ("closed", "live", 0, NOON_MS, OfferStatus.CLOSED),
        ("open", "ended", 0, NOON_MS, OfferStatus.CLOSED),
        ("open", "cancelled", 0, NOON_MS, OfferStatus.CLOSED),
    ],
)
def test_what_a_buyer_sees(
    status: str, event: str, sold: int, now_ms: int, shown: OfferStatus
) -> None:
    row = offer(status, reserved=1, sold=sold, opens_at=NOON, closes_at=ONE)
    assert status_shown(row, event, now_ms) is shown


def test_every_status_of_an_event_is_thought_of() -> None:
    for event in EventStatus:
        for status in ("draft", "open", "closed"):
            assert status_shown(offer(status), event, NOON_MS) in OfferStatus


def test_a_new_offer_is_a_draft_with_all_it_asked_for() -> None:
    row = new_offer(
        "off_1",
        "evt_1",
        asked(
            undeliverable_provinces=["650000", "540000", "650000"], opens_at=NOON, closes_at=ONE,
            list_price_fen=3290, list_price_basis="2020年1月", shipping_fen=500, lot_id="lot_1",
        ),
        3,
        NOON_MS,
    )  # fmt: skip
    assert is_draft(row)
    assert row.undeliverable == "540000,650000"
    assert (row.opens_ms, row.closes_ms, row.position) == (NOON_MS, ONE_MS, 3)
    assert (row.list_price_fen, row.list_price_basis, row.shipping_fen) == (3290, "2020年1月", 500)
    assert (row.kind, row.lot_id, row.reserved, row.sold) == ("flash_sale", "lot_1", 0, 0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"opens_at": ONE, "closes_at": NOON}, "closes_at"),
        ({"opens_at": NOON, "closes_at": NOON}, "closes_at"),
        ({"opens_at": datetime(1999, 1, 1, tzinfo=UTC)}, "opens_at"),
        ({"closes_at": datetime(2100, 1, 1, tzinfo=UTC)}, "closes_at"),
        ({"undeliverable_provinces": ["650000", "999999"]}, "undeliverable_provinces"),
        ({"list_price_fen": 2990, "list_price_basis": "x"}, "list_price_fen"),
        ({"list_price_fen": 3290, "list_price_basis": " "}, "list_price_basis"),
    ],
)
def test_an_unacceptable_offer(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        new_offer("off_1", "evt_1", asked(**wrong), 0, NOON_MS)
    assert list(refused.value.fields) == [field]


def test_an_event_has_only_so_many_offers() -> None:
    new_offer("off_1", "evt_1", asked(), OFFERS_PER_EVENT_MAX - 1, NOON_MS)
    with pytest.raises(Conflict) as refused:
        new_offer("off_1", "evt_1", asked(), OFFERS_PER_EVENT_MAX, NOON_MS)
    assert refused.value.code == "too_many_offers"


def test_an_edit_names_what_it_sets() -> None:
    row = offer(opens_at=NOON)
    restock = OfferUpdate(title="x", allotment=5)
    assert update_changes(row, restock) == {"title": "x", "allotment": 5}
    assert update_changes(row, OfferUpdate(closes_at=ONE)) == {"closes_ms": ONE_MS}
    assert update_changes(row, OfferUpdate(opens_at=None)) == {"opens_ms": None}
    everything = OfferUpdate("x", 1, 2, 3, NOON, ONE)
    assert update_changes(row, everything) == {
        "title": "x", "price_fen": 1, "allotment": 2, "per_buyer_limit": 3,
        "opens_ms": NOON_MS, "closes_ms": ONE_MS,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (OfferUpdate(), "body"),
        (OfferUpdate(closes_at=NOON), "closes_at"),  # against the opening that is there
        (OfferUpdate(opens_at=ONE, closes_at=ONE), "closes_at"),
        (OfferUpdate(price_fen=3290), "list_price_fen"),
    ],
)
def test_an_unacceptable_edit(edit: OfferUpdate, field: str) -> None:
    row = offer(opens_at=NOON, list_price_fen=3290, list_price_basis="x")
    with pytest.raises(Invalid) as refused:
        update_changes(row, edit)
    assert list(refused.value.fields) == [field]


def test_opening_and_closing() -> None:
    assert open_changes(offer("draft")) == open_changes(offer("closed")) == {"status": "open"}
    assert close_changes(offer("open")) == {"status": "closed"}
    for change, status, code in [
        (open_changes, "open", "already_open"),
        (close_changes, "draft", "not_open"),
        (close_changes, "closed", "already_closed"),
    ]:
        with pytest.raises(Conflict) as refused:
            change(offer(status))
        assert refused.value.code == code
