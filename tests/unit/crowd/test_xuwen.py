"""Claims about the content of the Xuwen event."""

from hypothesis import given
from hypothesis import strategies as st

from live.crowd import xuwen
from live.crowd.xuwen import CueKind


@given(orders=st.integers(min_value=1, max_value=200_000))
def test_n_boxes_weigh_six_jin_times_n_with_as_many_small_as_big_ones(orders: int) -> None:
    boxes = xuwen.allotments(orders)
    jin = [offer.jin for offer in xuwen.OFFERS]
    assert sum(boxes) == orders
    assert sum(count * weight for count, weight in zip(boxes, jin, strict=True)) == 6 * orders
    by_jin = dict.fromkeys(jin, 0)
    for count, weight in zip(boxes, jin, strict=True):
        by_jin[weight] += count
    assert by_jin[3] == by_jin[9]


def test_the_yardstick_is_fifty_thousand_orders_and_three_hundred_thousand_jin() -> None:
    boxes = xuwen.allotments(50_000)
    assert all(boxes)
    weights = zip(boxes, xuwen.OFFERS, strict=True)
    assert sum(count * offer.unit_grams for count, offer in weights) == 150_000_000


def test_struck_through_prices_are_higher_and_say_what_they_are_based_on() -> None:
    assert xuwen.LIST_PRICE_BASIS
    assert all(offer.list_price_fen > offer.price_fen for offer in xuwen.OFFERS)


def test_every_offer_is_pinned_before_it_opens_and_the_script_is_in_order() -> None:
    times = [cue.at_seconds for cue in xuwen.SCRIPT]
    assert times == sorted(times)
    for place, offer in enumerate(xuwen.OFFERS):
        pins = [c.at_seconds for c in xuwen.SCRIPT if c.kind is CueKind.PIN and c.offer == place]
        assert pins
        assert pins[0] < offer.opens_seconds


def test_the_show_is_pleasantly_long() -> None:
    assert 240 <= xuwen.OFFERS[-1].opens_seconds + xuwen.WAVE_SECONDS <= 330
