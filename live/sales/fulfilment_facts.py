"""What happens to a paid order's parcel. A subclass's name is its kind in the database."""

from live.sales.facts import OrderFact


class OrderPacked(OrderFact, frozen=True, kw_only=True):
    """The goods are off the shelf: a refund no longer puts the units back on sale."""


class OrderShipped(OrderFact, frozen=True, kw_only=True):
    """A carrier has the parcel."""

    carrier: str
    tracking_number: str


class OrderDelivered(OrderFact, frozen=True, kw_only=True):
    """The buyer has the parcel."""
