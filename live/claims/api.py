"""The HTTP calls about claims."""

from live.claims.claim_reads import ClaimReads
from live.claims.deciding import Deciding
from live.claims.filing import Filing
from live.claims.schemas import ClaimApproval, ClaimCase, ClaimCreate, ClaimRejection
from live.claims.stored_claim import claim_view
from live.errors import Conflict, NotFound
from live.sales.schemas import Claim, ClaimStatus
from live.web.choices import chosen
from live.web.pages import QUERY, page_request
from live.web.routes import Access, Call, Page, Reply, Route

_DECIDING = (*NotFound.coded(), *Conflict.coded("own_claim", "claim_decided"))


class ClaimApi:
    def __init__(
        self, filing: Filing, deciding: Deciding, reads: ClaimReads, *, page_size_max: int
    ) -> None:
        self._filing = filing
        self._deciding = deciding
        self._reads = reads
        self._page_size_max = page_size_max

    def routes(self) -> list[Route]:
        claim = "/api/claims/{claim_id}"
        return [
            Route(
                method="POST", path="/api/orders/{order_id}/claims", access=Access.SIGNED_IN,
                handler=self._file, summary="Claim bad fruit of one's own delivered order",
                body=ClaimCreate, answers={201: Claim, 200: Claim},
                problems=(
                    *NotFound.coded(),
                    *Conflict.coded(
                        "not_claimable", "claim_too_late", "claim_open", "too_many_claims",
                        "nothing_left",
                    ),
                ),
            ),
            Route(
                method="GET", path="/api/claims", access=Access.OPERATOR,
                handler=self._cases, summary="Claims to be decided, the longest waiting first",
                answers={200: Page[ClaimCase]}, query={"status": ClaimStatus, **QUERY},
            ),
            Route(
                method="POST", path=f"{claim}/approve", access=Access.OPERATOR,
                handler=self._approve, summary="Give so much of the order's money back",
                body=ClaimApproval, answers={200: Claim},
                problems=(*_DECIDING, *Conflict.coded("claim_exceeds_left")),
            ),
            Route(
                method="POST", path=f"{claim}/reject", access=Access.OPERATOR,
                handler=self._reject, summary="Give nothing back, for a reason",
                body=ClaimRejection, answers={200: Claim}, problems=_DECIDING,
            ),
        ]  # fmt: skip

    async def _file(self, call: Call) -> Reply:
        result = await self._filing.file(call.caller.id, call.path["order_id"], call.body)
        return Reply(claim_view(result.claim), 201 if result.is_new else 200)

    async def _cases(self, call: Call) -> Reply:
        page = page_request(call.http.query, limit_max=self._page_size_max)
        status = chosen(ClaimStatus, call, "status") or ClaimStatus.OPEN
        return Reply(await self._reads.cases(page, status))

    async def _approve(self, call: Call) -> Reply:
        approval: ClaimApproval = call.body
        claim = await self._deciding.approve(
            call.caller.id, call.path["claim_id"], approval.amount_fen
        )
        return Reply(claim_view(claim))

    async def _reject(self, call: Call) -> Reply:
        rejection: ClaimRejection = call.body
        reason = rejection.reason.strip()
        claim = await self._deciding.reject(call.caller.id, call.path["claim_id"], reason)
        return Reply(claim_view(claim))
