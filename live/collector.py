"""Python's cyclic collector, told what a process that serves is like."""

import gc

ALLOCATIONS = 50_000  # net allocations between young collections


def spare_what_lasts() -> None:
    """Keep the collector off what was built at start and lives as long as the process.

    Requests leave next to no cycles; with the default thresholds collecting took 3-4 % of the
    CPU of a rush.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 100)
