"""Counts requests by route, status and duration, for /metrics.

Plain integers, read only when somebody asks: at 20,000 requests a second the locks of a
metrics library would cost more than authentication.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

SWITCHED = 101
BUCKET_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


class RouteTraffic:
    """What came through one route."""

    __slots__ = ("buckets", "method", "path", "seconds", "statuses")

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = path
        self.statuses: defaultdict[int, int] = defaultdict(int)
        self.seconds = 0.0
        self.buckets = [0] * (len(BUCKET_SECONDS) + 1)

    def count(self, status: int, seconds: float) -> None:
        """One request answered."""
        self.statuses[status] += 1
        if status == SWITCHED:  # a WebSocket that has ended: it lasted, it did not take long
            return
        self.seconds += seconds
        self.buckets[bisect_left(BUCKET_SECONDS, seconds)] += 1


class Traffic(Collector):
    """All routes of one application, as a Prometheus collector."""

    def __init__(self) -> None:
        self._routes: list[RouteTraffic] = []

    def of(self, method: str, path: str) -> RouteTraffic:
        """The counts of one route; to be asked for once, when the application is built."""
        route = RouteTraffic(method, path)
        self._routes.append(route)
        return route

    def collect(self) -> Iterator[CounterMetricFamily | HistogramMetricFamily]:
        requests = CounterMetricFamily(
            "live_http_requests", "Requests answered", labels=["method", "route", "status"]
        )
        durations = HistogramMetricFamily(
            "live_http_seconds", "From a request's head to its answer", labels=["method", "route"]
        )
        for route in self._routes:
            for status, count in route.statuses.items():
                requests.add_metric([route.method, route.path, str(status)], count)
            if any(route.buckets):
                durations.add_metric(
                    [route.method, route.path], _cumulative(route.buckets), route.seconds
                )
        yield requests
        yield durations


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    total = 0
    buckets: list[tuple[str, float]] = []
    for bound, count in zip((*map(str, BUCKET_SECONDS), "+Inf"), counts, strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
