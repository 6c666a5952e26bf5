"""What each simulated client asked, and what it was told: the crowd's side of the books.

Written by the clients alone, from replies and messages they received; compared with SQL only
at the end (``report``). An outcome nobody was told stays unknown until a repeat finds out.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

RESERVED = "reserved"  # the order was accepted
UNKNOWN = "unknown"  # no answer came; it may have happened
STARTED = "started"  # the provider has the payment
# Statuses a client is told of an order it paid.
PAID_STATUSES = frozenset({"paid", "packed", "shipped", "delivered"})


class Entry(msgspec.Struct, array_like=True):
    """One order a client asked for: one idempotency key.

    Args:
        buyer: which of the crowd's accounts (its place in the list of tokens).
        answer: ``reserved``, ``unknown``, or the code of the refusal.
        order_id, amount_fen: as told with ``reserved``.
        payment: ``started``, ``unknown``, the code of a refusal, or "" where none was tried.
        cancel: ``cancelled``, ``unknown``, the code of a refusal, or "".
        status: the newest status this client was told of the order.
        other_ids: further order ids told for the same key; there must be none.
        is_missing: the buyer's own list of orders came without it.
        pays_at_once: the order asks to start the payment too.
    """

    key: str
    buyer: int
    offer_id: str
    units: int
    price_fen: int
    answer: str = UNKNOWN
    order_id: str = ""
    amount_fen: int = 0
    payment: str = ""
    cancel: str = ""
    status: str = ""
    other_ids: list[str] = []
    is_missing: bool = False
    pays_at_once: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.answer == RESERVED

    @property
    def is_told_paid(self) -> bool:
        """Whether the client may believe that the boxes are on their way."""
        return self.status in PAID_STATUSES

    def accept(self, order_id: str, amount_fen: int, status: str) -> None:
        """The server answered with an order, whether new or repeated."""
        if self.order_id and self.order_id != order_id:
            self.other_ids.append(order_id)
            return
        self.answer = RESERVED
        self.order_id = order_id
        self.amount_fen = amount_fen
        self.status = status


class Ledger:
    """The entries of one process, findable by order id."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._by_order: dict[str, Entry] = {}

    def open(
        self,
        key: str,
        buyer: int,
        offer_id: str,
        units: int,
        price_fen: int,
        *,
        pays_at_once: bool = False,
    ) -> Entry:
        """Note a request before it is sent."""
        entry = Entry(key, buyer, offer_id, units, price_fen, pays_at_once=pays_at_once)
        self.entries.append(entry)
        return entry

    def index(self, entry: Entry) -> None:
        """Make an accepted entry findable by its order."""
        self._by_order[entry.order_id] = entry

    def hear(self, order_id: str, status: str) -> bool:
        """A client was told a status. Returns whether the crowd knows the order."""
        entry = self._by_order.get(order_id)
        if entry is not None:
            entry.status = status
        return entry is not None

    @property
    def unresolved(self) -> list[Entry]:
        return [e for e in self.entries if UNKNOWN in (e.answer, e.payment, e.cancel)]

    def save(self, path: Path) -> None:
        path.write_bytes(msgspec.msgpack.encode(self.entries))


def load(paths: Iterable[Path]) -> list[Entry]:
    """The entries of several processes together."""
    decoder = msgspec.msgpack.Decoder(list[Entry])
    return [entry for path in paths for entry in decoder.decode(path.read_bytes())]
