"""Finds the route of a path: one walk down a tree of path segments.

aiohttp tries the pattern of every route below ``/api/offers/`` in turn, a coroutine each; for
``POST /api/offers/{offer_id}/orders`` that was 9 µs of 41. This resource stands for all routes
of the application, and is registered like any other.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from yarl import URL

from live.web.expectations import answer_expectation


class _Leaf:
    """The routes of one path, by method."""

    __slots__ = ("names", "path", "routes")

    def __init__(self, path: str, names: tuple[str, ...]) -> None:
        self.path = path
        self.names = names
        self.routes: dict[str, web.ResourceRoute] = {}


class _Node:
    __slots__ = ("leaf", "parameter", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.leaf: _Leaf | None = None


class RouteTable(web.AbstractResource):
    """All routes of an application.

    Args:
        elsewhere: serves what no route matches: another path, or another method.
    """

    def __init__(self, elsewhere: Handler) -> None:
        super().__init__()
        self._root = _Node()
        self._routes: list[web.ResourceRoute] = []
        self._elsewhere = self._route(hdrs.METH_ANY, elsewhere)

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Add a route; a ``{name}`` in the path is one whole segment, never empty.

        Raises: ValueError for any other use of braces, or a route that is there already.
        """
        node = self._root
        names: list[str] = []
        for segment in path.split("/"):
            if segment.startswith("{") and segment.endswith("}") and segment[1:-1].isidentifier():
                names.append(segment[1:-1])
                if node.parameter is None:
                    node.parameter = _Node()
                node = node.parameter
            elif "{" in segment or "}" in segment:
                raise ValueError(f"{path}: a parameter is one whole segment, {{name}}")
            else:
                node = node.words.setdefault(segment, _Node())
        leaf = node.leaf = node.leaf or _Leaf(path, tuple(names))
        if leaf.path != path:
            raise ValueError(f"{path} and {leaf.path} name the same place differently")
        if method in leaf.routes:
            raise ValueError(f"two routes for {method} {path}")
        leaf.routes[method] = self._route(method, handler)

    def methods(self, path: str) -> list[str]:
        """The methods that this path of a request takes; empty where there is no such path."""
        leaf = _find(self._root, path.split("/"), 0, [])
        return sorted(leaf.routes) if leaf else []

    async def resolve(
        self, request: web.Request
    ) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        """The route of this request; never nothing."""
        path = request.rel_url.raw_path
        segments = path.split("/")
        values: list[str] = []
        node: _Node | None = self._root
        for segment in segments:
            child = node.words.get(segment)  # type: ignore[union-attr]
            if child is None:
                if (child := node.parameter) is None or not segment:  # type: ignore[union-attr]
                    break
                values.append(segment)
            node = child
        else:
            if (leaf := node.leaf) is not None:  # type: ignore[union-attr]
                return self._match(path, leaf, values, request.method)
        # The first word that fitted led nowhere: a parameter in its place may still do.
        values = []
        leaf = _find(self._root, segments, 0, values)
        if leaf is None:
            return web.UrlMappingMatchInfo({}, self._elsewhere), set()
        return self._match(path, leaf, values, request.method)

    def _match(
        self, path: str, leaf: _Leaf, values: list[str], method: str
    ) -> tuple[web.UrlMappingMatchInfo, set[str]]:
        route = leaf.routes.get(method)
        if "%" in path:
            values = [unquote(value) for value in values]
            if any("\0" in value for value in values):
                route = None  # no id has a NUL in it, and PostgreSQL would not even look for one
        if route is None:
            return web.UrlMappingMatchInfo({}, self._elsewhere), set()
        parameters = dict(zip(leaf.names, values, strict=True)) if values else {}
        return web.UrlMappingMatchInfo(parameters, route), set()

    def _route(self, method: str, handler: Handler) -> web.ResourceRoute:
        route = web.ResourceRoute(method, handler, self, expect_handler=answer_expectation)
        self._routes.append(route)
        return route

    # What aiohttp asks of every resource.

    @property
    def canonical(self) -> str:
        return "/"

    def url_for(self, **_parts: str) -> URL:
        raise NotImplementedError("paths are written out where they are needed")

    def add_prefix(self, prefix: str) -> None:
        raise NotImplementedError("the table serves a whole application")

    def get_info(self) -> Any:
        return {"path": "/"}

    def raw_match(self, path: str) -> bool:
        return path == "/"

    def __len__(self) -> int:
        return len(self._routes)

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(self._routes)


def _find(node: _Node, segments: list[str], at: int, values: list[str]) -> _Leaf | None:
    """Words before parameters, going back where a word leads nowhere."""
    if at == len(segments):
        return node.leaf
    segment = segments[at]
    word = node.words.get(segment)
    leaf = None if word is None else _find(word, segments, at + 1, values)
    if leaf is not None or node.parameter is None or not segment:
        return leaf
    values.append(segment)
    leaf = _find(node.parameter, segments, at + 1, values)
    if leaf is None:
        values.pop()
    return leaf
