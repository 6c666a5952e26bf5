"""What a provider without a bank behind it has collected and given back: the sandbox's ledger.

It is also the specification of what every provider must do with a refund: once for each id, and
never more than has come in.
"""

from dataclasses import dataclass, field

from live.errors import Conflict
from live.sales.payments.provider import RefundRequest

ACCOUNTS_MAX = 100_000  # payments remembered; beyond, the oldest are forgotten


@dataclass(slots=True)
class _Account:
    collected_fen: int
    given_back: dict[str, int] = field(default_factory=dict)  # refund id → fen

    @property
    def balance_fen(self) -> int:
        return self.collected_fen - sum(self.given_back.values())


class Book:
    """In memory, an account a payment."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def collect(self, payment_id: str, amount_fen: int) -> None:
        """Money has come in. A repeat changes nothing."""
        self._open(payment_id, amount_fen)

    def give_back(self, request: RefundRequest) -> None:
        """Money goes out. A repeat changes nothing; a forgotten payment is as the request has it.

        Raises: Conflict ``refund_too_much``, ``refund_id_reused``.
        """
        account = self._open(request.payment_id, request.paid_fen)
        known = account.given_back.get(request.refund_id)
        if known is not None:
            if known != request.amount_fen:
                raise Conflict("refund_id_reused", f"It gave back {known} fen.")
            return
        if request.amount_fen > account.balance_fen:
            raise Conflict("refund_too_much", f"{account.balance_fen} fen are left.")
        account.given_back[request.refund_id] = request.amount_fen

    def balance_fen(self, payment_id: str) -> int:
        """Collected, less given back; 0 for an unknown payment."""
        account = self._accounts.get(payment_id)
        return account.balance_fen if account else 0

    def _open(self, payment_id: str, collected_fen: int) -> _Account:
        account = self._accounts.get(payment_id)
        if account is None:
            while len(self._accounts) >= ACCOUNTS_MAX:
                del self._accounts[next(iter(self._accounts))]
            account = self._accounts[payment_id] = _Account(collected_fen)
        return account
