"""The queue of an event in Redis: one script call a look, single server or Cluster.

All keys of an event share its hash tag, and only these scripts write them.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from live.config import Settings
from live.storage.redis import RedisClient, Script, event_key
from live.values import MS_PER_SECOND
from live.waiting.pacing import Load, Pace, ReportedLoad
from live.waiting.places import QueueState, Step

_PACKAGE = "live.waiting"
_VISIT = Script(_PACKAGE, "visit")
_STEER = Script(_PACKAGE, "steer")
READ = Script(_PACKAGE, "read")

IN_DRAW = 0
IS_FULL = -1
HAS_NONE = -2

KEYS_LIVE_MS = 24 * 3600 * 1000  # ms a queue that no process looks at stays in Redis
STEERED_MS = 3_000  # ms the pointer moves on by itself; as long as a lease
REPORT_MS = 3_000  # ms a process's report counts

_pack = msgspec.msgpack.Encoder().encode
_SEED_BYTES = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """A queue as its owner sees it: no steps, and where the pace has been."""

    state: QueueState
    pace: Pace


class Queue:
    """Queues of all events. Stateless; share one."""

    def __init__(self, redis: RedisClient, settings: Settings) -> None:
        self._redis = redis
        self._settings = settings

    async def visit(
        self,
        event_id: str,
        known: QueueState | None,
        *,
        take: Sequence[str] = (),
        ask: Sequence[str] = (),
        report: tuple[str, Load] | None = None,
    ) -> tuple[QueueState, list[int]]:
        """Look, and take places or ask for them.

        Args:
            known: from the last visit; None at the first.
            take, ask: account ids; who asks is given no place.
            report: this process's name, and what its checkout did.

        Returns: the state, and a number for each of ``take`` and ``ask``: from 1, or one of
            IN_DRAW, IS_FULL, HAS_NONE.
        Raises: any of REDIS_AWAY.
        """
        settings = self._settings
        process, load = ("", "") if report is None else (report[0], _load_text(report[1]))
        reply = await _VISIT.run(
            self._redis,
            _keys(event_id),
            (
                "" if known is None else known.epoch,
                0 if known is None else known.issued,
                0 if known is None else known.admitted,
                secrets.token_hex(_SEED_BYTES),
                secrets.token_hex(_SEED_BYTES),
                settings.waiting_pace_start,
                settings.waiting_pass_seconds * MS_PER_SECOND,
                round(settings.waiting_regather_seconds * MS_PER_SECOND),
                settings.waiting_places_max,
                KEYS_LIVE_MS,
                STEERED_MS,
                process,
                load,
                _pack(list(take)),
                _pack(list(ask)),
            ),
        )
        state = _state(reply)
        if known is not None and known.epoch == state.epoch:
            state = replace(state, steps=_joined(known.steps, state.steps, state.ended))
        return state, reply[10]

    async def read(self, event_id: str) -> Reading | None:
        """Look and change nothing; None where there is no queue. Raises: any of REDIS_AWAY."""
        return reading_of(await READ.run(self._redis, _keys(event_id)[:2]))

    async def loads(self, event_id: str, now_ms: int) -> Mapping[str, Load]:
        """What the processes heard from lately have reported. Raises: any of REDIS_AWAY."""
        texts: Any = await self._redis.hgetall(_keys(event_id)[4])
        loads: dict[str, Load] = {}
        for process, text in texts.items():
            at_ms, orders, failed, queued, reply_ms = (float(part) for part in text.split())
            if now_ms - at_ms <= REPORT_MS:
                load = ReportedLoad(orders, int(failed), int(queued), reply_ms)
                loads[process.decode()] = load
        return loads

    async def steer(
        self, event_id: str, epoch: str, pace: Pace, *, has_sale_opened: bool
    ) -> int | None:
        """Set the pace, and open the queue where it is time.

        Returns: how many were drawn, where this opened it; else None.
        Raises: any of REDIS_AWAY.
        """
        arguments = (epoch, pace.per_second, pace.lowered_ms, int(has_sale_opened))
        drawn = await _STEER.run(self._redis, _keys(event_id)[:2], arguments)
        return None if drawn < 0 else int(drawn)


def reading_of(reply: Sequence[Any]) -> Reading | None:
    """The answer of ``READ``."""
    if not reply:
        return None
    per_second = float(reply[4])
    state = QueueState(
        epoch=reply[0].decode(),
        is_open=bool(reply[1]),
        issued=reply[2],
        admitted=reply[3],
        per_second=per_second,
        gathered=reply[5],
        seed=reply[6].decode(),
        now_ms=reply[8],
    )
    return Reading(state, Pace(per_second, reply[7]))


def shown_keys(event_id: str) -> list[str]:
    """The keys of ``READ``."""
    return _keys(event_id)[:2]


def _state(reply: Sequence[Any]) -> QueueState:
    flat = reply[9]
    return QueueState(
        epoch=reply[0].decode(),
        is_open=bool(reply[1]),
        issued=reply[2],
        admitted=reply[3],
        ended=reply[4],
        steps=[Step(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)],
        per_second=float(reply[5]),
        gathered=reply[6],
        seed=reply[7].decode(),
        now_ms=reply[8],
    )


def _joined(before: Sequence[Step], news: Sequence[Step], ended: int) -> Sequence[Step]:
    """Steps known with those that are new; of one second the newer one counts."""
    first_second = news[0].second if news else None
    kept = [s for s in before if s.admitted > ended and s.second != first_second]
    return [*kept, *news]


def _load_text(load: Load) -> str:
    parts = (load.orders_per_second, load.failed, load.queued, load.reply_ms)
    return " ".join(f"{part:.1f}" for part in parts)


def _keys(event_id: str) -> list[str]:
    names = ("waiting", "waiting:draw", "waiting:places", "waiting:steps", "waiting:loads")
    return [event_key(event_id, name) for name in names]
