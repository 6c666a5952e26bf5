"""/metrics: what Prometheus scrapes. Loopback only, unless LIVE_METRICS_PUBLIC."""

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from live.web.routes import Access, Call, Raw, Route
from live.web.traffic import Traffic


def metrics_route(traffic: Traffic) -> Route:
    """Serves the process's registry, and beside it the traffic of this application."""
    own = CollectorRegistry()
    own.register(traffic)

    def exposition() -> bytes:
        return generate_latest(REGISTRY) + generate_latest(own)

    async def handle(_call: Call) -> web.Response:
        # In a thread: with hundreds of routes and rooms it takes some milliseconds.
        text = await asyncio.to_thread(exposition)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Route(
        method="GET", path="/metrics", access=Access.LOOPBACK, handler=handle,
        summary="Measurements of this process, for Prometheus", answers={200: Raw("text/plain")},
    )  # fmt: skip
