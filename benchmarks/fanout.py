"""What it costs to bring one tick to one viewer, and what else a room's viewers cost.

``python -m benchmarks.fanout [--quick] [--viewers N] [--only PART …]`` prints a JSON object as its
last line: medians of rounds. A server's cost is the scheduler's count of its CPU, with everything
that it does meanwhile. Parts:

``write``: CPU microseconds for one delivered frame in the room, against a bare loop of ``write()``
    of as many bytes to as many sockets, aiohttp's ``send_str`` to one after the other, websockets'
    ``broadcast``, and nginx with nchan where it is installed. All tick at once, on one core.
``growth``: the same cost with 1,000, 5,000 and 15,000 viewers, in turn, each beside such a loop.
``joins``: CPU of a join, handshake and snapshot, against an aiohttp server that only accepts;
    memory of a viewer with a browser's headers; CPU of a room in which nothing happens.
``rooms``: CPU of one room's tick beyond its frame, 500 rooms in one process.
``crowd``: what ``live crowd`` needs to watch with as many, and whether it sees every tick.
``sale``: from an order's reply to the stock in the last viewer's hands, on the whole platform.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from benchmarks.children import pin
from benchmarks.fanout_crowd import crowd
from benchmarks.fanout_joins import joins
from benchmarks.fanout_rig import CLIENTS
from benchmarks.fanout_rooms import rooms
from benchmarks.fanout_sale import sale
from benchmarks.fanout_write import growth, write

Figures = dict[str, float | dict[str, float]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of it.

    Args:
        viewers: of each of the servers that are compared.
        many: viewers of one server that has the machine for itself.
        rooms: in one process.
        rounds: of so many seconds.
        quiet_seconds: of watching a room in which nothing happens.
        orders: whose way to the screens is timed.
    """

    viewers: int = 4_000
    many: int = 15_000
    rooms: int = 500
    rounds: int = 9
    seconds: float = 2.0
    quiet_seconds: float = 60.0
    orders: int = 100


QUICK = Effort(1_000, 3_000, 100, 3, 1.5, 10.0, 20)


async def _write(effort: Effort) -> Figures:
    return await write(effort.viewers, effort.rounds, effort.seconds)


async def _growth(effort: Effort) -> Figures:
    sizes = [effort.many // 15, effort.many // 3, effort.many]
    return await growth(sizes, effort.rounds, effort.seconds)


async def _joins(effort: Effort) -> Figures:
    return await joins(effort.many, effort.quiet_seconds)


async def _rooms(effort: Effort) -> Figures:
    return await rooms(effort.rooms, effort.rounds, effort.seconds)


async def _crowd(effort: Effort) -> Figures:
    return await crowd(effort.many, effort.quiet_seconds / 2)


async def _sale(effort: Effort) -> Figures:
    return await sale(effort.many, effort.orders)


PARTS: Mapping[str, Callable[[Effort], Awaitable[Figures]]] = {
    "write": _write,
    "growth": _growth,
    "joins": _joins,
    "rooms": _rooms,
    "crowd": _crowd,
    "sale": _sale,
}


async def main(parts: list[str], effort: Effort) -> None:
    pin(0, CLIENTS)
    line: Figures = {}
    for part in parts:
        figures = await PARTS[part](effort)
        print(f"{part}: {json.dumps(figures)}", file=sys.stderr, flush=True)
        line |= figures
    print(json.dumps(line))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer viewers, shorter rounds")
    parser.add_argument("--viewers", type=int, help="of each server that is compared")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else Effort()
    if arguments.viewers:
        effort = Effort(viewers=arguments.viewers)
    asyncio.run(main(arguments.only, effort))
