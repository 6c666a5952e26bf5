"""The platform's HTTP API as one signed-in person uses it: JSON in, JSON out."""

from typing import Any

import msgspec

from live.crowd.http_client import HttpPool, request_bytes


class ApiRefusal(Exception):
    """The server said no.

    Args:
        status: of the HTTP reply.
        code: the stable code of the problem.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{code} ({status}): {detail}" if detail else f"{code} ({status})")


class Api:
    """Calls with one bearer token; None calls as nobody."""

    def __init__(self, pool: HttpPool, token: str | None = None) -> None:
        self._pool = pool
        self._token = token

    async def get(self, path: str) -> Any:
        return await self.call("GET", path)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        return await self.call("POST", path, body, key=key)

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> Any:
        """The decoded answer, or None for an empty one.

        Raises: ApiRefusal for any answer of 400 and above; Unanswered when none came.
        """
        encoded = None if body is None else msgspec.json.encode(body)
        request = request_bytes(
            self._pool.origin, method, path, token=self._token, body=encoded, key=key
        )
        # Only a read or a keyed write is safe to repeat.
        attempts_max = 8 if method == "GET" or key is not None else 1
        reply = await self._pool.ask(request, attempts_max=attempts_max)
        if reply.status >= 400:
            raise _refusal(reply.status, reply.body)
        return msgspec.json.decode(reply.body) if reply.body else None


def _refusal(status: int, body: bytes) -> ApiRefusal:
    try:
        problem = msgspec.json.decode(body)
        return ApiRefusal(status, str(problem["code"]), str(problem.get("detail", "")))
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError):
        return ApiRefusal(status, f"http_{status}", body[:200].decode(errors="replace"))
