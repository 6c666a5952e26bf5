"""The checker's controls: what it must find, done to the books of a sale that went well."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from live.sales.commit import Verdict
from live.storage.database import Database
from live.storage.redis import RedisClient
from live.values import order_id_for
from tests.faults.history import History, Told, Wish, delays_of, faults_of
from tests.support.selling import OFFER, Shelf, buyer, clock_now, seed
from tests.support.shop import Shop, open_shops

KEY = "key-1"
_TELL_TWICE = (
    "INSERT INTO facts (kind, event_id, body, at_ms)"
    " SELECT kind, event_id, body, at_ms FROM facts WHERE kind = 'OrderCancelled'"
)


def told(status: int, order_id: str = "", code: str = "", seconds: float = 0.1) -> Told:
    return Told(status, code, order_id, seconds, 1.0 if status == 503 else None)


@pytest_asyncio.fixture
async def shop(database: Database, redis_url: str, redis: RedisClient) -> AsyncIterator[Shop]:
    await seed(database, Shelf(allotment=40), buyers=4)
    async with open_shops(database.url, redis_url, clock_now()) as shops:
        yield await shops.open()


@pytest_asyncio.fixture
async def history(shop: Shop) -> History:
    """Buyer 0 paid, buyer 1 cancelled, buyer 2 never heard, buyer 3 was refused."""
    history = History()
    for number in range(3):
        outcome = await shop.buy(buyer(number), KEY)
        assert outcome.verdict is Verdict.PLACED
        assert outcome.order is not None
        answer = told(0, code="connection lost") if number == 2 else told(201, outcome.order.id)
        history.wishes[outcome.order.id] = Wish(outcome.order.id, OFFER, 1, [answer])
        if number == 0:
            await shop.pay(outcome.order)
        if number == 1:
            await shop.closing.cancel(outcome.order.id, buyer(number))
    refused = order_id_for(buyer(3), OFFER, KEY)
    history.wishes[refused] = Wish(refused, OFFER, 1, [told(409, code="sold_out")])
    return history


def id_of(number: int) -> str:
    return order_id_for(buyer(number), OFFER, KEY)


async def test_an_honest_history_has_no_faults(shop: Shop, history: History) -> None:
    assert await faults_of(history, shop.database) == []


@pytest.mark.parametrize(
    ("number", "answers", "found"),
    [
        (3, [told(201, id_of(3))], "was accepted, and is lost"),
        (0, [told(201, id_of(0)), told(201, id_of(0))], "was new more than once"),
        (0, [told(201, id_of(0)), told(200, id_of(1))], "one key, several orders"),
        (0, [told(409, code="sold_out")], "was refused each time, and is there"),
        (0, [told(201, id_of(0)), told(500, code="internal")], "an answer of 500"),
        (0, [told(201, id_of(0)), Told(503, "busy", "", 0.1, None)], "without Retry-After"),
    ],
)
async def test_answers_that_sql_cannot_stand_by(
    shop: Shop, history: History, number: int, answers: list[Told], found: str
) -> None:
    history.wishes[id_of(number)].answers = answers
    [fault] = await faults_of(history, shop.database)
    assert found in fault


async def test_an_answer_that_was_long_in_coming(history: History) -> None:
    assert delays_of(history) == []
    history.wishes[id_of(0)].answers = [told(201, id_of(0), seconds=5.5)]
    [delay] = delays_of(history)
    assert "took 5.5 s" in delay


async def test_an_order_that_nobody_asked_for(shop: Shop, history: History) -> None:
    del history.wishes[id_of(1)]
    [fault] = await faults_of(history, shop.database)
    assert "was asked for by nobody" in fault


async def test_other_units_than_were_asked_for(shop: Shop, history: History) -> None:
    history.wishes[id_of(1)].units = 2
    [fault] = await faults_of(history, shop.database)
    assert "is not what was asked for" in fault


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ("UPDATE payments SET refunded_fen = paid_fen", "kept [] fen of"),
        ("UPDATE orders SET status = 'expired' WHERE status = 'paid'", "of []"),
        (_TELL_TWICE, "ended 2 times"),
    ],
)
async def test_money_and_ends_that_do_not_fit(
    shop: Shop, history: History, done: str, found: str
) -> None:
    async with shop.database.transaction() as session:
        await session.execute(text(done))
    [fault] = await faults_of(history, shop.database)
    assert found in fault
