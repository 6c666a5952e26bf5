"""Serves the pages that Vite built: hashed assets for ever, index.html never from a cache.

Any other path outside /api is the index as well, since the pages route by themselves; where the
path names something that others are shown a preview of, the index says so (``page_heads``).
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import hdrs, web

from live.errors import NotFound
from live.web.addresses import ClientAddresses
from live.web.cookies import new_viewer_cookie, viewer_of
from live.web.page_heads import HeadOf, with_head

_INDEX = "index.html"
_ASSETS = "assets/"  # Vite puts a hash of the content into each name here
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"

# Styles may be inline: Vant and ECharts set style attributes. Scripts may not.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "frame-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self' data:",
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_OF_WIDGETS = ("script-src", "frame-src", "connect-src", "style-src")


def content_security_policy(also_from: Sequence[str] = ()) -> str:
    """Our pages' own policy.

    Args:
        also_from: origins whose widget a page may show, with what it brings along.
    """
    return "; ".join(
        " ".join((directive, sources, *(also_from if directive in _OF_WIDGETS else ())))
        for directive, sources in _POLICY.items()
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}
_HSTS = "max-age=31536000"


class StaticPages:
    """The built pages in one directory, which may be missing or rebuilt while we run.

    Args:
        also_from: origins besides our own whose scripts and frames pages may show.
        heads: start of a path, such as ``/events/`` → what the pages below it tell of themselves.
        public_url: where this server is reached; empty: where the request has found it.
    """

    def __init__(
        self,
        directory: Path,
        addresses: ClientAddresses,
        also_from: Sequence[str] = (),
        *,
        heads: Mapping[str, HeadOf] | None = None,
        public_url: str = "",
    ) -> None:
        self._heads = heads or {}
        self._public_url = public_url.rstrip("/")
        self._directory = directory.resolve()
        self._addresses = addresses
        policy = {"Content-Security-Policy": content_security_policy(also_from)}
        self._headers = SECURITY_HEADERS | policy

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The file of this path, else the index. Conditional and range requests included.

        Raises: NotFound for an asset, or a name with an ending, that is not there; or where
            nothing has been built.
        """
        relative = request.path.lstrip("/")
        headers = dict(self._headers)
        is_https = self._addresses.is_https(request)
        if is_https:
            headers["Strict-Transport-Security"] = _HSTS
        path = self._file(relative)
        if path is None:
            # A file that is not there; for an old page that asks for assets of its own build
            # the index would only make things worse.
            if relative.startswith(_ASSETS) or "." in relative.rpartition("/")[2]:
                raise NotFound(detail="There is no such file.")
            path = self._file(_INDEX)
        if path is None:
            raise NotFound("pages_not_built", "The pages have not been built; run: make frontend")
        is_asset = relative.startswith(_ASSETS)
        headers[hdrs.CACHE_CONTROL] = _IMMUTABLE if is_asset else _REVALIDATE
        if path.name == _INDEX:
            if viewer_of(request) is None:
                headers[hdrs.SET_COOKIE] = new_viewer_cookie(is_https=is_https)
            if (text := await self._with_head(request, path)) is not None:
                return web.Response(text=text, content_type="text/html", headers=headers)
        return web.FileResponse(path, headers=headers)

    async def _with_head(self, request: web.Request, index: Path) -> str | None:
        """The index with what this page tells of itself; None where it tells nothing."""
        start, _, name = request.path.rpartition("/")
        head_of = self._heads.get(f"{start}/")
        head = await head_of(name) if head_of is not None and name else None
        if head is None:
            return None
        scheme = "https" if self._addresses.is_https(request) else "http"
        origin = self._public_url or f"{scheme}://{request.host}"
        text = await asyncio.to_thread(index.read_text, encoding="utf-8")
        return with_head(text, head, origin=origin, path=request.rel_url.raw_path)

    def _file(self, relative: str) -> Path | None:
        if "\0" in relative:
            return None
        path = (self._directory / relative).resolve()
        if path.is_relative_to(self._directory) and path.is_file():
            return path
        return None
