"""What every draw here is made of, so that nobody need take our word for it. Pure.

A seed is made, and its SHA-256 shown, before anybody can be drawn; afterwards the seed itself is.
Who is drawn follows from the seed and the names alone, by a score that anybody can compute again.
"""

import secrets
from collections.abc import Callable, Iterable
from hashlib import sha256
from heapq import nsmallest

_SEED_BYTES = 32


def new_seed() -> str:
    """256 secret bits, as 64 hexadecimal digits."""
    return secrets.token_hex(_SEED_BYTES)


def commitment_of(seed: str) -> str:
    """The SHA-256 of a seed, which tells nothing of it and fits no other."""
    return sha256(seed.encode()).hexdigest()


def in_drawn_order(names: Iterable[str], score: Callable[[str], int | str]) -> list[str]:
    """All of them, the lowest score first; of one score, by name."""
    return sorted(names, key=lambda name: (score(name), name))


def first_drawn(names: Iterable[str], score: Callable[[str], int | str], count: int) -> list[str]:
    """The first ``count`` of ``in_drawn_order``."""
    return nsmallest(count, names, key=lambda name: (score(name), name))
