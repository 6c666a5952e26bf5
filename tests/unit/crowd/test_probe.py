"""Claims about the closing probe: it finds leaks and overselling, and leaves nothing behind."""

import asyncio
import json
import re

import pytest

from live.crowd.api import ApiRefusal
from live.crowd.http_client import HttpPool, Origin
from live.crowd.probe import probe_offers
from live.crowd.report import Probe, Truth

_REQUEST = re.compile(rb"(\w+) (\S+) HTTP")
_LENGTH = re.compile(rb"Content-Length: (\d+)")


class Shop:
    """Sells ``units`` boxes of one offer over HTTP, then answers with ``refusal``."""

    def __init__(self, units: int, refusal: str = "sold_out") -> None:
        self.units = units
        self.refusal = refusal
        self.open_orders = 0

    def answer(self, method: str, path: str) -> tuple[int, object]:
        if method == "GET":
            return 200, {"offers": [{"id": "off_1", "price_fen": 1990, "status": "sold_out"}]}
        if path.endswith("/cancel"):
            self.open_orders -= 1
            return 200, {}
        if not self.units:
            return 409, {"code": self.refusal}
        self.units -= 1
        self.open_orders += 1
        return 201, {"id": f"ord_{self.units}"}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                request = _REQUEST.match(head)
                assert request is not None
                status, body = self.answer(request[1].decode(), request[2].decode())
                text = json.dumps(body)
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def probe(shop: Shop, units_by_sql: int) -> list[Probe]:
    async with await asyncio.start_server(shop.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with HttpPool(Origin.parse(f"http://127.0.0.1:{port}"), 1) as pool:
            truth = Truth({}, {"off_1": units_by_sql})
            return await probe_offers(
                pool, "evt_1", truth, ["t1", "t2"], units_per_token=2, run_id="run"
            )


@pytest.mark.parametrize(
    ("units_for_sale", "units_by_sql", "leaked", "oversold"),
    [(0, 0, 0, 0), (2, 2, 0, 0), (0, 2, 2, 0), (1, 2, 1, 0), (1, 0, 0, 1)],
)
async def test_what_sql_calls_available_is_what_can_be_bought(
    units_for_sale: int, units_by_sql: int, leaked: int, oversold: int
) -> None:
    shop = Shop(units_for_sale)
    (found,) = await probe(shop, units_by_sql)
    assert (found.units_leaked, found.units_oversold) == (leaked, oversold)
    assert shop.open_orders == 0


async def test_an_offer_that_was_closed_with_units_left_has_leaked_them() -> None:
    (found,) = await probe(Shop(0, refusal="not_open"), 1)
    assert found.units_leaked == 1


async def test_a_refusal_for_another_reason_proves_nothing_and_is_told() -> None:
    with pytest.raises(ApiRefusal, match="buyer_limit"):
        await probe(Shop(0, refusal="buyer_limit"), 1)


async def test_no_more_is_probed_than_the_accounts_may_buy() -> None:
    (found,) = await probe(Shop(1_000), 1_000)
    assert found == Probe("off_1", units_available=4, units_bought=4)
