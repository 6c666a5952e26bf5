"""Every refusal the platform can give, as one small tree with stable codes.

A ``Problem`` is what a caller did wrong or cannot have now; the HTTP layer turns it into
``application/problem+json`` (RFC 9457) and the room's gateway into a ``problem`` message.
"Sold out" and its kin are ordinary answers of the stock guard, not exceptions, until they
reach one of those two edges. Pure: standard library only.
"""

from collections.abc import Mapping
from typing import ClassVar, NamedTuple


class Refusal(NamedTuple):
    """One way in which a call may refuse, for its description.

    Args:
        more: further members that the answer may have → their types.
    """

    status: int
    code: str
    more: Mapping[str, type[int] | type[str]]


class Problem(Exception):
    """A refusal with a stable code.

    Args:
        code: what programs match on, snake_case, never renamed.
        detail: one sentence for a person.
        retry_after_seconds: sent as ``Retry-After`` where set.
        fields: for bad input, the offending field (dotted path) → what is wrong with it.
        more: further members of the answer, such as a position in a queue.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"

    def __init__(
        self,
        code: str | None = None,
        detail: str = "",
        *,
        retry_after_seconds: int | None = None,
        fields: Mapping[str, str] | None = None,
        more: Mapping[str, int | str] | None = None,
    ) -> None:
        self.code = code or self.default_code
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.fields = dict(fields or {})
        self.more = dict(more or {})
        super().__init__(f"{self.code}: {detail}" if detail else self.code)

    @classmethod
    def coded(cls, *codes: str, **more: type[int] | type[str]) -> tuple[Refusal, ...]:
        """Refusals of this kind with these codes; without any, with the kind's own."""
        return tuple(Refusal(cls.status, code, more) for code in codes or (cls.default_code,))

    @property
    def is_retryable(self) -> bool:
        """Whether the same request may succeed later without being changed."""
        return self.status in (429, 503)


class BadRequest(Problem):
    """The message could not be read at all."""

    status, default_code = 400, "malformed"


class Unauthenticated(Problem):
    status, default_code = 401, "unauthenticated"


class Forbidden(Problem):
    status, default_code = 403, "forbidden"


class NotFound(Problem):
    status, default_code = 404, "not_found"


class Conflict(Problem):
    """The request is right, but not in the present state; ``code`` says why."""

    status, default_code = 409, "conflict"


class TooLarge(Problem):
    status, default_code = 413, "too_large"


class Invalid(Problem):
    """Readable, but its content is not acceptable."""

    status, default_code = 422, "invalid"


class PreconditionRequired(Problem):
    status, default_code = 428, "precondition_required"


class TooMany(Problem):
    status, default_code = 429, "too_many_requests"


class Unavailable(Problem):
    """Something behind us is away or full; nothing was lost, and a repeat is safe."""

    status, default_code = 503, "unavailable"


class StartupError(Exception):
    """The server cannot start: one line for the operator, and a non-zero exit."""
