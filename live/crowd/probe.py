"""Tries to buy what SQL calls available, and one box more, then gives everything back.

Units that nobody holds and nobody can buy have leaked; a box beyond them is oversold. Only
real orders through the front door can tell.
"""

from collections.abc import Sequence

import msgspec

from live.crowd.api import Api, ApiRefusal
from live.crowd.http_client import HttpPool
from live.crowd.people import ship_to_json
from live.crowd.report import Probe, Truth

# An offer that was closed with units left sells none of them either.
_NONE_LEFT = frozenset({"sold_out", "not_open"})


async def probe_offers(
    pool: HttpPool,
    event_id: str,
    truth: Truth,
    tokens: Sequence[str],
    *,
    units_per_token: int,
    run_id: str,
) -> list[Probe]:
    """Probe every offer of a settled event.

    Args:
        tokens: accounts that have bought nothing yet. Together they can probe
            ``len(tokens) * units_per_token`` units of each offer; of more, only so many.
        units_per_token: units of one offer that one account may buy.

    Returns: one probe per offer. Every order made here is cancelled again.
    """
    offers = (await Api(pool).get(f"/api/events/{event_id}"))["offers"]
    available = truth.units_available()
    seats = [token for token in tokens for _ in range(units_per_token)]
    return [
        await _probe_one(
            pool, offer["id"], offer["price_fen"], available[offer["id"]], seats, run_id
        )
        for offer in offers
    ]


async def _probe_one(
    pool: HttpPool, offer_id: str, price_fen: int, available: int, seats: list[str], run_id: str
) -> Probe:
    tries = min(available + 1, len(seats))
    bought: list[tuple[Api, str]] = []
    body = {"units": 1, "price_fen": price_fen, "ship_to": msgspec.json.decode(ship_to_json(0))}
    for number in range(tries):
        api = Api(pool, seats[number])
        try:
            order = await api.post(
                f"/api/offers/{offer_id}/orders", body, key=f"probe-{run_id}-{number}"
            )
        except ApiRefusal as refusal:
            if refusal.code not in _NONE_LEFT:
                raise
            break
        bought.append((api, order["id"]))
    for api, order_id in bought:
        await api.post(f"/api/orders/{order_id}/cancel")
    return Probe(offer_id, min(available, tries), len(bought))
