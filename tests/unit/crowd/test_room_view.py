"""Claims about a viewer's screen: what it shows, and which broken promises it notices."""

import msgspec

from live.crowd.room_view import RoomMessage, RoomView

OFFER = {
    "id": "off_1",
    "available": 4,
    "reserved": 0,
    "sold": 0,
    "status": "open",
    "allotment": 4,
    "price_fen": 1990,
}


def message(**fields: object) -> RoomMessage:
    return msgspec.convert(fields, RoomMessage)


def snapshot(n: int = 7, **fields: object) -> RoomMessage:
    return message(type="snapshot", n=n, viewers=1, views=10, likes=5, offers=[OFFER], **fields)


def screen() -> RoomView:
    view = RoomView()
    assert view.apply(snapshot())
    return view


def test_a_tick_changes_what_it_names_and_nothing_else() -> None:
    view = screen()
    moved = {"id": "off_1", "available": 3, "reserved": 1}
    assert view.apply(message(type="tick", n=8, prev=7, viewers=2, offers=[moved]))
    offer = view.offers["off_1"]
    assert (offer.available, offer.reserved, offer.sold, offer.price_fen) == (3, 1, 0, 1990)
    assert (view.viewers, view.likes) == (2, 5)
    assert not +view.faults


def test_a_hole_in_the_numbers_asks_for_a_snapshot_and_shows_nothing_until_then() -> None:
    view = screen()
    assert not view.apply(message(type="tick", n=10, prev=9, viewers=9))
    assert not view.apply(message(type="tick", n=11, prev=10, viewers=9))
    assert view.viewers == 1
    assert view.apply(snapshot(n=11))
    assert view.apply(message(type="tick", n=12, prev=11, viewers=9))
    assert view.viewers == 9


def test_nothing_is_shown_before_the_first_snapshot() -> None:
    assert not RoomView().apply(message(type="tick", n=1, prev=0))


def test_numbers_that_do_not_add_up_are_a_fault() -> None:
    view = screen()
    view.apply(message(type="tick", n=8, prev=7, offers=[{"id": "off_1", "available": 3}]))
    assert view.faults["sum_wrong"] == 1


def test_a_negative_number_is_a_fault() -> None:
    view = screen()
    moved = {"id": "off_1", "available": -1, "sold": 5}
    view.apply(message(type="tick", n=8, prev=7, offers=[moved]))
    assert view.faults["negative"] == 1


def test_totals_that_fall_are_a_fault() -> None:
    view = screen()
    view.apply(message(type="tick", n=8, prev=7, likes=4))
    assert view.faults["likes_fell"] == 1


def test_a_repeated_feed_entry_is_shown_once() -> None:
    view = screen()
    line = {"id": "1-0", "kind": "chat", "text": "来了", "name": "王**"}
    view.apply(message(type="tick", n=8, prev=7, feed=[line]))
    view.apply(message(type="tick", n=9, prev=8, feed=[line]))
    assert len(view.feed) == 1
