"""Which pages may act in a signed-in browser's name.

A browser sends the session cookie along whichever page asks, but always says which page that
was. So a write, or a room connection, without an ``Authorization`` header must come from our
own pages. A request that names neither Origin nor Sec-Fetch-Site comes from no browser of this
decade and carries nobody's ambient cookie; it is let through (the rule of Go's
``http.CrossOriginProtection``).
"""

from urllib.parse import urlsplit

from aiohttp import hdrs, web

_OWN_SITES = (None, "same-origin", "none")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Origins:
    """The origins whose requests are believed.

    Args:
        allowed: comma-separated origins besides the server's own, ``https://shop.example``.
    """

    def __init__(self, allowed: str = "") -> None:
        self._allowed = frozenset(
            part.strip().rstrip("/") for part in allowed.split(",") if part.strip()
        )

    def admits(self, request: web.BaseRequest) -> bool:
        """Whether this request comes from one of our pages, or from no page at all."""
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            return request.headers.get("Sec-Fetch-Site") in _OWN_SITES
        if origin in self._allowed:
            return True
        # By host alone: behind a proxy that ends TLS our own scheme is not ours to know.
        parts = urlsplit(origin)
        host = request.headers.get(hdrs.HOST, "").lower()
        default_port = _DEFAULT_PORTS.get(parts.scheme, "")
        return bool(parts.netloc) and parts.netloc.lower().removesuffix(
            default_port
        ) == host.removesuffix(default_port)
