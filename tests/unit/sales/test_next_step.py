"""What one notification of a payment leads to."""

import pytest

from live.sales.payments.settlement import Step, next_step
from live.sales.schemas import OrderStatus, PaymentStatus

OPEN = (PaymentStatus.STARTED, PaymentStatus.FAILED)


def step(payment: PaymentStatus, order: OrderStatus, **changes: bool) -> Step:
    said = {"is_paid": True, "is_exact": True, "is_taken": False} | changes
    return next_step(
        payment,
        order,
        is_paid=said["is_paid"],
        is_exact=said["is_exact"],
        is_taken=said["is_taken"],
    )


@pytest.mark.parametrize("order", list(OrderStatus))
@pytest.mark.parametrize("payment", OPEN)
def test_money_that_comes_in_always_leads_somewhere(
    payment: PaymentStatus, order: OrderStatus
) -> None:
    expected = {
        OrderStatus.RESERVED: Step.PAY,
        OrderStatus.EXPIRED: Step.PAY_LATE,
    }.get(order, Step.GIVE_BACK)
    assert step(payment, order) is expected
    assert step(payment, order, is_exact=False) is Step.GIVE_BACK


@pytest.mark.parametrize("order", list(OrderStatus))
@pytest.mark.parametrize("payment", [status for status in PaymentStatus if status not in OPEN])
@pytest.mark.parametrize("is_paid", [True, False])
def test_what_is_settled_stays_settled(
    payment: PaymentStatus, order: OrderStatus, is_paid: bool
) -> None:
    assert step(payment, order, is_paid=is_paid) is Step.NOTHING


def test_an_order_is_paid_by_one_payment() -> None:
    assert step(PaymentStatus.STARTED, OrderStatus.RESERVED, is_taken=True) is Step.GIVE_BACK


@pytest.mark.parametrize("order", list(OrderStatus))
def test_a_failure_is_noted_once(order: OrderStatus) -> None:
    assert step(PaymentStatus.STARTED, order, is_paid=False) is Step.FAIL
    assert step(PaymentStatus.FAILED, order, is_paid=False) is Step.NOTHING
