"""What the waiting rooms of one process tell Prometheus."""

from prometheus_client import Counter, Gauge

REFUSALS = Counter("live_waiting_refusals_total", "Orders before their buyer's turn")
PACE = Gauge("live_waiting_pace", "Accounts let through a second, where this process steers")
WAITING = Gauge("live_waiting_people", "People in queues, where this process steers")
