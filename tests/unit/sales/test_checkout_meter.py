"""What checkout tells of itself."""

import pytest

from live.sales.checkout_meter import CheckoutLoad, CheckoutMeter


def test_it_counts_since_the_last_reading() -> None:
    meter = CheckoutMeter()
    meter.read(10.0)
    for who in range(4):
        meter.begin(who, 10.1)
    for who in range(3):
        meter.end(who, 10.3, has_failed=who == 0)
    load = meter.read(10.5)
    assert (load.orders_per_second, load.failed, load.queued) == (4, 1, 1)
    assert load.reply_ms == pytest.approx(400)  # the one who still waits
    meter.end(3, 10.55, has_failed=False)
    assert meter.read(11.0).reply_ms == pytest.approx(450)


def test_a_full_queue_is_a_failure() -> None:
    meter = CheckoutMeter()
    meter.refuse()
    assert meter.read(1.0) == CheckoutLoad(0.0, 1, 0, 0.0)
    assert meter.read(2.0) == CheckoutLoad(0.0, 0, 0, 0.0)
