"""What happens to offers. A subclass's name is its kind in the database."""

from live.storage.facts import Fact


class OfferChanged(Fact, frozen=True, kw_only=True):
    """It is new, or its terms, its status or its pin are: the guard and the room must hear."""

    offer_id: str
