"""The HTTP calls about giveaways."""

from aiohttp import web

from live.accounts.schemas import Shipment
from live.errors import Conflict, NotFound, Unavailable
from live.giveaways.audit import Audit, entry_view, giveaway_view
from live.giveaways.entering import Entering, EntryAsk
from live.giveaways.hosting import Hosting
from live.giveaways.prizes import Prizes
from live.giveaways.schemas import (
    Giveaway,
    GiveawayCancel,
    GiveawayCreate,
    GiveawayEntry,
    PrizeAddress,
    WinnersToServe,
    WinnerToServe,
    WonPrize,
)
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Raw, Reply, Route

_PLACE_DIGITS_MAX = 9  # a PostgreSQL integer holds them
_OF_EVENT = NotFound.coded("event_not_found")


class GiveawayApi:
    def __init__(
        self,
        hosting: Hosting,
        entering: Entering,
        audit: Audit,
        prizes: Prizes,
        *,
        page_size_max: int,
    ) -> None:
        self._hosting = hosting
        self._entering = entering
        self._audit = audit
        self._prizes = prizes
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        return [*self._hosts_routes(), *self._viewers_routes()]

    def _hosts_routes(self) -> list[Route]:
        giveaway = "/api/giveaways/{giveaway_id}"
        return [
            Route(
                method="POST", path="/api/events/{event_id}/giveaways", access=Access.HOST,
                handler=self._open, summary="Open a giveaway in a live event",
                body=GiveawayCreate, answers={201: Giveaway},
                problems=(*_OF_EVENT, *Conflict.coded("not_live", "giveaway_running")),
            ),
            Route(
                method="POST", path=f"{giveaway}/cancel", access=Access.HOST,
                handler=self._cancel, summary="Call off a giveaway that may still be entered",
                body=GiveawayCancel, answers={200: Giveaway},
                problems=(*NotFound.coded(), *Conflict.coded("giveaway_closed")),
            ),
            Route(
                method="GET", path=f"{giveaway}/winners", access=Access.HOST,
                handler=self._winners, summary="Who gets a prize and where, masked for hosts",
                answers={200: WinnersToServe}, problems=NotFound.coded(),
            ),
            Route(
                method="POST", path=f"{giveaway}/winners/{{place}}/ship", access=Access.HOST,
                handler=self._ship, summary="A carrier has the prize of this place",
                body=Shipment, answers={200: WinnerToServe},
                problems=(*NotFound.coded(), *Conflict.coded("prize_not_addressed")),
            ),
        ]  # fmt: skip

    def _viewers_routes(self) -> list[Route]:
        giveaway = "/api/giveaways/{giveaway_id}"
        return [
            Route(
                method="GET", path="/api/events/{event_id}/giveaways", access=Access.ANYONE,
                handler=self._of_event, summary="An event's giveaways, newest first",
                answers={200: Page[Giveaway]}, problems=_OF_EVENT, query=QUERY,
            ),
            Route(
                method="GET", path="/api/giveaways/won", access=Access.SIGNED_IN,
                handler=self._won, summary="Prizes that one has won, the latest first",
                answers={200: Page[WonPrize]}, query=QUERY,
            ),
            Route(
                method="GET", path=giveaway, access=Access.ANYONE,
                handler=self._read, summary="A giveaway, with all that its draw is checked by",
                answers={200: Giveaway}, problems=NotFound.coded(),
            ),
            Route(
                method="GET", path=f"{giveaway}/entries", access=Access.ANYONE,
                handler=self._entries, summary="All entries of a frozen giveaway, one a line",
                answers={200: Raw("text/plain")},
                problems=(*NotFound.coded(), *Conflict.coded("entries_open")),
            ),
            Route(
                method="POST", path=f"{giveaway}/entries", access=Access.SIGNED_IN,
                handler=self._enter, summary="Enter a giveaway, once",
                answers={201: GiveawayEntry, 200: GiveawayEntry},
                problems=(
                    *NotFound.coded(),
                    *Conflict.coded("own_giveaway", "giveaway_closed", "giveaway_full"),
                    *Unavailable.coded("busy"),
                ),
            ),
            Route(
                method="GET", path=f"{giveaway}/entry", access=Access.SIGNED_IN,
                handler=self._own_entry, summary="One's own entry, and whether it has won",
                answers={200: GiveawayEntry}, problems=NotFound.coded(),
            ),
            Route(
                method="PUT", path=f"{giveaway}/address", access=Access.SIGNED_IN,
                handler=self._address, summary="Say where one's own prize goes",
                body=PrizeAddress, answers={200: WonPrize},
                problems=(*NotFound.coded(), *Conflict.coded("prize_shipped")),
            ),
        ]  # fmt: skip

    async def _open(self, call: Call) -> Reply:
        opened = await self._hosting.open(call.caller, call.path["event_id"], call.body)
        return Reply(giveaway_view(opened), 201)

    async def _cancel(self, call: Call) -> Reply:
        asked: GiveawayCancel = call.body
        giveaway_id = call.path["giveaway_id"]
        cancelled = await self._hosting.cancel(call.caller, giveaway_id, asked.reason)
        return Reply(giveaway_view(cancelled))

    async def _winners(self, call: Call) -> Reply:
        return Reply(await self._prizes.winners(call.caller, call.path["giveaway_id"]))

    async def _ship(self, call: Call) -> Reply:
        place = call.path["place"]
        if not (place.isascii() and place.isdigit() and len(place) <= _PLACE_DIGITS_MAX):
            raise NotFound(detail="Nobody has won that place.")
        giveaway_id = call.path["giveaway_id"]
        return Reply(await self._prizes.ship(call.caller, giveaway_id, int(place), call.body))

    async def _of_event(self, call: Call) -> Reply:
        return Reply(await self._audit.of_event(self._page(call), call.path["event_id"]))

    async def _won(self, call: Call) -> Reply:
        return Reply(await self._prizes.own(self._page(call), call.caller.id))

    async def _read(self, call: Call) -> Reply:
        return Reply(await self._audit.read(call.path["giveaway_id"]))

    async def _entries(self, call: Call) -> web.StreamResponse:
        return web.Response(
            body=await self._audit.entries(call.path["giveaway_id"]),
            headers={
                "Content-Type": "text/plain; charset=utf-8",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _enter(self, call: Call) -> Reply:
        who = call.caller
        ask = EntryAsk(call.path["giveaway_id"], who.id, who.is_operator)
        entered = await self._entering.enter(ask)
        return Reply(entry_view(entered.entry), 201 if entered.is_new else 200)

    async def _own_entry(self, call: Call) -> Reply:
        entry = await self._audit.own_entry(call.path["giveaway_id"], call.caller.id)
        return Reply(entry)

    async def _address(self, call: Call) -> Reply:
        asked: PrizeAddress = call.body
        giveaway_id = call.path["giveaway_id"]
        return Reply(await self._prizes.address(call.caller.id, giveaway_id, asked.address_id))

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)
