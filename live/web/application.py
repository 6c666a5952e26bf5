"""Builds the web application from the features' routes.

No middleware: each route has its own dispatcher (``dispatch.py``), one table finds it
(``routing.py``), and what no route matches ends up in one place, here.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from aiohttp import hdrs, web

from live.config import Settings
from live.errors import NotFound, Problem
from live.values import MS_PER_SECOND
from live.web.addresses import ClientAddresses
from live.web.authentication import Authenticator
from live.web.captcha import captcha_origins
from live.web.deadline import AnswerDeadline
from live.web.dispatch import Dispatcher, Gate, StatusProblem, http_exception_response
from live.web.draining import Draining
from live.web.exposition import metrics_route
from live.web.openapi import openapi_route
from live.web.origins import Origins
from live.web.page_heads import HeadOf
from live.web.problems import problem_response
from live.web.routes import Access, Call, Reply, Route
from live.web.routing import RouteTable
from live.web.static import StaticPages
from live.web.traffic import Traffic

STATIC = Path(__file__).with_name("static")
_API = "/api"

NOOP = "/api/noop"


class HasRoutes(Protocol):
    """What the web layer needs of a feature."""

    @property
    def routes(self) -> Sequence[Route]: ...


def build_application(
    features: Iterable[HasRoutes],
    *,
    authenticator: Authenticator,
    settings: Settings,
    draining: Draining | None = None,
    routes: Sequence[Route] = (),
    static: Path = STATIC,
    heads: Mapping[str, HeadOf] | None = None,
    noop: bool = False,
) -> web.Application:
    """The application of one process; whoever calls this enters the features' lifespans.

    Args:
        draining: None for one that never drains.
        routes: besides the features' own, such as ``Health.routes()``.
        static: the built pages.
        heads: what pages tell of themselves, see ``StaticPages``.
        noop: mount ``POST /api/noop``, which authenticates and does nothing else; it is the
            yardstick of the benchmarks.

    Raises: ValueError where two routes claim the same method and path.
    """
    traffic = Traffic()
    draining = draining or Draining()
    served = served_routes(features, [*routes, *([_noop_route()] if noop else [])], traffic)
    gate = Gate(
        authenticator,
        ClientAddresses(settings.trusted_proxies),
        Origins(settings.allowed_origins),
        is_metrics_public=settings.metrics_public,
        body_bytes_max=settings.body_bytes_max,
        draining=draining,
        deadline=AnswerDeadline(settings.answer_ms / MS_PER_SECOND),
    )
    app = web.Application(client_max_size=settings.body_bytes_max)
    pages = StaticPages(
        static, gate.addresses, captcha_origins(settings),
        heads=heads, public_url=settings.public_url or "",
    )  # fmt: skip
    elsewhere = _Elsewhere(pages, draining)
    table = elsewhere.table
    for route in served:
        dispatcher = Dispatcher(route, gate, traffic.of(route.method, route.path))
        table.add(route.method, route.path, dispatcher.serve)
        if route.method == hdrs.METH_GET:
            table.add(hdrs.METH_HEAD, route.path, dispatcher.serve)
    app.router.register_resource(table)
    return app


def served_routes(
    features: Iterable[HasRoutes], routes: Sequence[Route], traffic: Traffic
) -> list[Route]:
    """All that an application of these serves, its measurements and its description included."""
    served = [route for feature in features for route in feature.routes]
    served += [*routes, metrics_route(traffic)]
    return [*served, openapi_route(served)]


def _noop_route() -> Route:
    return Route(
        method="POST", path=NOOP, access=Access.SIGNED_IN, handler=_do_nothing,
        summary="Authenticate, and do nothing else", answers={200: dict[str, str]},
    )  # fmt: skip


async def _do_nothing(_call: Call) -> Reply:
    return Reply({})


class _Elsewhere:
    """Whatever no route matched: a page, a path that takes other methods, or nothing."""

    def __init__(self, pages: StaticPages, draining: Draining) -> None:
        self._pages = pages
        self._draining = draining
        self.table = RouteTable(self.serve)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse
        try:
            response = await self._serve(request)
        except Problem as problem:
            response = problem_response(problem)
        except web.HTTPException as exception:
            response = http_exception_response(exception)
        if self._draining.is_on:
            response.force_close()
        return response

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        methods = self.table.methods(request.rel_url.raw_path)
        if methods and request.method not in methods:
            response = problem_response(
                StatusProblem(405, "method_not_allowed", f"Takes {', '.join(methods)}.")
            )
            response.headers[hdrs.ALLOW] = ", ".join(methods)
            return response
        is_call = request.path == _API or request.path.startswith(_API + "/")
        if is_call or request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            raise NotFound(detail="There is no such address.")
        return await self._pages.serve(request)
