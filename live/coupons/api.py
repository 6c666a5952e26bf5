"""The HTTP calls about coupons."""

from live.coupons.claiming import ClaimAsk, Claiming
from live.coupons.hosting import Hosting
from live.coupons.reads import CouponReads
from live.coupons.schemas import Coupon, CouponDrop, CouponDropCreate
from live.errors import Conflict, NotFound, Unavailable
from live.values import EventId
from live.web.pages import QUERY, PageRequest, page_request
from live.web.routes import Access, Call, Page, Reply, Route

_OF_EVENT = NotFound.coded("event_not_found")


class CouponApi:
    def __init__(
        self, hosting: Hosting, claiming: Claiming, reads: CouponReads, *, page_size_max: int
    ) -> None:
        self._hosting = hosting
        self._claiming = claiming
        self._reads = reads
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        of_event, drop = "/api/events/{event_id}/coupon-drops", "/api/coupon-drops/{drop_id}"
        return [
            Route(
                method="POST", path=of_event, access=Access.HOST,
                handler=self._open, summary="Drop coupons in a live event",
                body=CouponDropCreate, answers={201: CouponDrop},
                problems=(*_OF_EVENT, *Conflict.coded("not_live", "drop_running")),
            ),
            Route(
                method="GET", path=of_event, access=Access.ANYONE,
                handler=self._of_event, summary="An event's coupon drops, newest first",
                answers={200: Page[CouponDrop]}, problems=_OF_EVENT, query=QUERY,
            ),
            Route(
                method="POST", path=f"{drop}/end", access=Access.HOST,
                handler=self._end, summary="Let nobody claim coupons of a drop any more",
                answers={200: CouponDrop}, problems=NotFound.coded(),
            ),
            Route(
                method="POST", path=f"{drop}/coupons", access=Access.SIGNED_IN,
                handler=self._claim, summary="Claim a coupon, once",
                answers={201: Coupon, 200: Coupon},
                problems=(
                    *NotFound.coded(),
                    *Conflict.coded("own_drop", "coupons_gone", "drop_ended"),
                    *Unavailable.coded("busy"),
                ),
            ),
            Route(
                method="GET", path="/api/coupons", access=Access.SIGNED_IN,
                handler=self._own, summary="One's own coupons, the latest first",
                answers={200: Page[Coupon]}, query={"event_id": EventId, **QUERY},
            ),
        ]  # fmt: skip

    async def _open(self, call: Call) -> Reply:
        opened = await self._hosting.open(call.caller, call.path["event_id"], call.body)
        return Reply(self._reads.drop_view(opened), 201)

    async def _of_event(self, call: Call) -> Reply:
        return Reply(await self._reads.of_event(self._page(call), call.path["event_id"]))

    async def _end(self, call: Call) -> Reply:
        ended = await self._hosting.end(call.caller, call.path["drop_id"])
        return Reply(self._reads.drop_view(ended))

    async def _claim(self, call: Call) -> Reply:
        who = call.caller
        ask = ClaimAsk(call.path["drop_id"], who.id, who.is_operator)
        claimed = await self._claiming.claim(ask)
        return Reply(self._reads.coupon_view(claimed), 201 if claimed.is_new else 200)

    async def _own(self, call: Call) -> Reply:
        event_id = call.http.query.get("event_id") or None
        return Reply(await self._reads.own(self._page(call), call.caller.id, event_id=event_id))

    def _page(self, call: Call) -> PageRequest:
        return page_request(call.http.query, limit_max=self._page_size_max)
